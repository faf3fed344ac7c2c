"""The programme's settings as the API takes and gives them, under the names of the rules."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from customers.models import Programme
from loyalty_site.kernel.fields import FlagField, MoneyField, StrictSerializer, WholeField

PERCENT = Decimal(100)
A_YEAR_IN_MINUTES = 525_600
MOST_DAYS = 32_767
MOST_FOR_A_POINT = Decimal("999999.99")


class ProgrammeIn(StrictSerializer):
    percent_policy = serializers.ChoiceField(choices=Programme.PercentPolicy.choices, required=False)
    unpaid_order_ttl_minutes = WholeField(required=False, min_value=1, max_value=A_YEAR_IN_MINUTES)
    base_earn_percent = MoneyField(required=False, maximum=PERCENT)
    sale_goods_excluded = FlagField(required=False)
    second_person_percent = MoneyField(required=False, allow_null=True, maximum=PERCENT)
    second_person_amount = MoneyField(required=False, allow_null=True)
    second_person_points = WholeField(required=False, allow_null=True)
    point_value = MoneyField(required=False, above_zero=True, maximum=MOST_FOR_A_POINT)
    points_cap_percent = MoneyField(required=False, maximum=PERCENT)
    points_hold_days = WholeField(required=False, max_value=MOST_DAYS)
    points_life_days = WholeField(required=False, min_value=1, max_value=MOST_DAYS)
    points_grace_days = WholeField(required=False, max_value=MOST_DAYS)
    first_purchase_bonus = WholeField(required=False)


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
