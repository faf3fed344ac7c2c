"""A year of real till receipts (the Complete Journey data set) replayed through the shop's own services.

`dataset` reads the frames, `receipts` and `coupons` turn them into plain values, `catalogue`, `households` and
`campaigns` load what must exist first, `replay` places the baskets, `reconcile` compares the outcome with the data.
"""
