"""The customer's account: pages that put together what the apps know of one person."""
