"""What a customer has agreed to (CU-2)."""

from customers.models import Consent


def live_consents(customer_id: int) -> set[str]:
    """The purposes of the consents that hold now. One query."""
    rows = Consent.objects.filter(customer=customer_id, withdrawn_at=None)
    return set(rows.values_list("purpose", flat=True))
