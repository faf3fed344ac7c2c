"""The days a report is asked of over HTTP: `from` and `to`, both included."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from loyalty_site.kernel.errors import invalid
from loyalty_site.kernel.fields import DayField

DAYS = 30
LONGEST = 3660
DAYS_PARAMETERS = (
    OpenApiParameter("from", OpenApiTypes.DATE, description="The first day; 30 days before `to` unless told."),
    OpenApiParameter("to", OpenApiTypes.DATE, description="The last day, included; today unless told."),
)


class DaysQuery(serializers.Serializer[Any]):
    to = DayField(required=False)

    def get_fields(self) -> dict[str, Any]:
        """`from` is a word of Python."""
        return {"from": DayField(required=False), **super().get_fields()}


def days_asked(given: Mapping[str, Any]) -> tuple[date, date]:
    """The first and the last day. Raises InvalidInput for `from` and `to` that are no period, or too long a one."""
    last = given.get("to") or timezone.localdate()
    first = given.get("from") or last - timedelta(days=DAYS - 1)
    if first > last:
        raise invalid("to", _("The end must be after the start."))
    if (last - first).days > LONGEST:
        raise invalid("from", _("Ask for at most ten years."))
    return first, last
