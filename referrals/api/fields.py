"""Referrals as the API gives them."""

from typing import Any

from rest_framework import serializers

from loyalty_site.kernel.fields import MoneyField
from referrals.models import Reward
from referrals.models.referral import RewardKind
from referrals.models.visit import Via
from referrals.queries import CodeState, FriendState

STATES = [str(state) for state in FriendState]
STATES_TOLD = (
    "visited: opened the link and has not registered; registered: has not bought yet; ordered: the first order is "
    "paid, but brings no reward; waiting: the reward is paid at `due_at`, unless goods go back; under_review: a "
    "person looks at it; paid; cancelled: goods of the order went back in time, the next order may earn the reward; "
    "rejected: there will be no reward; taken_back: goods went back after the payment."
)


class FriendFilter(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=STATES, required=False)


class EarnedCodeOut(serializers.Serializer[Any]):
    """`ends_at` is excluded."""

    code = serializers.CharField()
    state = serializers.ChoiceField(choices=[str(state) for state in CodeState])
    ends_at = serializers.DateTimeField()


class FriendRewardOut(serializers.Serializer[Any]):
    """`points` for points, `amount` in roubles for money and codes of a sum, `percent` for codes of a percent."""

    kind = serializers.ChoiceField(choices=RewardKind.choices)
    points = serializers.IntegerField(allow_null=True)
    points_taken_back = serializers.IntegerField(allow_null=True)
    amount = MoneyField(allow_null=True)
    amount_taken_back = MoneyField(allow_null=True)
    percent = MoneyField(allow_null=True)
    status = serializers.ChoiceField(choices=Reward.Status.choices)
    due_at = serializers.DateTimeField()
    paid_at = serializers.DateTimeField(allow_null=True)
    promo_code = EarnedCodeOut(allow_null=True)


class FriendOut(serializers.Serializer[Any]):
    """`name` is the first name and an initial. With several rewards the newest that was not cancelled tells `state`."""

    id = serializers.CharField()
    name = serializers.CharField()
    state = serializers.ChoiceField(choices=STATES, help_text=STATES_TOLD)
    via = serializers.ChoiceField(choices=Via.choices)
    visited_at = serializers.DateTimeField(allow_null=True)
    registered_at = serializers.DateTimeField(allow_null=True)
    first_order_at = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    rewards = FriendRewardOut(many=True)
