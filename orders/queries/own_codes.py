"""The promo codes that a customer may use now, for the account and the checkout."""

from collections.abc import Collection
from datetime import datetime

import customers.queries
from promocodes.queries import PersonalCode, PersonalState, personal_codes
from tiers.queries import benefits


def own_codes(customer_id: int, *, now: datetime) -> list[PersonalCode]:
    """Codes of this customer, of the own segments and tiers, whatever became of them. At most four queries."""
    shopper = customers.queries.shopper(customer_id)
    if shopper is None:
        return []
    return personal_codes(
        customer_id,
        segments=shopper.segments,
        tiers=benefits(customer_id, now=now).reached,
        has_bought=shopper.has_bought,
        now=now,
    )


def usable_codes(
    customer_id: int, *, segments: Collection[str], tiers: Collection[str], has_bought: bool, now: datetime
) -> list[PersonalCode]:
    """Those that are active, for somebody whose segments and tiers are known already. At most two queries."""
    found = personal_codes(customer_id, segments=segments, tiers=tiers, has_bought=has_bought, now=now)
    return [code for code in found if code.state == PersonalState.ACTIVE]
