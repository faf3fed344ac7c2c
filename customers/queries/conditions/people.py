"""Conditions on who a customer is and what staff have put down about him."""

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from customers.models import Consent, Segment, Tag, User
from customers.queries.conditions.parts import (
    CODES,
    IS_ONE_OF,
    NO,
    YES,
    Values,
    customer,
    ids,
    moments,
    one_of,
)
from customers.queries.members import RFM_PREFIX, STARTER, VIP
from customers.rules.conditions import At, Condition, Input, Kind, Operator, Select

PERSON = _("Who it is")
MARKS = _("Tags, consents, segments")
MOST_DIGITS = 10
LEAP_DAY, LAST_OF_FEBRUARY = 229, 228
# As in the index `customer_birthday`.
MONTH_AND_DAY = "(EXTRACT(MONTH FROM c.birthday) * 100 + EXTRACT(DAY FROM c.birthday))"
SOON = Input("days", Kind.DAYS, _("days"), least=1, most=60)
YEARS = Input("years", Kind.COUNT, _("years"), least=1, most=120)
REACHED = {"email": "c.email IS NOT NULL", "phone": "c.phone IS NOT NULL", "account": "c.user_id IS NOT NULL"}


def birthdays(first: date, days: int) -> list[int]:
    """Months and days (`1231`) of `days` days from `first` on; 28 February takes the 29th along where there is none."""
    found = []
    for day in (first + timedelta(days=number) for number in range(days)):
        found.append(day.month * 100 + day.day)
        if found[-1] == LAST_OF_FEBRUARY and (day + timedelta(days=1)).month == 3:
            found.append(LEAP_DAY)
    return found


def years_before(day: date, years: int) -> date:
    """29 February becomes 28 February where there is none."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _born_on(days: list[int]) -> Select:
    return customer(f"c.birthday IS NOT NULL AND {MONTH_AND_DAY} = ANY(%s::numeric[])", days)


def _in_months(values: Values, at: At) -> Select:
    return customer("EXTRACT(MONTH FROM c.birthday) = ANY(%s::numeric[])", _numbers(values))


def _numbers(values: Values) -> list[int]:
    return [int(code) for code in values["codes"] if code.isdecimal() and len(code) < MOST_DIGITS]


def _at_least_years(values: Values, at: At) -> Select:
    return customer("c.birthday <= %s", years_before(at.today, values["years"]))


def _at_most_years(values: Values, at: At) -> Select:
    return customer("c.birthday > %s", years_before(at.today, values["years"] + 1))


def _reached(values: Values, at: At) -> Select:
    return customer(" OR ".join(["FALSE", *(REACHED[code] for code in values["codes"] if code in REACHED)]))


def _in_segments(values: Values, at: At) -> Select:
    """Lists and rules by their rows, segments of the map by the map. A rule's members are those of its last refresh."""
    codes = list(values["codes"])
    stored = (
        "SELECT m.customer_id FROM customers_segmentmembership m JOIN customers_segment s ON s.id = m.segment_id "
        "WHERE s.code = ANY(%s)"
    )
    of_map = [code.removeprefix(RFM_PREFIX) for code in codes if code.startswith(RFM_PREFIX)]
    if not of_map:
        return ids(stored, codes)
    of_rfm = "SELECT customer_id FROM customers_rfm WHERE segment = ANY(%s) OR (is_vip AND %s) OR (orders = 1 AND %s)"
    return ids(f"{stored} UNION ALL {of_rfm}", codes, of_map, VIP in codes, STARTER in codes)


def _months() -> list[tuple[str, str]]:
    from django.utils.dates import MONTHS

    return [(str(number), str(name)) for number, name in MONTHS.items()]


def _segments() -> list[tuple[str, str]]:
    return [(row.code, row.title) for row in Segment.objects.filter(archived_at=None).order_by("name", "pk")]


def _managers() -> list[tuple[str, str]]:
    users = User.objects.filter(looked_after__isnull=False).distinct() | User.objects.filter(is_staff=True).distinct()
    return [(str(user.pk), user.get_full_name() or user.email) for user in users.order_by("email")]


def _managed(values: Values, at: At) -> Select:
    return customer("c.manager_id = ANY(%s)", _numbers(values))


