"""What an occasion will come to: who gets it when, and how many points that is (CU-9)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce

from customers.models import Customer, Segment
from customers.queries import birthday_key
from points.queries.occasions import audience, due_of
from points.rules.occasions import APART, OccasionTerms, birthday_keys, coming_days

# Days to come after today: a year with today in it, so that no day of the year is counted twice.
YEAR, MONTH = 364, 30


@dataclass(frozen=True)
class PlannedDay:
    """`customers` get their gift on `given_on`, for the `days` that it is given for."""

    given_on: date
    days: tuple[date, ...]
    customers: int


@dataclass(frozen=True)
class Plan:
    """The next 365 days, today included, as customers are now; days on which nobody gets anything are not in it."""

    days: tuple[PlannedDay, ...]
    amount: int
    today: date

    @property
    def customers(self) -> int:
        return sum(day.customers for day in self.days)

    @property
    def points(self) -> int:
        return self.customers * self.amount

    @property
    def most(self) -> int:
        """What the programme's threshold is held against: of one customer, too, while nobody is in the segment yet."""
        return max(self.points, self.amount)

    @property
    def customers_soon(self) -> int:
        """Within 30 days."""
        return sum(day.customers for day in self.days if day.given_on <= self.today + timedelta(days=MONTH))

    @property
    def points_soon(self) -> int:
        return self.customers_soon * self.amount


def plan_occasion(terms: OccasionTerms, *, today: date, occasion_id: int | None = None) -> Plan:
    """What `terms` come to from today on, gifts that were given already left out. Two queries, one for everybody."""
    coming = list(coming_days(terms.when, terms.window, today, days=YEAR))
    counted = _counted(terms, [day for _given_on, day in coming], occasion_id)
    customers: Counter[date] = Counter()
    days: dict[date, list[date]] = {}
    for given_on, day in coming:
        if counted.get(day):
            customers[given_on] += counted[day]
            days.setdefault(given_on, []).append(day)
    planned = (PlannedDay(given_on, tuple(days[given_on]), customers[given_on]) for given_on in sorted(days))
    return Plan(tuple(planned), terms.amount, today)


def sample_of(
    terms: OccasionTerms, plan: Plan, *, occasion_id: int | None = None, limit: int = 5
) -> list[tuple[Customer, date, date]]:
    """(customer, given on, day) of the first who get it. One query a day, until there are enough."""
    found: list[tuple[Customer, date, date]] = []
    segment = _segment(terms)
    for planned in plan.days:
        for day in planned.days:
            due = due_of(terms, segment, day, occasion_id=occasion_id)
            found += [(customer, planned.given_on, day) for customer in due.order_by("-pk")[: limit - len(found)]]
            if len(found) >= limit:
                return found
    return found


def _counted(terms: OccasionTerms, days: Sequence[date], occasion_id: int | None) -> dict[date, int]:
    """How many are due for each of `days`; who got his gift of that year, or of one near it, is not counted."""
    if not days:
        return {}
    pairs = [(key, day) for day in days for key in (birthday_keys(day) if terms.when.is_personal else (0,))]
    people = _people(audience(_segment(terms)), is_personal=terms.when.is_personal)
    if people is None:
        return {}
    values: dict[str, Any] = {
        "keys": [key for key, _day in pairs],
        "days": [day for _key, day in pairs],
        "known": terms.known_days,
        "zone": settings.TIME_ZONE,
        "occasion": occasion_id or 0,
        "apart": APART.days if terms.when.is_personal else 0,
    }
    with connection.cursor() as cursor:
        cursor.execute(COUNT.format(people=people), values)
        return dict(cursor.fetchall())


def _segment(terms: OccasionTerms) -> Segment | None:
    return Segment.objects.get(pk=terms.segment_id) if terms.segment_id else None


def _people(customers: QuerySet[Customer], *, is_personal: bool) -> str | None:
    """SQL of (id, key, known_since); None where nobody can be among them."""
    if is_personal:
        chosen = customers.filter(birthday__isnull=False).annotate(
            key=birthday_key(), known_since=Coalesce("birthday_set_at", "registered_at")
        )
    else:
        chosen = customers.annotate(key=Value(0), known_since=F("registered_at"))
    try:
        sql, params = chosen.values_list("pk", "key", "known_since").query.sql_with_params()
    except EmptyResultSet:
        return None
    postgres: Any = connection.ops
    return str(postgres.compose_sql(sql, params)).replace("%", "%%")


COUNT = """
SELECT due.day, count(*) FROM ({people}) c (id, key, known_since)
JOIN unnest(%(keys)s::int[], %(days)s::date[]) AS due (key, day) ON due.key = c.key
WHERE (c.known_since AT TIME ZONE %(zone)s)::date <= due.day - %(known)s
  AND NOT EXISTS (
    SELECT FROM points_occasiongift g
    WHERE g.occasion_id = %(occasion)s AND g.customer_id = c.id
      AND (g.year = EXTRACT(year FROM due.day) OR abs(g.day - due.day) < %(apart)s))
GROUP BY 1
"""
