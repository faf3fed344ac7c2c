"""A ladder as staff want it, and what is wrong with it (T-1)."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.errors import FieldError, Text
from loyalty_site.kernel.money import KOPECK, MAX_AMOUNT
from tiers.rules.ladder import Basis
from tiers.rules.steps import Step

MOST_TIERS, MOST_STEPS = 50, 50
MOST_ORDERS = 1_000_000
WINDOW_DAYS, GRACE_DAYS = (1, 3_660), (0, 366)
CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


@dataclass(frozen=True)
class TierSpec:
    """A tier to be on the ladder, known by its code. `cashback_percent` None: the programme's base rate."""

    code: str
    name: str
    name_en: str = ""
    threshold_amount: Decimal | None = None
    threshold_orders: int | None = None
    cashback_percent: Decimal | None = None
    discount_percent: Decimal = Decimal(0)
    ships_free: bool = False
    has_manager: bool = False
    has_early_access: bool = False


@dataclass(frozen=True)
class LadderSpec:
    """`tiers`, lowest first, are all that shall be on the ladder; one that is missing is taken off it."""

    basis: str
    window_days: int
    grace_days: int
    tiers: tuple[TierSpec, ...]


def ladder_faults(spec: LadderSpec) -> list[FieldError]:
    """One entry for each wrong field, by paths such as `tiers.1.threshold_amount`; none when all is well."""
    faults = [*_settings_faults(spec)]
    for index, tier in enumerate(spec.tiers):
        faults += [FieldError(f"tiers.{index}.{name}", code, text) for name, code, text in _tier_faults(tier)]
    if not faults:
        faults += _order_faults(spec)
    return faults


def step_faults(steps: Sequence[Step]) -> list[FieldError]:
    """Steps of a discount ladder, lowest first: paths such as `steps.0.percent`."""
    if len(steps) > MOST_STEPS:
        return [FieldError("steps", "too_many", _("At most %(most)d.") % {"most": MOST_STEPS})]
    faults = []
    for index, (threshold, percent) in enumerate(steps):
        if not _is_amount(threshold, least=KOPECK):
            faults.append(FieldError(f"steps.{index}.threshold_amount", "out_of_range", POSITIVE_AMOUNT))
        elif index and _is_amount(steps[index - 1][0]) and threshold <= steps[index - 1][0]:
            faults.append(FieldError(f"steps.{index}.threshold_amount", "not_rising", RISING))
        if not _is_percent(percent) or not percent:
            faults.append(FieldError(f"steps.{index}.percent", "out_of_range", POSITIVE_PERCENT))
    return faults


Fault = tuple[str, str, Text]


def _settings_faults(spec: LadderSpec) -> Iterator[FieldError]:
    if spec.basis not in tuple(Basis):
        yield FieldError("basis", "unknown_choice", _("Choose the money paid or the number of orders."))
    for name, (least, most) in (("window_days", WINDOW_DAYS), ("grace_days", GRACE_DAYS)):
        if not least <= getattr(spec, name) <= most:
            yield FieldError(name, "out_of_range", _("From %(least)d to %(most)d.") % {"least": least, "most": most})
    if not 1 <= len(spec.tiers) <= MOST_TIERS:
        yield FieldError("tiers", "out_of_range", _("A ladder has from 1 to %(most)d tiers.") % {"most": MOST_TIERS})
    for code, count in Counter(tier.code for tier in spec.tiers).items():
        if count > 1:
            last = max(index for index, tier in enumerate(spec.tiers) if tier.code == code)
            yield FieldError(f"tiers.{last}.code", "already_exists", _("Another tier has this code."))


def _tier_faults(tier: TierSpec) -> Iterator[Fault]:
    if not CODE.fullmatch(tier.code):
        yield "code", "invalid", _("Small Latin letters, digits, hyphens and underscores, at most 40.")
    if not tier.name.strip() or not _is_name(tier.name):
        yield "name", "invalid", _("A name of at most 60 letters is required.")
    if not _is_name(tier.name_en):
        yield "name_en", "invalid", _("At most 60 letters.")
    if tier.threshold_amount is not None and not _is_amount(tier.threshold_amount):
        yield "threshold_amount", "out_of_range", _("Not below zero, with at most two places.")
    if tier.threshold_orders is not None and not 0 <= tier.threshold_orders <= MOST_ORDERS:
        yield "threshold_orders", "out_of_range", _("From %(least)d to %(most)d.") % {"least": 0, "most": MOST_ORDERS}
    if tier.cashback_percent is not None and not _is_percent(tier.cashback_percent):
        yield "cashback_percent", "out_of_range", PERCENT
    if not _is_percent(tier.discount_percent):
        yield "discount_percent", "out_of_range", PERCENT


def _order_faults(spec: LadderSpec) -> Iterator[FieldError]:
    """Thresholds of both kinds rise; the kind that counts is given for every tier and begins at zero."""
    counted = "threshold_amount" if spec.basis == Basis.SPEND else "threshold_orders"
    for index, tier in enumerate(spec.tiers):
        if getattr(tier, counted) is None:
            yield FieldError(f"tiers.{index}.{counted}", "required", _("This tier needs a threshold."))
    if getattr(spec.tiers[0], counted):
        yield FieldError(f"tiers.0.{counted}", "no_zero_step", _("The lowest tier begins at zero: everybody has it."))
    for name in ("threshold_amount", "threshold_orders"):
        given = [(index, getattr(tier, name)) for index, tier in enumerate(spec.tiers)]
        given = [(index, value) for index, value in given if value is not None]
        for (_before, lower), (index, upper) in pairwise(given):
            if upper <= lower:
                yield FieldError(f"tiers.{index}.{name}", "not_rising", RISING)


def _is_name(text: str) -> bool:
    return len(text) <= 60 and text.isprintable()


def _is_amount(value: Decimal, *, least: Decimal = Decimal(0)) -> bool:
    return value.is_finite() and least <= value <= MAX_AMOUNT and value == value.quantize(KOPECK)


def _is_percent(value: Decimal) -> bool:
    return value.is_finite() and 0 <= value <= 100 and value == value.quantize(Decimal("0.01"))


PERCENT = _("From 0 to 100, with at most two places.")
POSITIVE_PERCENT = _("Above 0, at most 100, with at most two places.")
POSITIVE_AMOUNT = _("Above zero, with at most two places.")
RISING = _("Each threshold is above the one before.")
