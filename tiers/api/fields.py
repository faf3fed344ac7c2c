"""Tiers and the ladder as the API takes and gives them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from loyalty_site.kernel.fields import FlagField, MoneyField, StrictSerializer, TextField, WholeField
from tiers.models import Card, Ladder
from tiers.rules import LadderSpec, TierSpec
from tiers.rules.spec import GRACE_DAYS, MOST_ORDERS, MOST_TIERS, WINDOW_DAYS

PERCENT = Decimal(100)


class TierIn(StrictSerializer):
    """Known by its `code`. `cashback_percent` null: the programme's base rate."""

    code = TextField(max_length=40)
    name = TextField(max_length=60)
    name_en = TextField(required=False, allow_blank=True, max_length=60)
    threshold_amount = MoneyField(required=False, allow_null=True)
    threshold_orders = WholeField(required=False, allow_null=True, max_value=MOST_ORDERS)
    cashback_percent = MoneyField(required=False, allow_null=True, maximum=PERCENT)
    discount_percent = MoneyField(required=False, maximum=PERCENT)
    ships_free = FlagField(required=False)
    has_manager = FlagField(required=False)
    has_early_access = FlagField(required=False)


class LadderIn(StrictSerializer):
    """All the tiers there shall be, lowest first: the lowest begins at zero, each asks for more than the one before."""

    basis = serializers.ChoiceField(choices=Ladder.Basis.choices)
    window_days = WholeField(min_value=WINDOW_DAYS[0], max_value=WINDOW_DAYS[1])
    grace_days = WholeField(min_value=GRACE_DAYS[0], max_value=GRACE_DAYS[1])
    tiers = TierIn(many=True, min_length=1, max_length=MOST_TIERS)


def ladder_spec(given: Mapping[str, Any]) -> LadderSpec:
    return LadderSpec(
        basis=given["basis"],
        window_days=given["window_days"],
        grace_days=given["grace_days"],
        tiers=tuple(TierSpec(**tier) for tier in given["tiers"]),
    )


class RungOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    name_en = serializers.CharField()
    threshold_amount = MoneyField(allow_null=True)
    threshold_orders = serializers.IntegerField(allow_null=True)
    cashback_percent = MoneyField(allow_null=True)
    discount_percent = MoneyField()
    ships_free = serializers.BooleanField()
    has_manager = serializers.BooleanField()
    has_early_access = serializers.BooleanField()


class LadderOut(serializers.Serializer[Any]):
    basis = serializers.ChoiceField(choices=Ladder.Basis.choices)
    window_days = serializers.IntegerField()
    grace_days = serializers.IntegerField()
    tiers = RungOut(many=True)


class MoveOut(serializers.Serializer[Any]):
    """Codes of tiers, and how many customers would go that way."""

    to = serializers.CharField()
    count = serializers.IntegerField()

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {"from": serializers.CharField(), **super().get_fields()}


class PreviewOut(serializers.Serializer[Any]):
    moves = MoveOut(many=True)
    up = serializers.IntegerField()
    down = serializers.IntegerField()


class NextTierOut(serializers.Serializer[Any]):
    """What the ladder does not count is null."""

    code = serializers.CharField()
    name = serializers.CharField()
    missing_amount = MoneyField(allow_null=True)
    missing_orders = serializers.IntegerField(allow_null=True)


class StandingOut(serializers.Serializer[Any]):
    """`spent` and `orders` are what counts now, within the ladder's window."""

    code = serializers.CharField()
    name = serializers.CharField()
    since = serializers.DateTimeField()
    spent = MoneyField()
    orders = serializers.IntegerField()
    next = NextTierOut(allow_null=True)


class CardOut(serializers.Serializer[Any]):
    """`customer` null: nobody has it yet."""

    number = serializers.CharField()
    kind = serializers.ChoiceField(choices=Card.Kind.choices)
    percent = MoneyField()
    customer = serializers.UUIDField(allow_null=True)
    is_blocked = serializers.BooleanField()
    issued_at = serializers.DateTimeField()
