"""What promo codes forget of a person (CU-4): his own codes go off, uses are no longer counted against him."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import connection

from customers.models import Customer
from customers.queries.owners import owned_contacts
from loyalty_site.kernel.forgetting import changed
from loyalty_site.kernel.transactions import requires_transaction
from promocodes.models import PromoCode
from promocodes.rules import holder_keys
from promocodes.services.withdraw import withdraw_codes


@requires_transaction
def forget_uses(*, customer: Customer, now: datetime) -> dict[str, int]:
    """The step of CUSTOMERS_ERASE_STEPS. The uses themselves stay, and count for the codes' own limits.

    The keyed hashes of his mailbox and phone are personal data as well: without them nothing tells later that
    somebody was here before.
    """
    own = list(PromoCode.objects.filter(customer=customer.pk).values_list("pk", flat=True))
    withdraw_codes(promo_code_ids=own)
    hashes = _hashes(customer.pk)
    owned = owned_contacts(customer)
    for email in ["", *owned.emails]:
        known = holder_keys(email=email, phone=owned.proven_phone, secret=settings.HOLDER_SECRET)
        hashes = sorted({*hashes, *known})
    params = {"holders": hashes}
    return {
        "promocodes_promocode": len(own),
        "promocodes_redemption": changed(FORGET_HOLDERS, params),
        "promocodes_holderuse": changed(FORGET_COUNTS, params),
    }


def _hashes(customer_id: int) -> Sequence[str]:
    """All that his uses were ever counted against, but for his own key."""
    with connection.cursor() as cursor:
        cursor.execute(HASHES, [customer_id])
        return [holder for (holder,) in cursor.fetchall()]


HASHES = """
SELECT DISTINCT h.holder FROM promocodes_redemption r CROSS JOIN LATERAL unnest(r.holders) AS h (holder)
WHERE r.customer_id = %s AND h.holder NOT LIKE 'customer:%%'
"""
# By the index of the counters: uses are found through the codes that they were of.
FORGET_HOLDERS = """
UPDATE promocodes_redemption r
SET holders = ARRAY(SELECT h FROM unnest(r.holders) AS h WHERE h <> ALL(%(holders)s::varchar[]))
WHERE r.holders && %(holders)s::varchar[]
  AND r.promo_code_id IN (SELECT promo_code_id FROM promocodes_holderuse WHERE holder = ANY(%(holders)s::varchar[]))
"""
FORGET_COUNTS = "DELETE FROM promocodes_holderuse WHERE holder = ANY(%(holders)s::varchar[])"
