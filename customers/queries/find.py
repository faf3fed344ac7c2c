"""A customer as somebody names one."""

from django.conf import settings

from customers.models import Customer
from customers.rules import normalised_email, normalised_phone

MOST_DIGITS = 9


def find_customer(typed: str) -> Customer | None:
    """By number, e-mail or phone in any spelling; None for nobody and for what cannot be read. One query at most."""
    typed = typed.strip()
    number = typed.lstrip("№#").strip()
    try:
        if number.isdecimal() and len(number) <= MOST_DIGITS:
            return Customer.objects.filter(pk=int(number)).first()
        if "@" in typed:
            return Customer.objects.filter(email=normalised_email(typed)).first()
        phone = normalised_phone(typed, settings.PHONENUMBER_DEFAULT_REGION)
    except ValueError:
        return None
    return Customer.objects.filter(phone=phone).first()
