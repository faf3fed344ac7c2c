"""A sign-in account meets its customer (CU-1)."""

from collections.abc import Collection
from datetime import datetime

from customers.models import Customer, User
from customers.rules import BY_NOBODY, Brought
from customers.services.register import register_customer
from customers.services.stale import mark_stale
from loyalty_site.kernel.transactions import requires_transaction


@requires_transaction
def join_account(
    *,
    user: User,
    is_confirmed: bool,
    now: datetime,
    brought: Brought = BY_NOBODY,
    consents: Collection[str] = (),
) -> Customer | None:
    """The customer of `user`: known already, found by e-mail, or new.

    A customer who was there before (from the till, an import) is handed over only to who has confirmed the
    address: until then None. `brought` counts for a new one only (R-2), and so do `consents` of the form.
    """
    known = Customer.objects.filter(user=user).first()
    if known is not None:
        return known
    by_email = Customer.objects.select_for_update(no_key=True).filter(email=user.email.lower()).first()
    if by_email is None:
        return register_customer(
            email=user.email, now=now, source="signup", user=user, brought=brought, consents=consents
        )
    if by_email.user_id is not None or not is_confirmed:
        return None
    by_email.user = user
    by_email.save(update_fields=["user"])
    mark_stale(customer_ids=[by_email.pk], now=now)
    return by_email
