"""Starts what the shop needs on one machine: databases, web, worker and beat.

Nothing here imports Django, so that the databases can be up before it is set up.
"""
