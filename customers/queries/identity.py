"""From the id that the world knows a customer by to the key of its row."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from loyalty_site.kernel.callers import Caller
from loyalty_site.kernel.errors import NotFound


def customer_key(public_id: UUID, *, caller: Caller) -> int:
    """The primary key. Raises NotFound, also when a signed-in customer asks for somebody else. At most one query."""
    if caller.customer_id is not None:
        key = caller.customer_id if caller.customer_public_id == public_id else None
    else:
        key = Customer.objects.filter(public_id=public_id).values_list("pk", flat=True).first()
    if key is None:
        raise NotFound(_("There is no such customer."))
    return key
