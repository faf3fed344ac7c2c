"""The personal manager: somebody of the staff who looks after a customer (CU-10)."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from customers.models import Customer, User
from customers.services.errors import NoSuchCustomer
from customers.services.stale import mark_stale
from loyalty_site.kernel.errors import invalid
from loyalty_site.kernel.transactions import requires_transaction


@requires_transaction
def set_manager(*, customer_id: int, manager_id: int | None, now: datetime) -> Customer:
    """`manager_id` looks after the customer from now on, None: nobody. The change stays in the history.

    Raises InvalidInput on `manager` for who is no active member of staff, NoSuchCustomer (forgotten and merged too).
    """
    rows = Customer.objects.select_for_update(of=("self",), no_key=True)
    customer = rows.filter(pk=customer_id, merged_into=None, erased_at=None).first()
    if customer is None:
        raise NoSuchCustomer
    if manager_id is not None and not User.objects.filter(pk=manager_id, is_staff=True, is_active=True).exists():
        raise invalid("manager", _("Choose somebody of the staff."))
    if customer.manager_id != manager_id:
        customer.manager_id = manager_id
        customer.save(update_fields=["manager"])
        mark_stale(customer_ids=[customer_id], now=now)
    return customer
