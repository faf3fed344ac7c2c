"""Editing the ladder and the discount ladders (T-1, T-4)."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from customers.models import User
from loyalty_site.kernel.errors import InvalidInput, invalid
from loyalty_site.kernel.transactions import requires_transaction
from tiers.models import DiscountStep, Ladder, Tier
from tiers.rules import Basis, LadderSpec, Step, TierSpec, ladder_faults, step_faults
from tiers.services.history import written_by

UNKNOWN_LADDER = _("There is no such ladder.")
COUNTED = {Basis.SPEND: "threshold_amount", Basis.ORDERS: "threshold_orders"}
THRESHOLDS = tuple(COUNTED.values())
TERMS = tuple(field.name for field in fields(TierSpec) if field.name != "code")


@requires_transaction
def save_ladder(*, spec: LadderSpec, by: User | None, now: datetime) -> None:
    """The ladder as `spec` says. Raises InvalidInput with one entry for each wrong field; then nothing changes.

    Nobody moves by it: who is lifted goes up at the next review, who is not goes down after his notice and grace.
    A tier that `spec` leaves out is taken off the ladder and stays for those who stand on it; named again, it is back.
    """
    faults = ladder_faults(spec)
    if faults:
        raise InvalidInput(*faults)
    ladder, _is_new = Ladder.objects.select_for_update(no_key=True).get_or_create(pk=1)
    there = {tier.code: tier for tier in Tier.objects.select_for_update(no_key=True).order_by("pk")}
    before = _measure(ladder, there.values())
    with written_by(by, "save_ladder"):
        _take_off(there, spec)
        _put_on(there, spec)
        ladder.basis, ladder.window_days, ladder.grace_days = spec.basis, spec.window_days, spec.grace_days
        if _measure(ladder, there.values()) != before:
            ladder.changed_at = now
        ladder.save()


def _measure(ladder: Ladder, tiers: Iterable[Tier]) -> object:
    """All that decides who deserves what."""
    rungs = {(tier.code, getattr(tier, COUNTED[Basis(ladder.basis)])) for tier in tiers if tier.is_active}
    return ladder.basis, ladder.window_days, rungs


def _take_off(there: dict[str, Tier], spec: LadderSpec) -> None:
    staying = {tier.code for tier in spec.tiers}
    for tier in there.values():
        if tier.is_active and tier.code not in staying:
            tier.is_active = False
            tier.save(update_fields=["is_active"])


def _put_on(there: dict[str, Tier], spec: LadderSpec) -> None:
    """No two tiers of the ladder may ask for the same at any moment: each waits until its thresholds are free."""
    waiting = [asked for asked in spec.tiers if _differs(there.get(asked.code), asked)]
    while waiting:
        asked = next((asked for asked in waiting if not _collides(asked, there)), None)
        if asked is None:
            _step_aside(there, waiting)
        else:
            there[asked.code] = _saved(there.get(asked.code) or Tier(code=asked.code), asked)
            waiting.remove(asked)


def _step_aside(there: dict[str, Tier], waiting: Sequence[TierSpec]) -> None:
    """Some change places in a circle: one of them gives its thresholds up for a moment."""
    tier = next(
        tier
        for tier in (there.get(asked.code) for asked in waiting)
        if tier and tier.is_active and any(getattr(tier, name) is not None for name in THRESHOLDS)
    )
    tier.threshold_amount = tier.threshold_orders = None
    tier.save(update_fields=THRESHOLDS)


def _differs(tier: Tier | None, asked: TierSpec) -> bool:
    if tier is None or not tier.is_active:
        return True
    return any(getattr(tier, name) != getattr(asked, name) for name in TERMS)


def _collides(asked: TierSpec, there: dict[str, Tier]) -> bool:
    others = [tier for tier in there.values() if tier.is_active and tier.code != asked.code]
    return any(
        getattr(asked, name) is not None and getattr(asked, name) == getattr(tier, name)
        for tier in others
        for name in THRESHOLDS
    )


def _saved(tier: Tier, asked: TierSpec) -> Tier:
    for name in TERMS:
        setattr(tier, name, getattr(asked, name))
    tier.is_active = True
    tier.save()
    return tier


@requires_transaction
def save_discount_steps(*, ladder: str, steps: Sequence[Step], by: User | None) -> None:
    """The steps (from so many roubles on, percent) of the ladder `cumulative` or `order_total`, lowest first.

    None at all switches the ladder off. Raises InvalidInput with paths such as `steps.0.percent`.
    """
    if ladder not in DiscountStep.Ladder.values:
        raise invalid("ladder", UNKNOWN_LADDER, "unknown_choice")
    faults = step_faults(steps)
    if faults:
        raise InvalidInput(*faults)
    # The ladder's row stands for both discount ladders: two editors wait for each other.
    Ladder.objects.select_for_update(no_key=True).get_or_create(pk=1)
    asked = {Decimal(threshold): percent for threshold, percent in steps}
    with written_by(by, "save_discount_steps"):
        for step in DiscountStep.objects.filter(ladder=ladder).order_by("pk"):
            percent = asked.pop(step.threshold_amount, None)
            if percent is None:
                step.delete()
            elif percent != step.percent:
                step.percent = percent
                step.save(update_fields=["percent"])
        for threshold, percent in asked.items():
            DiscountStep.objects.create(ladder=ladder, threshold_amount=threshold, percent=percent)
