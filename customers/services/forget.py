"""What `customers` itself forgets of a person (CU-4): details, notes, tags, signs of a duplicate, what a merge kept."""

from datetime import datetime

from django.db.models import Q

from customers.models import (
    Consent,
    Customer,
    CustomerNote,
    CustomerTag,
    Duplicate,
    ErasureRequest,
    Merge,
    SegmentMembership,
    StaleCustomer,
)
from loyalty_site.kernel.forgetting import Forgets, forget
from loyalty_site.kernel.transactions import requires_transaction

ERASED = "erased"
NOBODY = {"external_id": None, "email": None, "phone": None, "first_name": "", "last_name": "", "birthday": None}

HISTORY = (
    Forgets(
        table="customers_customerevent",
        rows="r.pgh_obj_id = ANY(%(keys)s)",
        owners="SELECT r.pgh_obj_id",
        blanks=NOBODY,
    ),
)


@requires_transaction
def forget_customer(*, customer: Customer, now: datetime) -> dict[str, int]:
    """Rows by table. Live consents end here; that they were given stays, as the proof of what was sent."""
    key = customer.pk
    pairs = Q(first=key) | Q(second=key)
    merges = Merge.objects.filter(survivor=key)
    return {
        "customers_customernote": CustomerNote.objects.filter(customer=key).exclude(text="").update(text=""),
        "customers_customertag": CustomerTag.objects.filter(customer=key).delete()[0],
        "customers_segmentmembership": SegmentMembership.objects.filter(customer=key).delete()[0],
        "customers_stalecustomer": StaleCustomer.objects.filter(customer=key).delete()[0],
        "customers_duplicate": Duplicate.objects.filter(pairs).delete()[0],
        "customers_merge": merges.update(kept={}, reason=""),
        "customers_erasurerequest": ErasureRequest.objects.filter(customer=key).exclude(reason="").update(reason=""),
        "customers_consent": Consent.objects.filter(customer=key, withdrawn_at=None).update(
            withdrawn_at=now, withdrawn_source=ERASED
        ),
        **forget(HISTORY, [key]),
    }
