"""Ladders as staff would send them."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from loyalty_site.kernel.transactions import in_transaction
from tests.factories import NOW
from tiers import queries, services
from tiers.rules import LadderSpec, TierSpec

NAMES = ("name", "name_en", "threshold_amount", "threshold_orders", "cashback_percent", "discount_percent")
PERKS = ("ships_free", "has_manager", "has_early_access")


def as_it_is() -> LadderSpec:
    """The ladder of the database, ready to be changed."""
    view = queries.ladder()
    tiers = tuple(
        TierSpec(code=tier.code, **{name: getattr(tier, name) for name in (*NAMES, *PERKS)}) for tier in view.tiers
    )
    return LadderSpec(view.basis, view.window_days, view.grace_days, tiers)


def changed(
    tiers: dict[str, dict[str, Any]] | None = None, *, without: tuple[str, ...] = (), **given: Any
) -> LadderSpec:
    """The ladder as it is but for these fields of these tiers, and of the ladder."""
    spec = as_it_is()
    kept = tuple(
        replace(tier, **{name: _value(value) for name, value in (tiers or {}).get(tier.code, {}).items()})
        for tier in spec.tiers
        if tier.code not in without
    )
    return replace(spec, tiers=kept, **given)


def _value(value: Any) -> Any:
    return Decimal(value) if isinstance(value, str) and value.replace(".", "").replace("-", "").isdigit() else value


def rising(spec: LadderSpec) -> LadderSpec:
    """Sorted anew by what counts."""
    name = "threshold_amount" if spec.basis == "spend" else "threshold_orders"
    return replace(spec, tiers=tuple(sorted(spec.tiers, key=lambda tier: getattr(tier, name))))


def save(spec: LadderSpec, *, by: Any = None, now: Any = NOW) -> None:
    in_transaction(lambda: services.save_ladder(spec=spec, by=by, now=now))