def _tagged(values: Values, at: At) -> Select:
    return ids(
        "SELECT g.customer_id FROM customers_customertag g JOIN customers_tag t ON t.id = g.tag_id "
        "WHERE t.code = ANY(%s)",
        list(values["codes"]),
    )


def _agreed(values: Values, at: At) -> Select:
    sql = "SELECT customer_id FROM customers_consent WHERE withdrawn_at IS NULL AND purpose = ANY(%s)"
    return ids(sql, list(values["codes"]))


def _known(column: str, yes: Any, no: Any, words: tuple[Any, Any] = (YES, NO)) -> tuple[Operator, Operator]:
    return (
        Operator("known", words[0], yes, lambda v, at: customer(f"{column} IS NOT NULL")),
        Operator("unknown", words[1], no, lambda v, at: customer(f"{column} IS NULL")),
    )


CONDITIONS = (
    Condition(
        "registered",
        PERSON,
        _("registered"),
        moments(
            "c.registered_at",
            customer,
            within=ngettext_lazy(
                "registered within the last %(days)s day", "registered within the last %(days)s days", "days"
            ),
            longer=ngettext_lazy(
                "registered more than %(days)s day ago", "registered more than %(days)s days ago", "days"
            ),
            between=_("registered from %(least)s to %(most)s"),
        ),
    ),
    Condition(
        "birthday",
        PERSON,
        _("birthday"),
        (
            Operator("today", _("today"), _("birthday today"), lambda v, at: _born_on(birthdays(at.today, 1))),
            Operator(
                "soon",
                _("within the next … days"),
                ngettext_lazy(
                    "birthday within the next %(days)s day", "birthday within the next %(days)s days", "days"
                ),
                lambda v, at: _born_on(birthdays(at.today, v["days"] + 1)),
                (SOON,),
            ),
            Operator("month", _("in the month"), _("birthday in the month %(codes)s"), _in_months, (CODES,)),
            *_known(
                "c.birthday", _("birthday known"), _("birthday not known"), words=(_("is known"), _("is not known"))
            ),
        ),
        choices=_months,
        help_text=_("Who was born on 29 February celebrates on the 28th in other years."),
    ),
    Condition(
        "age",
        PERSON,
        _("age"),
        (
            Operator(
                "at_least",
                _("at least"),
                ngettext_lazy("at least %(years)s year old", "at least %(years)s years old", "years"),
                _at_least_years,
                (YEARS,),
            ),
            Operator(
                "at_most",
                _("at most"),
                ngettext_lazy("at most %(years)s year old", "at most %(years)s years old", "years"),
                _at_most_years,
                (YEARS,),
            ),
        ),
        help_text=_("Of those whose birthday is known."),
    ),
    Condition(
        "reach",
        PERSON,
        _("can be reached by"),
        one_of(_reached, is_in=_("has %(codes)s"), is_out=_("has no %(codes)s")),
        choices=lambda: [("email", str(_("e-mail"))), ("phone", str(_("phone"))), ("account", str(_("account")))],
    ),
    Condition(
        "manager",
        PERSON,
        _("personal manager"),
        (
            *_known(
                "c.manager_id",
                _("has a personal manager"),
                _("has no personal manager"),
                words=(_("there is one"), _("there is none")),
            ),
            Operator("in", IS_ONE_OF, _("personal manager: %(codes)s"), _managed, (CODES,)),
        ),
        choices=_managers,
    ),
    Condition(
        "tag",
        MARKS,
        _("tag"),
        one_of(_tagged, is_in=_("tag %(codes)s"), is_out=_("no tag %(codes)s")),
        choices=lambda: list(Tag.objects.order_by("name").values_list("code", "name")),
    ),
    Condition(
        "consent",
        MARKS,
        _("consent"),
        one_of(_agreed, is_in=_("consent: %(codes)s"), is_out=_("no consent: %(codes)s")),
        choices=lambda: [(value, str(label)) for value, label in Consent.Purpose.choices],
    ),
    Condition(
        "segment",
        MARKS,
        _("segment or list"),
        one_of(_in_segments, is_in=_("in the segment %(codes)s"), is_out=_("not in the segment %(codes)s")),
        choices=_segments,
    ),
)
