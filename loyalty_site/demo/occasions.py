"""Occasions of the demonstration: birthday, New Year, Russia Day, and what was given for them."""

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from customers.models import User
from loyalty_site.kernel.transactions import in_transaction
from points.models import Occasion
from points.queries import due_occasions, shop_day
from points.services import give_chunk, put_occasion, switch_occasion_on

OCCASIONS: tuple[dict[str, Any], ...] = (
    {
        "name": "День рождения",
        "kind": "birthday",
        "amount": 300,
        "life_days": 30,
        "days_before": 3,
        "days_late": 30,
        "known_days": 14,
        "subject": "С днём рождения!",
        "greeting": "Желаем здоровья, радости и приятных покупок.",
    },
    {"name": "Новый год", "kind": "new_year", "amount": 200, "life_days": 45, "days_before": 7},
    {"name": "День России", "kind": "public", "holiday": "russia", "amount": 100, "life_days": 14, "days_before": 1},
)


def add_occasions(*, by: User, now: datetime) -> None:
    """The occasions that are not there yet; birthdays of the last weeks get their points."""
    if Occasion.objects.exists():
        return
    today = shop_day(now)
    for values in (*OCCASIONS, _day_of_the_shop(today)):
        key = in_transaction(partial(put_occasion, occasion_id=None, values=values, by=by, now=now)).pk
        if values["name"] == "День магазина":
            continue
        # Switched on weeks ago, so that some have got their points already.
        in_transaction(partial(switch_occasion_on, occasion_id=key, by=by, now=now - timedelta(days=30)))
    for key, day in due_occasions(now=now):
        in_transaction(partial(give_chunk, occasion_id=key, day=day, now=now))


def _day_of_the_shop(today: date) -> dict[str, Any]:
    """Of the shop's own, in two weeks; nobody has switched it on yet."""
    day = today + timedelta(days=14)
    return {"name": "День магазина", "kind": "own", "month": day.month, "day": day.day, "amount": 150, "life_days": 30}
