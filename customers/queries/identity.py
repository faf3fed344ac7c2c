"""From the id that the world knows a customer by to the key of its row."""

from uuid import UUID

from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from loyalty_site.kernel.callers import Caller
from loyalty_site.kernel.errors import NotFound


def customer_key(public_id: UUID, *, caller: Caller) -> int:
    """The primary key; a merged record's id leads to the one that stayed (CU-3).

    Raises NotFound, also when a signed-in customer asks for somebody else. At most one query.
    """
    if caller.customer_public_id == public_id and caller.customer_id is not None:
        return caller.customer_id
    key = staying_key(public_id)
    if key is None or caller.customer_id not in {None, key}:
        raise NotFound(_("There is no such customer."))
    return key


def staying_key(public_id: UUID) -> int | None:
    """Of the record that stayed; None for nobody. One query."""
    keys = Customer.objects.filter(public_id=public_id).values_list(Coalesce("merged_into_id", "pk"), flat=True)
    return keys.first()
