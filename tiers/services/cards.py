"""Cards: the virtual one from the first payment, imported numbers, and who has them (T-4, O-5)."""

import secrets
from datetime import datetime

from loyalty_site.kernel.transactions import requires_transaction
from tiers.models import Card
from tiers.rules import with_check_digit

DIGITS = 15


@requires_transaction
def issue_card(*, customer_id: int, now: datetime) -> Card:
    """The customer's virtual card, made when he has none. One statement, unless somebody makes it at the same moment
    or the number is taken.
    """
    number = with_check_digit(str(secrets.randbelow(9 * 10 ** (DIGITS - 1)) + 10 ** (DIGITS - 1)))
    issued = Card.objects.raw(ISSUE, {"customer": customer_id, "number": number, "now": now})
    return next(iter(issued), None) or issue_card(customer_id=customer_id, now=now)


ISSUE = """
WITH made AS (
    INSERT INTO tiers_card (number, kind, customer_id, percent, issued_at)
    SELECT %(number)s, 'virtual', %(customer)s, 0, %(now)s
    WHERE NOT EXISTS (SELECT FROM tiers_card WHERE customer_id = %(customer)s AND kind = 'virtual')
    ON CONFLICT DO NOTHING RETURNING *
)
SELECT * FROM made UNION ALL SELECT * FROM tiers_card WHERE customer_id = %(customer)s AND kind = 'virtual'
"""
