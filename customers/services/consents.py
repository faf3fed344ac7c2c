"""Consents, each with its time, source and text version (CU-2)."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from customers.models import Consent, Customer
from loyalty_site.kernel.errors import invalid
from loyalty_site.kernel.transactions import requires_transaction

TEXT_VERSION = "1"


@requires_transaction
def set_consents(*, customer: Customer, purposes: Collection[str], now: datetime, source: str) -> None:
    """The live consents become exactly `purposes`: new ones are given, others withdrawn, the rest untouched."""
    unknown = sorted(set(purposes) - set(Consent.Purpose.values))
    if unknown:
        raise invalid("consents", _("There is no such purpose of consent."), "unknown_purpose")
    live = Consent.objects.filter(customer=customer, withdrawn_at=None)
    live.exclude(purpose__in=purposes).update(withdrawn_at=now)
    known = set(live.values_list("purpose", flat=True))
    Consent.objects.bulk_create(
        Consent(customer=customer, purpose=purpose, given_at=now, source=source, text_version=TEXT_VERSION)
        for purpose in sorted(set(purposes) - known)
    )
