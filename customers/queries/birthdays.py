"""Birthdays as they come round every year."""

from django.db.models import QuerySet
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import ExtractDay, ExtractMonth

from customers.models import Customer


def birthday_key() -> CombinedExpression:
    """Month and day of the birthday as one number, 612 for 12 June: what the index `customer_birthday` holds."""
    return ExtractMonth("birthday") * 100 + ExtractDay("birthday")


def with_birthday_on(customers: QuerySet[Customer], keys: tuple[int, ...]) -> QuerySet[Customer]:
    """Those of `customers` whose birthday is one of `keys` (612: 12 June)."""
    return customers.alias(birthday_key=birthday_key()).filter(birthday__isnull=False, birthday_key__in=keys)
