"""Addresses of the site's pages, as letters name them."""

from django.conf import settings
from django.urls import reverse


def site_address(name: str, *args: object) -> str:
    """Absolute, of the page with this name of address."""
    return str(settings.PUBLIC_URL).rstrip("/") + reverse(name, args=args)
