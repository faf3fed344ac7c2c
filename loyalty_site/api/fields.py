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
    referral_hold_days = _whole("referral_hold_days")
    referrer_reward_kind = serializers.ChoiceField(choices=Programme.RewardKind.choices, required=False)
    referrer_reward = _whole("referrer_reward")
    referee_reward_kind = serializers.ChoiceField(choices=Programme.RewardKind.choices, required=False)
    referee_reward = _whole("referee_reward")
    referee_reward_at = serializers.ChoiceField(choices=Programme.RefereeRewardAt.choices, required=False)
    referral_code_days = _whole("referral_code_days")
    referral_minimum_order = _decimal("referral_minimum_order")
    referral_visit_days = _whole("referral_visit_days")
    referral_day_limit = _whole("referral_day_limit")
    referral_month_limit = _whole("referral_month_limit")
    referral_review_score = _whole("referral_review_score")
    referral_block_score = _whole("referral_block_score")
    referral_burst_count = _whole("referral_burst_count")


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
    referral_hold_days = serializers.IntegerField()
    referrer_reward_kind = serializers.ChoiceField(choices=Programme.RewardKind.choices)
    referrer_reward = serializers.IntegerField()
    referee_reward_kind = serializers.ChoiceField(choices=Programme.RewardKind.choices)
    referee_reward = serializers.IntegerField()
    referee_reward_at = serializers.ChoiceField(choices=Programme.RefereeRewardAt.choices)
    referral_code_days = serializers.IntegerField()
    referral_minimum_order = MoneyField()
    referral_visit_days = serializers.IntegerField()
    referral_day_limit = serializers.IntegerField()
    referral_month_limit = serializers.IntegerField()
    referral_review_score = serializers.IntegerField()
    referral_block_score = serializers.IntegerField()
    referral_burst_count = serializers.IntegerField()


class RootOut(serializers.Serializer[Any]):
    version = serializers.CharField()
    schema = serializers.URLField()
    docs = serializers.URLField()
