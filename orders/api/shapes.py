"""Quotes, orders and refunds as the API answers them: for the schema."""

from typing import Any

from rest_framework import serializers

from loyalty_site.kernel.fields import MoneyField
from orders.models import Order
from promocodes.rules import Reason
from promocodes.rules.facts import TYPES


class LineDiscountOut(serializers.Serializer[Any]):
    source = serializers.ChoiceField(choices=["tier", "ladder", "card", "promo_code"])
    percent = MoneyField(allow_null=True)
    amount = MoneyField()


class LineOut(serializers.Serializer[Any]):
    sku = serializers.CharField()
    name = serializers.CharField()
    quantity = serializers.IntegerField()
    unit_price = MoneyField()
    compare_at_price = MoneyField(allow_null=True)
    subtotal = MoneyField()
    discount = MoneyField()
    points_spent = serializers.IntegerField()
    total = MoneyField()
    earn_rate = MoneyField()
    discounts = LineDiscountOut(many=True)


class CodeOutcomeOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    status = serializers.ChoiceField(choices=["applied", "rejected"])
    reason = serializers.ChoiceField(choices=[reason.value for reason in Reason], allow_null=True)
    message = serializers.CharField()
    missing_amount = MoneyField(allow_null=True)
    available_from = serializers.DateTimeField(allow_null=True)
    held_by_order = serializers.CharField(allow_null=True)
    worse_than_current = serializers.BooleanField()
    type = serializers.ChoiceField(choices=TYPES, allow_null=True)


class StepOut(serializers.Serializer[Any]):
    step = serializers.CharField()
    applied = serializers.BooleanField()
    amount = serializers.CharField(allow_null=True)
    text = serializers.CharField()


class QuoteOut(serializers.Serializer[Any]):
    lines = LineOut(many=True)
    goods_total = MoneyField()
    discount_total = MoneyField()
    delivery_total = MoneyField()
    points_spent = serializers.IntegerField()
    points_discount = MoneyField()
    total = MoneyField()
    points_to_earn = serializers.IntegerField()
    points_available = serializers.IntegerField()
    points_spendable = serializers.IntegerField()
    promo_code = CodeOutcomeOut(allow_null=True)
    explanation = StepOut(many=True)


class OrderOut(QuoteOut):
    number = serializers.CharField()
    status = serializers.ChoiceField(choices=Order.Status.choices)
    created_at = serializers.DateTimeField()
    customer = serializers.UUIDField(allow_null=True)
    channel = serializers.ChoiceField(choices=Order.Channel.choices)
    external_number = serializers.CharField(allow_null=True)
    refunded_amount = MoneyField()


class RefundOut(serializers.Serializer[Any]):
    refunded_amount = MoneyField()
    points_returned = serializers.IntegerField()
    points_taken_back = serializers.IntegerField()
    order = OrderOut()
