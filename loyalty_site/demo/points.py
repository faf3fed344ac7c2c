"""Points of the customer who can sign in, beside those that the orders bring: gifts, some of them soon gone."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from customers.models import Customer
from loyalty_site.demo.codes import moment
from loyalty_site.kernel.transactions import in_transaction
from points.services import earn


@dataclass(frozen=True)
class Gift:
    """`days`: when it was given, from when it may be spent, its last day; all counted from today."""

    key: str
    kind: str
    amount: int
    reason: str
    days: tuple[int, int, int]


# Before the first order of the demonstration, and after the last: the ledger is written in the order of time.
EARLY = (Gift("profile", "action", 200, "Заполнен профиль", (-85, -85, 280)),)
LATE = (
    Gift("holiday", "holiday", 250, "С днём рождения магазина!", (0, 0, 8)),
    Gift("review", "action", 120, "Отзыв о покупке", (0, 14, 379)),
)


def add_gifts(gifts: tuple[Gift, ...], *, customer: Customer, now: datetime) -> None:
    """Each once, however often the demonstration is loaded."""
    for gift in gifts:
        day, first, last = gift.days
        given = moment(now, day) if day else now
        in_transaction(
            partial(
                earn,
                customer_id=customer.pk,
                amount=gift.amount,
                kind=gift.kind,
                fact=f"demo:{gift.key}",
                available_from=moment(now, first) if first > day else given,
                expires_at=moment(now, last + 1),
                now=given,
                reason=gift.reason,
            )
        )
