"""The tiers of the ladder, asked through a port: they are strangers (ADR 2)."""

from django.conf import settings
from django.utils.module_loading import import_string


def tier_names() -> dict[str, str]:
    """Code → name in the active language, the lowest tier first. One query."""
    return dict(import_string(settings.PROMOCODES_TIER_SOURCE)())
