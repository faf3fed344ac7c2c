"""A year of real till receipts (the Complete Journey data set) replayed through the shop's own services.

`dataset` reads the frames, `receipts` and `coupons` turn them into plain values, `catalogue`, `households` and
`campaigns` load what must exist first, `programme` sets points and tiers to the data set's money. `wishes` draws who
pays with points and brings goods back, `calendar` puts it all in order of time and closes each month, `replay` does it,
`reconcile` compares the outcome with the data, `ledger` sums up the points.
"""
