"""Points as the API takes and gives them."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from loyalty_site.kernel.fields import MomentField, StrictSerializer, TextField, WholeField
from points.models import Entry
from points.services.inputs import MOST

LONGEST_REFERENCE = 40


class AdjustmentIn(StrictSerializer):
    """More than zero gives, less takes away. Given points live until `expires_at`, or as the programme says."""

    amount = WholeField(min_value=-MOST, max_value=MOST, help_text="Never 0.")
    reason = TextField(max_length=200)
    expires_at = MomentField(required=False, allow_null=True)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if given["amount"] == 0:
            raise _wrong("amount", _("Give a number of points, more or less than zero."))
        if given["amount"] < 0 and given.get("expires_at"):
            raise _wrong("expires_at", _("Only points that are given can expire."))
        return given


class ActionIn(StrictSerializer):
    """`reference` names the deed, such as the number of the review: each deed earns once."""

    action = TextField(max_length=40)
    reference = TextField(max_length=LONGEST_REFERENCE)


class EntryFilter(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=Entry.Kind.choices, required=False)
    since = MomentField(required=False)
    until = MomentField(required=False)
    order = TextField(required=False, max_length=58)


class EntryOut(serializers.Serializer[Any]):
    """Points into (+) or out of (−) a lot; without dates, into (−) or out of (+) debt."""

    id = serializers.IntegerField()
    amount = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Entry.Kind.choices)
    reason = serializers.CharField()
    order = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    available_from = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)


class ExpiringPointsOut(serializers.Serializer[Any]):
    amount = serializers.IntegerField()
    expires_at = serializers.DateTimeField()


class BalanceOut(serializers.Serializer[Any]):
    available = serializers.IntegerField()
    pending = serializers.IntegerField()
    debt = serializers.IntegerField()
    expiring = ExpiringPointsOut(many=True)


class AdjustmentOut(serializers.Serializer[Any]):
    """`entries` is empty while the correction waits for a second person."""

    status = serializers.ChoiceField(choices=["posted", "waiting"])
    amount = serializers.IntegerField()
    reason = serializers.CharField()
    entries = EntryOut(many=True)
    points = BalanceOut()


class ReportedActionOut(serializers.Serializer[Any]):
    action = serializers.CharField()
    reference = serializers.CharField()
    amount = serializers.IntegerField()
    entries = EntryOut(many=True)
    points = BalanceOut()


class ActionOut(serializers.Serializer[Any]):
    """`life_days` null: as the programme says. `limit_per_customer` null: as often as it is done."""

    code = serializers.CharField()
    name = serializers.CharField()
    amount = serializers.IntegerField()
    life_days = serializers.IntegerField(allow_null=True)
    limit_per_customer = serializers.IntegerField(allow_null=True)
    is_active = serializers.BooleanField()


def _wrong(field: str, sentence: str) -> serializers.ValidationError:
    return serializers.ValidationError({field: [serializers.ErrorDetail(sentence, code="out_of_range")]})
