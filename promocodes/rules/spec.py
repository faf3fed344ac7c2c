"""What staff or an integration ask of a new code, and what is wrong with it (PC-5 … PC-9)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.errors import FieldError, InvalidInput
from loyalty_site.kernel.money import KOPECK, MAX_AMOUNT
from promocodes.rules.facts import CASHBACK, FIXED, FREE_SHIPPING, PERCENT, SCOPED_TYPES, TYPES
from promocodes.rules.period import end_of, start_of

MAX_INTEGER = 2_147_483_647
MAX_BATCH = 1_000_000
PERCENTS = frozenset({PERCENT, CASHBACK})


@dataclass(frozen=True, kw_only=True)
class CodeSpec:
    """Terms of a code. `value` is roubles for `fixed`, percent for `percent` and `cashback`, None for `free_shipping`.

    The period is half-open. `tier` asks for that tier or one above it. `customer`, the public id of its owner, makes a
    personal code. `campaign` is a name; an unknown one is made, without a budget.
    """

    type: str
    value: Decimal | None = None
    categories: tuple[str, ...] = ()
    required_categories: tuple[str, ...] = ()
    minimum_order: Decimal | None = None
    starts_at: datetime
    ends_at: datetime
    max_uses: int | None = None
    max_uses_per_customer: int | None = None
    first_order_only: bool = False
    segment: str | None = None
    tier: str | None = None
    customer: UUID | None = None
    campaign: str | None = None


def spec_errors(spec: CodeSpec) -> list[FieldError]:
    """Everything that is wrong with `spec` by itself, one entry per field; empty when it may be used."""
    return [*_value_errors(spec), *_scope_errors(spec), *_period_errors(spec), *_limit_errors(spec)]


def count_errors(count: int) -> list[FieldError]:
    """A batch makes 1 to 1,000,000 codes (PC-15)."""
    if 1 <= count <= MAX_BATCH:
        return []
    return [FieldError("count", "out_of_range", _("A batch makes from 1 to 1,000,000 codes."))]


def period_from(
    *,
    starts_on: date | None = None,
    ends_on: date | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    zone: ZoneInfo,
) -> tuple[datetime, datetime]:
    """The half-open period from days (both whole, M-4) or moments; each end may be given in either way, but once.

    Raises `InvalidInput` naming the field as it was given.
    """
    start = _one_of("starts_on", starts_on, "starts_at", starts_at)
    end = _one_of("ends_on", ends_on, "ends_at", ends_at)
    try:
        begins = start if isinstance(start, datetime) else start_of(start, zone)
        until = end if isinstance(end, datetime) else end_of(end, zone)
    except OverflowError:
        raise InvalidInput(FieldError("ends_on", "out_of_range", _("This date is too far away."))) from None
    if begins >= until:
        field = "ends_at" if isinstance(end, datetime) else "ends_on"
        raise InvalidInput(FieldError(field, "before_start", _("The end must be after the start.")))
    return begins, until


def _one_of(day_field: str, day: date | None, moment_field: str, moment: datetime | None) -> date | datetime:
    given = [value for value in (day, moment) if value is not None]
    if not given:
        raise InvalidInput(FieldError(day_field, "required", _("A period is mandatory.")))
    if len(given) > 1:
        detail = _("Give either %(day)s or %(moment)s, not both.") % {
            "day": day_field,
            "moment": moment_field,
        }
        raise InvalidInput(FieldError(moment_field, "ambiguous", detail))
    return given[0]


def _value_errors(spec: CodeSpec) -> Iterator[FieldError]:
    if spec.type not in TYPES:
        yield FieldError("type", "unknown", _("There is no such type of code."))
    elif spec.type == FREE_SHIPPING:
        if spec.value is not None:
            yield FieldError("value", "not_applicable", _("Free delivery has no value."))
    elif spec.value is None:
        yield FieldError("value", "required", _("Enter a value."))
    elif not _is_amount(spec.value):
        yield FieldError("value", "out_of_range", _("Enter an amount above zero, with at most two decimals."))
    elif spec.type in PERCENTS and spec.value > 100:
        yield FieldError("value", "out_of_range", _("A percent cannot be above 100."))


def _scope_errors(spec: CodeSpec) -> Iterator[FieldError]:
    if spec.categories and spec.type in TYPES and spec.type not in SCOPED_TYPES:
        detail = _("A fixed amount applies to the whole order: require categories instead.")
        if spec.type != FIXED:
            detail = _("Free delivery applies to the whole order: require categories instead.")
        yield FieldError("categories", "not_applicable", detail)
    if spec.minimum_order is not None and not _is_amount(spec.minimum_order):
        detail = _("Enter an amount above zero, with at most two decimals.")
        yield FieldError("minimum_order", "out_of_range", detail)


def _period_errors(spec: CodeSpec) -> Iterator[FieldError]:
    for field in ("starts_at", "ends_at"):
        if getattr(spec, field).tzinfo is None:
            yield FieldError(field, "no_time_zone", _("The moment needs a time zone."))
            return
    if spec.starts_at >= spec.ends_at:
        yield FieldError("ends_at", "before_start", _("The end must be after the start."))


def _limit_errors(spec: CodeSpec) -> Iterator[FieldError]:
    for field in ("max_uses", "max_uses_per_customer"):
        limit = getattr(spec, field)
        if limit is not None and not 1 <= limit <= MAX_INTEGER:
            yield FieldError(field, "out_of_range", _("Enter a whole number of at least 1, or leave it empty."))


def _is_amount(amount: Decimal) -> bool:
    return amount.is_finite() and 0 < amount <= MAX_AMOUNT and amount == amount.quantize(KOPECK)
