"""Work of the worker on promo codes: each task opens transactions and calls services."""
