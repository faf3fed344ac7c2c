"""Whose an address is."""

from allauth.account.models import EmailAddress

from customers.models import Customer


def owns_his_email(customer: Customer) -> bool:
    """What stands under his e-mail alone is his: he confirmed it, or has no account and gave it to the shop itself.

    Somebody who registered with another person's address and never confirmed it must not have that one's orders
    forgotten. At most one query.
    """
    if customer.user_id is None:
        return True
    addresses = EmailAddress.objects.filter(user=customer.user_id, email__iexact=customer.email or "", verified=True)
    return bool(addresses.exists())
