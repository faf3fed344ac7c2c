"""Taking out what is held of a customer: noted before anything leaves the house (CU-4)."""

from datetime import datetime

from customers.models import Customer, DataDownload, User
from customers.services.errors import AlreadyErased, NoSuchCustomer
from loyalty_site.kernel.transactions import requires_transaction


@requires_transaction
def note_download(*, customer_id: int, form: str, by: User | None, now: datetime) -> DataDownload:
    """`by` None: the customer himself. Raises NoSuchCustomer, AlreadyErased."""
    customer = Customer.objects.filter(pk=customer_id).first()
    if customer is None:
        raise NoSuchCustomer
    if customer.erased_at is not None:
        raise AlreadyErased
    return DataDownload.objects.create(customer=customer, form=form, downloaded_by=by, downloaded_at=now)
