"""The programme's settings as the API takes and gives them, under the names of the rules."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from customers.models import Programme
from loyalty_site.kernel.fields import FlagField, MoneyField, StrictSerializer, WholeField

PERCENT = Decimal(100)
A_YEAR_IN_MINUTES = 525_600


class ProgrammeIn(StrictSerializer):
    percent_policy = serializers.ChoiceField(choices=Programme.PercentPolicy.choices, required=False)
    unpaid_order_ttl_minutes = WholeField(required=False, min_value=1, max_value=A_YEAR_IN_MINUTES)
    base_earn_percent = MoneyField(required=False, maximum=PERCENT)
    sale_goods_excluded = FlagField(required=False)
    second_person_percent = MoneyField(required=False, allow_null=True, maximum=PERCENT)
    second_person_amount = MoneyField(required=False, allow_null=True)


class ProgrammeOut(serializers.Serializer[Any]):
    percent_policy = serializers.ChoiceField(choices=Programme.PercentPolicy.choices)
    unpaid_order_ttl_minutes = serializers.IntegerField()
    base_earn_percent = MoneyField()
    sale_goods_excluded = serializers.BooleanField()
    second_person_percent = MoneyField(allow_null=True)
    second_person_amount = MoneyField(allow_null=True)


class RootOut(serializers.Serializer[Any]):
    version = serializers.CharField()
    schema = serializers.URLField()
    docs = serializers.URLField()
