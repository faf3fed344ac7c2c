"""Promo codes as the API takes and gives them."""

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from rest_framework import serializers

from loyalty_site.kernel.fields import (
    DayField,
    FlagField,
    IdentifierField,
    MomentField,
    MoneyField,
    StrictSerializer,
    TextField,
    WholeField,
)
from loyalty_site.kernel.lists import PlainList
from promocodes.rules import State
from promocodes.rules.facts import TYPES
from promocodes.rules.spec import MAX_BATCH, CodeSpec, period_from

MAX_CATEGORIES = 100


class TermsIn(StrictSerializer):
    """The period is given as whole days of the shop's zone or as moments; `ends_at` is exclusive (M-4)."""

    type = serializers.ChoiceField(choices=TYPES)
    value = MoneyField(required=False, allow_null=True, help_text="Roubles, or percent; null for free_shipping.")
    categories = PlainList(
        child=TextField(max_length=100), required=False, max_length=MAX_CATEGORIES, help_text="Scope: slugs."
    )
    required_categories = PlainList(child=TextField(max_length=100), required=False, max_length=MAX_CATEGORIES)
    minimum_order = MoneyField(required=False, allow_null=True)
    starts_on = DayField(required=False, allow_null=True)
    ends_on = DayField(required=False, allow_null=True)
    starts_at = MomentField(required=False, allow_null=True)
    ends_at = MomentField(required=False, allow_null=True)
    max_uses = WholeField(required=False, allow_null=True, min_value=1)
    max_uses_per_customer = WholeField(required=False, allow_null=True, min_value=1)
    first_order_only = FlagField(required=False)
    segment = TextField(required=False, allow_null=True, max_length=64)
    tier = TextField(required=False, allow_null=True, max_length=40, help_text="The code of a tier: that one or above.")
    campaign = TextField(required=False, allow_null=True, allow_blank=True, max_length=200)


class CodeIn(TermsIn):
    customer = IdentifierField(required=False, allow_null=True, help_text="A personal code: the id of its customer.")


class BatchIn(TermsIn):
    count = WholeField(min_value=1, max_value=MAX_BATCH)


class TermsOut(serializers.Serializer[Any]):
    type = serializers.ChoiceField(choices=TYPES)
    value = MoneyField(allow_null=True)
    categories = serializers.ListField(child=serializers.CharField())
    required_categories = serializers.ListField(child=serializers.CharField())
    minimum_order = MoneyField(allow_null=True)
    starts_on = serializers.DateField(allow_null=True, help_text="Null when the start is not a day's.")
    ends_on = serializers.DateField(allow_null=True, help_text="The last day; null when the end is not a day's.")
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    max_uses = serializers.IntegerField(allow_null=True)
    max_uses_per_customer = serializers.IntegerField(allow_null=True)
    first_order_only = serializers.BooleanField()
    segment = serializers.CharField(allow_null=True)
    tier = serializers.CharField(allow_null=True, help_text="That tier or one above it.")
    campaign = serializers.CharField(allow_null=True)


class CodeOut(TermsOut):
    code = serializers.CharField()
    status = serializers.ChoiceField(choices=[(state.value, state.name) for state in State])
    uses = serializers.IntegerField()
    batch = serializers.IntegerField(allow_null=True)
    customer = serializers.UUIDField(allow_null=True, help_text="The id of the one customer it works for.")


class BatchOut(serializers.Serializer[Any]):
    """`created` of `count` codes are made; `status` is `creating` until they all are."""

    id = serializers.IntegerField()
    status = serializers.ChoiceField(choices=["creating", *(state.value for state in State)])
    created = serializers.IntegerField()
    count = serializers.IntegerField()
    terms = TermsOut()


class UseOut(serializers.Serializer[Any]):
    """A use is live until `released_at` is set."""

    order = serializers.CharField()
    customer = serializers.UUIDField(allow_null=True)
    channel = serializers.CharField()
    discount = MoneyField()
    order_total = MoneyField()
    redeemed_at = serializers.DateTimeField()
    released_at = serializers.DateTimeField(allow_null=True)
    release_reason = serializers.CharField()


def code_spec(given: dict[str, Any]) -> CodeSpec:
    """The services' words for a validated body. Raises InvalidInput when the period is missing or doubled."""
    days_and_moments = ("starts_on", "ends_on", "starts_at", "ends_at")
    starts_at, ends_at = period_from(
        **{name: given.get(name) for name in days_and_moments}, zone=ZoneInfo(settings.TIME_ZONE)
    )
    return CodeSpec(
        type=given["type"],
        value=given.get("value"),
        categories=tuple(given.get("categories", ())),
        required_categories=tuple(given.get("required_categories", ())),
        minimum_order=given.get("minimum_order"),
        starts_at=starts_at,
        ends_at=ends_at,
        max_uses=given.get("max_uses"),
        max_uses_per_customer=given.get("max_uses_per_customer"),
        first_order_only=given.get("first_order_only", False),
        segment=given.get("segment"),
        tier=given.get("tier"),
        customer=given.get("customer"),
        campaign=given.get("campaign") or None,
    )
