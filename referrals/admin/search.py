"""What staff type to find a referral: a name, an e-mail, a phone, a code, a number of an order or a customer."""

from contextlib import suppress

from django.conf import settings
from django.db.models import Q

from customers.models import Customer
from customers.rules import normalised_phone
from promocodes.rules import readings
from referrals.admin.filters import is_key
from referrals.models import Reward

# More customers of one name than anybody leafs through.
CUSTOMERS_FOUND = 200


def referrals_like(typed: str) -> Q:
    """Each part is answered by an index; keys are looked up first, so that nothing is joined."""
    number = typed.lstrip("№#").strip()
    if is_key(number):
        by_order = Reward.objects.filter(order_ref=f"order:{number}").values_list("referral", flat=True)
        found = Q(newcomer=int(number)) | Q(referrer=int(number)) | Q(pk__in=list(by_order))
        return found | Q(first_order_ref=f"order:{number}")
    people = customers_like(typed)
    return Q(newcomer__in=people) | Q(referrer__in=people) | Q(code__in=readings(typed))


def rewards_like(typed: str) -> Q:
    number = typed.lstrip("№#").strip()
    if is_key(number):
        return Q(order_ref=f"order:{number}") | Q(payee=int(number)) | Q(referral__newcomer=int(number))
    people = customers_like(typed)
    found = Q(payee__in=people) | Q(referral__newcomer__in=people) | Q(referral__code__in=readings(typed))
    return found | Q(ambassador__name__icontains=typed)


def customers_like(typed: str) -> list[int]:
    """Keys of customers by e-mail, last name, external id or phone."""
    found = Q(email__icontains=typed) | Q(external_id=typed)
    for word in typed.split()[:3]:
        found |= Q(last_name__icontains=word)
    with suppress(ValueError):
        found |= Q(phone=normalised_phone(typed, settings.PHONENUMBER_DEFAULT_REGION))
    return list(Customer.objects.filter(found).order_by("-pk").values_list("pk", flat=True)[:CUSTOMERS_FOUND])
