"""Whom a message goes to, and whether it may (CU-2)."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.db.models.functions import Coalesce

from customers.models import Consent, Customer


@dataclass(frozen=True)
class Addressee:
    """`agreed`: consent to e-mails is live at this moment. `email` is empty when none is known."""

    customer: Customer
    email: str
    agreed: bool


def addressee(customer_id: int) -> Addressee | None:
    """As the customer is now, or who he was merged into (CU-3); None for one who is gone. One query."""
    stayed = Customer.objects.filter(pk=customer_id).values_list(Coalesce("merged_into_id", "pk"))
    live = Consent.objects.filter(customer=OuterRef("pk"), purpose=Consent.Purpose.EMAIL, withdrawn_at=None)
    customer = Customer.objects.filter(pk__in=stayed).annotate(agreed=Exists(live)).first()
    return Addressee(customer, customer.email or "", customer.agreed) if customer else None
