"""A customer as somebody names one."""

from django.conf import settings
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from customers.models import Customer
from customers.rules import normalised_email, normalised_phone

MOST_DIGITS = 9


def staying(key: int) -> QuerySet[Customer, int]:
    """As a query of keys: the record itself, or the one that it was merged into."""
    return Customer.objects.filter(pk=key).values_list(Coalesce("merged_into_id", "pk"), flat=True)


def records(key: int) -> QuerySet[Customer, int]:
    """As a query of keys: who stayed, and all that were merged into him. Details and trails of each are held still."""
    return Customer.objects.filter(Q(pk=key) | Q(merged_into=key)).values_list("pk", flat=True)


def find_customer(typed: str) -> Customer | None:
    """By number, e-mail or phone in any spelling; None for nobody and for what cannot be read.

    A merged record's number leads to the one that stayed (CU-3). One query at most.
    """
    typed = typed.strip()
    number = typed.lstrip("№#").strip()
    try:
        if number.isdecimal() and len(number) <= MOST_DIGITS:
            return Customer.objects.filter(pk__in=staying(int(number))).first()
        if "@" in typed:
            return Customer.objects.filter(email=normalised_email(typed)).first()
        phone = normalised_phone(typed, settings.PHONENUMBER_DEFAULT_REGION)
    except ValueError:
        return None
    return Customer.objects.filter(phone=phone).first()
