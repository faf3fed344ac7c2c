"""Merging in few words."""

from typing import Any

from customers.models import Customer, Merge
from customers.services import merge_customers
from loyalty_site.doctor import examined, invariants
from loyalty_site.kernel.transactions import in_transaction
from tests.points.rows import day


def merged(first: Customer, second: Customer, **given: Any) -> Merge:
    values = {"kept": {}, "reason": "one person", "by": None, "now": day(1)} | given
    return in_transaction(lambda: merge_customers(first_id=first.pk, second_id=second.pk, **values))


# They look at the real clock, which these stories do not.
OF_THE_CLOCK = {"messages_none_stuck", "unpaid_order_was_cancelled", "tiers_reviewed_on_time", "points_expired_on_time"}


def findings() -> dict[str, int]:
    """What the doctor finds."""
    asked = [item for item in invariants() if item.code not in OF_THE_CLOCK]
    return {item.code: found.count for item, found in examined(asked) if found}
