"""The demonstration shop: a small catalogue of our own, people of each role, codes and two months of trade.

Everything goes through the same services as in a real shop; `load.load_demo` is the way in.
"""
