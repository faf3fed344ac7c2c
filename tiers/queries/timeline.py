"""Moves from tier to tier on a customer's line of time (CU-10)."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from loyalty_site.kernel.timeline import Source, Told, rows_of
from tiers.models import TierChange


def _told(keys: Sequence[int]) -> dict[int, Told]:
    rows = TierChange.objects.filter(pk__in=keys).select_related("from_tier", "to_tier", "author")
    return {
        row.pk: Told(
            text=_("Tier: %(move)s")
            % {"move": " → ".join(tier.shown_name for tier in (row.from_tier, row.to_tier) if tier)},
            detail=str(row.get_cause_display()),
            ref=row.order_ref,
            by=str(row.author) if row.author else "",
            tone="info",
        )
        for row in rows
    }


SOURCES = (
    Source(
        name="tier",
        kind="tiers",
        right="tiers.view_standing",
        moment="changed_at",
        rows=rows_of(TierChange, "customer"),
        tell=_told,
    ),
)
