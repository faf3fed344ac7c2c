"""The storefront: pages that call one service each and answer."""
