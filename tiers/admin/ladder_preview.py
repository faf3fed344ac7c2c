"""What a ladder would do, before it is saved: who moves, whom it costs, and when at the earliest (T-2)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

import customers.queries
from customers.models import Customer
from loyalty_site.kernel.texts import percent_text
from tiers import queries
from tiers.admin.words import tier_name
from tiers.models import Tier
from tiers.queries.overview import tier_counts
from tiers.rules import LadderSpec

NAMES_SHOWN = 50


@dataclass(frozen=True)
class ToldMove:
    """`loses` says in words what the lower tier does not bring; `people` are the first of the `count`."""

    start: str
    end: str
    count: int
    is_up: bool
    loses: str
    people: Sequence[Customer]


@dataclass(frozen=True)
class ToldPreview:
    """`poorer`: (tier, what it loses, how many stand on it) of tiers that themselves bring less than now."""

    up: int
    down: int
    earliest_down: datetime
    moves: tuple[ToldMove, ...]
    poorer: tuple[tuple[str, str, int], ...]


def told_preview(spec: LadderSpec, *, now: datetime) -> ToldPreview:
    """Raises what `queries.preview_ladder` refuses with."""
    preview = queries.preview_ladder(spec, now=now)
    saved: dict[str, Any] = {tier.code: tier for tier in Tier.objects.all()}
    asked: dict[str, Any] = {tier.code: tier for tier in spec.tiers}
    heights = {tier.code: height for height, tier in enumerate(spec.tiers)}
    base = customers.queries.programme().base_earn_percent

    def move(start: str, end: str, count: int) -> ToldMove:
        # A customer of a tier that leaves the ladder keeps its benefits until he is let down.
        before, after = saved.get(start) or asked[start], asked[end]
        return ToldMove(
            start=tier_name(before),
            end=tier_name(after),
            count=count,
            is_up=start in heights and heights[start] < heights[end],
            loses=losses(before, after, base),
            people=queries.preview_customers(spec, from_code=start, to_code=end, now=now, limit=NAMES_SHOWN),
        )

    return ToldPreview(
        up=preview.up,
        down=preview.down,
        earliest_down=now + timedelta(days=spec.grace_days),
        moves=tuple(move(*found) for found in preview.moves),
        poorer=tuple(_poorer(asked, base)),
    )


def losses(before: Any, after: Any, base_percent: Decimal) -> str:
    """`cashback 15% → 12%, free delivery`: what `after` brings less of, empty when of nothing."""
    old, new = (base_percent if tier.cashback_percent is None else tier.cashback_percent for tier in (before, after))
    parts = []
    if new < old:
        parts.append(_("cashback %(old)s → %(new)s") % {"old": percent_text(old), "new": percent_text(new)})
    if after.discount_percent < before.discount_percent:
        shown = {"old": percent_text(before.discount_percent), "new": percent_text(after.discount_percent)}
        parts.append(_("discount %(old)s → %(new)s") % shown)
    privileges = {
        "ships_free": _("free delivery"),
        "has_manager": _("personal manager"),
        "has_early_access": _("early access to closed sales"),
    }
    parts += [text for name, text in privileges.items() if getattr(before, name) and not getattr(after, name)]
    return ", ".join(parts)


def _poorer(asked: Mapping[str, Any], base_percent: Decimal) -> Iterator[tuple[str, str, int]]:
    """Tiers that stay and bring less: it costs all who stand on them, at once."""
    for count in tier_counts():
        after = asked.get(count.tier.code)
        loses = losses(count.tier, after, base_percent) if after else ""
        if loses and count.customers:
            yield tier_name(after), loses, count.customers
