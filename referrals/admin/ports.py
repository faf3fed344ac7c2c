"""What pages on referrals ask of the apps above, by the port named in settings (ADR 0002)."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


def order_links(refs: Iterable[str]) -> dict[str, Any]:
    """`order:1042` → (number, address in the back office, status)."""
    wanted = {ref for ref in refs if ref}
    return dict(import_string(settings.REFERRALS_ORDER_LINKS)(wanted)) if wanted else {}
