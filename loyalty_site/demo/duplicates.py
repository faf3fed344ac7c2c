"""One person who came twice: a pair for staff to look at (CU-3)."""

from datetime import datetime, timedelta

from customers.models import Customer
from customers.services import find_duplicates, register_customer
from loyalty_site.kernel.transactions import requires_transaction

FIRST, AGAIN = "customer5@example.com", "customer5+new@example.com"


@requires_transaction
def add_pair(*, now: datetime) -> None:
    """The same mailbox spelled otherwise, registered yesterday; found as the worker finds it."""
    first = Customer.objects.filter(email=FIRST, merged_into=None).first()
    if first is None or Customer.objects.filter(email=AGAIN).exists():
        return
    register_customer(
        email=AGAIN,
        first_name=first.first_name,
        last_name=first.last_name,
        consents=("programme",),
        now=now - timedelta(days=1),
        source="demo",
    )
    find_duplicates(now=now)
