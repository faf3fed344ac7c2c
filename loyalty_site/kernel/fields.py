"""Strict fields and serializers: a value is what the schema says or it is refused; nothing is coerced.

Types follow JSON: a number is never read from a string, a boolean is not a number, money is a string (M-1).
"""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from loyalty_site.kernel.lists import StrictList
from loyalty_site.kernel.money import MAX_AMOUNT
from loyalty_site.kernel.parsing import has_unwanted_characters

MAX_INTEGER = 2_147_483_647
MONEY = re.compile(r"\d{1,10}(\.\d{1,2})?", re.ASCII)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)
IDENTIFIER = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
YEARS = range(1900, 2200)


class StrictSerializer(serializers.Serializer[Any]):
    """An object whose unknown members are refused by name, so that a typing error is seen."""

    default_error_messages: ClassVar = {"invalid": _("Give an object here.")}

    class Meta:
        list_serializer_class = StrictList

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := [name for name in data if name not in self.fields]):
            detail = serializers.ErrorDetail(str(_("There is no such field.")), code="unknown_field")
            raise serializers.ValidationError({name: [detail] for name in unknown[:20]})
        return super().to_internal_value(data)


class TextField(serializers.CharField):
    """A JSON string without control characters, trimmed."""

    default_error_messages: ClassVar = {
        "invalid": _("Give a string here."),
        "characters": _("Control characters and broken Unicode are not allowed."),
    }

    def __init__(self, *, max_length: int, **options: Any) -> None:
        super().__init__(max_length=max_length, **options)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        if has_unwanted_characters(data):
            self.fail("characters")
        return super().to_internal_value(data)


@extend_schema_field({"type": "string", "pattern": r"^\d{1,10}(\.\d{1,2})?$", "examples": ["1000.00"]})
class MoneyField(serializers.Field[Any, Any, Any, Any]):
    """A string such as "1000.00": not negative, at most two decimals, within numeric(12,2)."""

    default_error_messages: ClassVar = {
        "invalid": _("Write a sum as a string with at most two decimals, such as “1000.00”."),
        "min_value": _("This is too little."),
        "max_value": _("This is too much."),
    }

    def __init__(self, *, above_zero: bool = False, maximum: Decimal = MAX_AMOUNT, **options: Any) -> None:
        self.above_zero, self.maximum = above_zero, maximum
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> Decimal:
        if not isinstance(data, str) or not MONEY.fullmatch(data):
            self.fail("invalid")
        amount = Decimal(data)
        if self.above_zero and not amount:
            self.fail("min_value")
        if amount > self.maximum:
            self.fail("max_value")
        return amount.quantize(Decimal("0.01"))

    def to_representation(self, value: Decimal) -> str:
        return f"{value:.2f}"


class WholeField(serializers.IntegerField):
    """A JSON integer within 32 bits; a boolean, a fraction or a string is none."""

    def __init__(self, *, min_value: int = 0, max_value: int = MAX_INTEGER, **options: Any) -> None:
        super().__init__(min_value=min_value, max_value=max_value, **options)

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            self.fail("invalid")
        return data


class FlagField(serializers.BooleanField):
    """`true` or `false`."""

    default_error_messages: ClassVar = {"invalid": _("Give true or false here.")}

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class DayField(serializers.DateField):
    """A date as YYYY-MM-DD."""

    default_error_messages: ClassVar = {"invalid": _("Write a day as YYYY-MM-DD.")}

    def to_internal_value(self, value: Any) -> date:
        if not isinstance(value, str) or not DAY.fullmatch(value) or int(value[:4]) not in YEARS:
            self.fail("invalid")
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail("invalid")


class MomentField(serializers.DateTimeField):
    """A moment as ISO 8601 with its offset."""

    default_error_messages: ClassVar = {"invalid": _("Write a moment with its offset: YYYY-MM-DDThh:mm:ss+hh:mm.")}

    def to_internal_value(self, value: Any) -> datetime:
        if not isinstance(value, str) or not MOMENT.fullmatch(value) or int(value[:4]) not in YEARS:
            self.fail("invalid")
        try:
            return datetime.fromisoformat(value.upper()).astimezone(UTC)
        except ValueError:
            self.fail("invalid")


class IdentifierField(serializers.UUIDField):
    """A UUID in its usual spelling."""

    default_error_messages: ClassVar = {"invalid": _("Give a UUID here.")}

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str) or not IDENTIFIER.fullmatch(data):
            self.fail("invalid", value=data)
        return UUID(data)
