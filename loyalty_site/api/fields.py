"""The programme's settings as the API takes and gives them, under the names of the rules."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from customers.models import Programme
from customers.services.programme import RANGES
from loyalty_site.kernel.fields import FlagField, MoneyField, StrictSerializer, WholeField


def _whole(name: str, **options: Any) -> WholeField:
    """Not required, within the setting's own range."""
    least, most = RANGES[name]
    return WholeField(required=False, min_value=int(least), max_value=int(most), **options)


def _decimal(name: str, **options: Any) -> MoneyField:
    least, most = RANGES[name]
    return MoneyField(required=False, above_zero=least > 0, maximum=Decimal(most), **options)


class ProgrammeIn(StrictSerializer):
    percent_policy = serializers.ChoiceField(choices=Programme.PercentPolicy.choices, required=False)
    unpaid_order_ttl_minutes = _whole("unpaid_order_ttl_minutes")
    base_earn_percent = _decimal("base_earn_percent")
    sale_goods_excluded = FlagField(required=False)
    second_person_percent = _decimal("second_person_percent", allow_null=True)
    second_person_amount = _decimal("second_person_amount", allow_null=True)
    second_person_points = _whole("second_person_points", allow_null=True)
    point_value = _decimal("point_value")
    points_cap_percent = _decimal("points_cap_percent")
    points_hold_days = _whole("points_hold_days")
    points_life_days = _whole("points_life_days")
    points_grace_days = _whole("points_grace_days")
    first_purchase_bonus = _whole("first_purchase_bonus")


class ProgrammeOut(serializers.Serializer[Any]):
    percent_policy = serializers.ChoiceField(choices=Programme.PercentPolicy.choices)
    unpaid_order_ttl_minutes = serializers.IntegerField()
    base_earn_percent = MoneyField()
    sale_goods_excluded = serializers.BooleanField()
    second_person_percent = MoneyField(allow_null=True)
    second_person_amount = MoneyField(allow_null=True)
    second_person_points = serializers.IntegerField(allow_null=True)
    point_value = MoneyField()
    points_cap_percent = MoneyField()
    points_hold_days = serializers.IntegerField()
    points_life_days = serializers.IntegerField()
    points_grace_days = serializers.IntegerField()
    first_purchase_bonus = serializers.IntegerField()


class RootOut(serializers.Serializer[Any]):
    version = serializers.CharField()
    schema = serializers.URLField()
    docs = serializers.URLField()
