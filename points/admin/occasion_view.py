"""An occasion in words, and what it will come to, for the back office."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from babel.dates import format_date
from django.utils.translation import get_language, ngettext, to_locale
from django.utils.translation import gettext as _

from customers.models import Customer, Programme
from loyalty_site.kernel.texts import day_text, number_text
from points.models import Occasion
from points.queries import Plan, PlannedDay, plan_occasion, sample_of
from points.rules.occasions import OccasionTerms, coming_days

# Birthdays are on every day: the table shows the next ones, the figures count all.
DAYS_SHOWN = 10


@dataclass(frozen=True)
class Preview:
    plan: Plan
    money: Decimal
    money_soon: Decimal
    waits: bool
    days: tuple[PlannedDay, ...]
    more: int
    sample: list[tuple[Customer, date, date]]
    first_day: date | None


def preview_of(terms: OccasionTerms, *, today: date, occasion: Occasion | None, settings_now: Programme) -> Preview:
    key = occasion.pk if occasion else None
    plan = plan_occasion(terms, today=today, occasion_id=key)
    threshold = settings_now.second_person_points
    return Preview(
        plan=plan,
        money=plan.points * settings_now.point_value,
        money_soon=plan.points_soon * settings_now.point_value,
        waits=threshold is not None and plan.most > threshold,
        days=plan.days[:DAYS_SHOWN],
        more=max(len(plan.days) - DAYS_SHOWN, 0),
        sample=sample_of(terms, plan, occasion_id=key),
        first_day=plan.days[0].given_on if plan.days else None,
    )


def next_day(terms: OccasionTerms, today: date) -> date | None:
    """When points are given next, as far as days tell; birthdays: today."""
    days = (given_on for given_on, day in coming_days(terms.when, terms.window, today, days=366) if day >= today)
    return next(days, None)


def when_text(occasion: Occasion) -> str:
    """`12 июня, за 3 дня`."""
    return ", ".join(part for part in (_day_text(occasion), before_text(occasion.days_before)) if part)


def before_text(days: int) -> str:
    if not days:
        return ""
    return ngettext("%(days)s day before", "%(days)s days before", days) % {"days": number_text(days)}


def month_day_text(day: date) -> str:
    """`12 июня`."""
    locale = to_locale(get_language() or "ru").partition("_")[0]
    return str(format_date(day, "d MMMM", locale=locale)).replace(" ", "\N{NO-BREAK SPACE}")


def _day_text(occasion: Occasion) -> str:
    when: Any = occasion.terms.when
    if when.is_personal:
        return _("on the birthday")
    if when.on_date:
        return day_text(when.on_date)
    return month_day_text(date(2028, when.month, when.day))
