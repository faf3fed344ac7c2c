"""What tiers forget of a person (CU-4): the numbers of his cards. Standing, changes and fees stay, by ids."""

from datetime import datetime

from customers.models import Customer
from loyalty_site.kernel.forgetting import Forgets, changed, forget
from loyalty_site.kernel.transactions import requires_transaction

HISTORY = (
    Forgets(
        table="tiers_cardevent",
        rows="r.pgh_obj_id IN (SELECT id FROM tiers_card WHERE customer_id = ANY(%(keys)s))",
        owners="SELECT k.customer_id FROM tiers_card k WHERE k.id = r.pgh_obj_id",
        blanks={"number": ""},
    ),
)


@requires_transaction
def forget_cards(*, customer: Customer, now: datetime) -> dict[str, int]:
    """The step of CUSTOMERS_ERASE_STEPS. A card that was in his hands opens nothing any more."""
    cards = changed(FORGET_CARDS, {"customer": customer.pk, "now": now})
    return {"tiers_card": cards, **forget(HISTORY, [customer.pk])}


FORGET_CARDS = """
UPDATE tiers_card SET number = 'ERASED' || id, blocked_at = COALESCE(blocked_at, %(now)s)
WHERE customer_id = %(customer)s
"""
