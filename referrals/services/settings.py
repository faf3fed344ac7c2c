"""What a customer decides about the own invitations."""

from datetime import datetime

from django.db import connection

from loyalty_site.kernel.transactions import requires_transaction
from referrals.models import Referrer


@requires_transaction
def show_name(*, customer_id: int, shows_name: bool, now: datetime) -> None:
    """Whether friends read the first name on the page that the link leads to (R-1). One statement."""
    Referrer.objects.bulk_create(
        [Referrer(customer_id=customer_id, shows_name=shows_name)],
        update_conflicts=True,
        unique_fields=["customer"],
        update_fields=["shows_name"],
    )


@requires_transaction
def see_news(*, customer_id: int, now: datetime) -> None:
    """What was paid until `now` has been seen; never moves back. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(SEEN, {"customer": customer_id, "now": now})


SEEN = """
INSERT INTO referrals_referrer AS r (customer_id, shows_name, seen_at, stop_reason)
VALUES (%(customer)s, FALSE, %(now)s, '')
ON CONFLICT (customer_id) DO UPDATE SET seen_at = GREATEST(r.seen_at, EXCLUDED.seen_at)
"""
