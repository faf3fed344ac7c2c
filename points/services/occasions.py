"""Occasions as staff make them: changed, switched on and off, confirmed by a second person when large (CU-9)."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.models import Segment, User
from customers.queries.programme import programme
from loyalty_site.kernel.errors import FieldError, InvalidInput, NotAllowed, NotFound, WrongState
from loyalty_site.kernel.texts import number_text
from loyalty_site.kernel.transactions import requires_transaction
from points.models import Occasion
from points.queries.occasion_plan import plan_occasion
from points.queries.occasions import shop_day
from points.rules.occasions import MOST_BEFORE, MOST_KNOWN, MOST_LATE, Holiday, OccasionKind, OccasionTerms, day_in_year
from points.services.inputs import MOST
from points.services.segment_grants import NOT_YET

MOST_DAYS = 3650
TEXTS = ("name", "subject", "greeting")
# Changing any of these may make it cost more.
COSTLY = tuple(field.name for field in fields(OccasionTerms) if field.name != "active_since")


@requires_transaction
def put_occasion(*, occasion_id: int | None, values: Mapping[str, Any], by: User, now: datetime) -> Occasion:
    """Makes an occasion, switched off, or changes one; its kind stays. What was given stays given.

    `values` are those of OccasionTerms and `name`, `subject`, `greeting`. One that gives points and is changed to
    come to more than the programme's threshold waits for a second person again. Raises InvalidInput, NotFound.
    """
    occasion = Occasion() if occasion_id is None else _held(occasion_id)
    checked = _checked({**values, "kind": occasion.kind or values["kind"]})
    is_changed = any(getattr(occasion, name) != checked[name] for name in COSTLY)
    for name, value in checked.items():
        setattr(occasion, name, value)
    if is_changed and (occasion.is_active or occasion.waits) and is_large(occasion.terms, now=now, occasion=occasion):
        occasion.is_active, occasion.asked_by, occasion.asked_at, occasion.confirmed_by = False, by, now, None
    occasion.save()
    return occasion


@requires_transaction
def switch_occasion_on(*, occasion_id: int, by: User, now: datetime) -> Occasion:
    """It gives from today on, or waits when a year of it is above the programme's threshold.

    Raises WrongState, also while its segment is put away or being worked out.
    """
    occasion = _held(occasion_id)
    if occasion.is_active or occasion.waits:
        raise WrongState
    _segment_offered(occasion)
    occasion.asked_by, occasion.asked_at = by, now
    if not is_large(occasion.terms, now=now, occasion=occasion):
        occasion.is_active, occasion.active_since = True, shop_day(now)
    occasion.save()
    return occasion


@requires_transaction
def confirm_occasion(*, occasion_id: int, by: User, now: datetime) -> Occasion:
    """Somebody other than who asked for it: it gives from now on. Raises NotAllowed, WrongState."""
    occasion = _held(occasion_id)
    if not occasion.waits:
        raise WrongState
    _segment_offered(occasion)
    if occasion.asked_by_id == by.pk:
        raise NotAllowed(
            _("An occasion this large is confirmed by somebody other than the one who asked for it."),
            code="second_person_required",
        )
    occasion.is_active, occasion.confirmed_by = True, by
    occasion.active_since = occasion.active_since or shop_day(now)
    occasion.save()
    return occasion


@requires_transaction
def switch_occasion_off(*, occasion_id: int) -> Occasion:
    """It gives nothing more; also what takes a request back or refuses it. Raises WrongState."""
    occasion = _held(occasion_id)
    if not (occasion.is_active or occasion.waits):
        raise WrongState
    occasion.is_active = False
    occasion.active_since = occasion.asked_by = occasion.asked_at = occasion.confirmed_by = None
    occasion.save()
    return occasion


def is_large(terms: OccasionTerms, *, now: datetime, occasion: Occasion | None = None) -> bool:
    """The points of the next 365 days are above the programme's threshold, counted from today on where it does not
    give yet; those of one customer alone are above it even while its segment is empty."""
    threshold = programme().second_person_points
    if threshold is None:
        return False
    today = shop_day(now)
    counted = replace(terms, active_since=terms.active_since or today)
    return plan_occasion(counted, today=today, occasion_id=occasion.pk if occasion else None).most > threshold


def _segment_offered(occasion: Occasion) -> None:
    """Its row is held until the transaction ends: it is not put away meanwhile."""
    if occasion.segment_id is None:
        return
    segment = Segment.objects.select_for_update(no_key=True, of=("self",)).get(pk=occasion.segment_id)
    if segment.archived_at is not None:
        raise WrongState(_("The segment has been put away."))
    if segment.dirty_at is not None:
        raise WrongState(NOT_YET)


def _held(occasion_id: int) -> Occasion:
    occasion = Occasion.objects.select_for_update(no_key=True).filter(pk=occasion_id).first()
    if occasion is None:
        raise NotFound
    return occasion


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    """All wrong fields at once; fields of other kinds are emptied."""
    checked = {name: values.get(name) for name in (*COSTLY, *TEXTS)}
    kind = OccasionKind(str(checked["kind"]))
    for name in TEXTS:
        checked[name] = (checked[name] or "").strip()
    for name in ("days_before", "days_late", "known_days"):
        checked[name] = checked[name] or 0
    if kind != OccasionKind.BIRTHDAY:
        checked["known_days"] = 0
    if kind != OccasionKind.PUBLIC:
        checked["holiday"] = ""
    if kind != OccasionKind.OWN or checked["on_date"]:
        checked["month"] = checked["day"] = None
    if kind != OccasionKind.OWN:
        checked["on_date"] = None
    wrong = [*_wrong_numbers(checked), *_wrong_day(checked), *_wrong_texts(checked)]
    if wrong:
        raise InvalidInput(*wrong)
    return checked


def _wrong_numbers(values: Mapping[str, Any]) -> list[FieldError]:
    ranges = (
        ("amount", 1, MOST),
        ("life_days", 1, MOST_DAYS),
        ("days_before", 0, MOST_BEFORE),
        ("days_late", 0, MOST_LATE),
        ("known_days", 0, MOST_KNOWN),
    )
    return [
        FieldError(
            name,
            "out_of_range",
            _("From %(least)s to %(most)s.") % {"least": number_text(least), "most": number_text(most)},
        )
        for name, least, most in ranges
        if not (values[name] is None and name == "life_days")
        and not (type(values[name]) is int and least <= values[name] <= most)
    ]


def _wrong_day(values: Mapping[str, Any]) -> list[FieldError]:
    kind, wrong = values["kind"], []
    if kind == OccasionKind.PUBLIC and values["holiday"] not in set(Holiday):
        wrong.append(FieldError("holiday", "required", _("Choose the holiday.")))
    if kind == OccasionKind.OWN and not values["on_date"]:
        try:
            # A leap year, so that 29 February is a day as well.
            day_in_year(values["month"] or 0, values["day"] or 0, 2028)
        except ValueError:
            wrong.append(FieldError("day", "invalid", _("Give a day and a month, or one date.")))
    starts, ends = values["starts_on"], values["ends_on"]
    if starts and ends and ends < starts:
        wrong.append(FieldError("ends_on", "before_start", _("The last day lies before the first.")))
    if values["segment_id"] and not Segment.objects.filter(pk=values["segment_id"], archived_at=None).exists():
        wrong.append(FieldError("segment", "unknown", _("There is no such segment.")))
    return wrong


def _wrong_texts(values: Mapping[str, Any]) -> list[FieldError]:
    wrong = []
    for name, most in (("name", 120), ("subject", 120), ("greeting", 1000)):
        allowed = "\r\n" if name == "greeting" else ""
        if len(values[name]) > most or any(ord(sign) < 32 and sign not in allowed for sign in values[name]):
            wrong.append(FieldError(name, "invalid", _("At most %(most)s characters.") % {"most": number_text(most)}))
    if not values["name"]:
        wrong.append(FieldError("name", "required", _("Give it a name: customers see it in their points history.")))
    return wrong
