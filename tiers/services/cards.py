"""Cards: the virtual one from the first payment, imported numbers, and who has them (T-4, O-5)."""

import secrets
from datetime import datetime

from loyalty_site.kernel.transactions import requires_transaction
from tiers.models import Card
from tiers.rules import with_check_digit

DIGITS = 15


@requires_transaction
def issue_card(*, customer_id: int, now: datetime) -> Card:
    """The customer's virtual card, made when he has none. One statement when he has, two when not."""
    card = Card.objects.filter(customer=customer_id, kind=Card.Kind.VIRTUAL).first()
    if card is None:
        number = with_check_digit(str(secrets.randbelow(9 * 10 ** (DIGITS - 1)) + 10 ** (DIGITS - 1)))
        card = Card.objects.create(number=number, kind=Card.Kind.VIRTUAL, customer_id=customer_id, issued_at=now)
    return card
