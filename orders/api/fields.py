"""Quotes and orders as the API takes them."""

from rest_framework import serializers

from loyalty_site.kernel.fields import (
    FlagField,
    IdentifierField,
    MomentField,
    MoneyField,
    StrictSerializer,
    TextField,
    WholeField,
)
from loyalty_site.kernel.lists import StrictList
from orders.models import Order
from orders.queries.basket_lines import MAX_LINES, MAX_QUANTITY


class LineIn(StrictSerializer):
    sku = TextField(max_length=64)
    quantity = WholeField(min_value=1, max_value=MAX_QUANTITY)


class DeliveryIn(StrictSerializer):
    """An integration states its own price; on the site the price is that of the method."""

    method = TextField(max_length=32)
    price = MoneyField(required=False)


class BasketIn(StrictSerializer):
    """`session` names a visitor of an integration, so that guessing of codes can be slowed down (PC-16)."""

    customer = IdentifierField(required=False, allow_null=True)
    channel = serializers.ChoiceField(choices=Order.Channel.choices)
    lines = LineIn(many=True, min_length=1, max_length=MAX_LINES)
    promo_code = TextField(required=False, allow_null=True, allow_blank=True, max_length=64)
    points_to_spend = WholeField(required=False)
    delivery = DeliveryIn(required=False, allow_null=True)
    session = TextField(required=False, allow_null=True, allow_blank=True, max_length=200)


class QuoteIn(BasketIn):
    """`at` and `include_drafts` ask what would be; drafts need the scope `promocodes`."""

    at = MomentField(required=False, allow_null=True)
    include_drafts = FlagField(required=False)


class OrderIn(BasketIn):
    """`expected_total` is the total that was shown: another price is a 409 with the new quote (O-3).

    `device` is an opaque name that the caller keeps for the browser or the phone; it tells one person's accounts (R-5).
    """

    expected_total = MoneyField(required=False, allow_null=True)
    external_number = TextField(required=False, allow_null=True, max_length=64)
    device = TextField(required=False, allow_null=True, allow_blank=True, max_length=64)


class PaymentIn(StrictSerializer):
    """`payer` is the acquirer's fingerprint of the card or account: the same payer, the same text (R-5)."""

    amount = MoneyField()
    payment_id = TextField(max_length=128)
    payer = TextField(required=False, allow_null=True, allow_blank=True, max_length=128)


class CancelIn(StrictSerializer):
    reason = TextField(required=False, allow_blank=True, max_length=200)


class RefundLineIn(StrictSerializer):
    sku = TextField(max_length=64)
    quantity = WholeField(min_value=1, max_value=MAX_QUANTITY)


class RefundIn(StrictSerializer):
    """Without `lines` all that is left is refunded."""

    lines: StrictList = StrictList(
        child=RefundLineIn(), required=False, allow_null=True, min_length=1, max_length=MAX_LINES
    )
    reason = TextField(required=False, allow_blank=True, max_length=200)


class OrderFilter(serializers.Serializer[object]):
    customer = IdentifierField(required=False)
    status = serializers.ChoiceField(choices=Order.Status.choices, required=False)
    promo_code = TextField(required=False, max_length=64)
