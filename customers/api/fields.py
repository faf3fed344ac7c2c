"""Customers as the API takes and gives them."""

from typing import Any

from rest_framework import serializers

from customers.models import Consent
from loyalty_site.kernel.fields import DayField, MoneyField, StrictSerializer, TextField
from loyalty_site.kernel.lists import PlainList


class CustomerIn(StrictSerializer):
    """An e-mail, a phone or an external id is needed; e-mail and phone in any spelling (CU-1).

    `device` is an opaque name that the caller keeps for the browser or the phone; it tells one person's accounts (R-5).
    """

    email = TextField(required=False, allow_null=True, allow_blank=True, max_length=254)
    phone = TextField(required=False, allow_null=True, allow_blank=True, max_length=40)
    first_name = TextField(required=False, allow_blank=True, max_length=100)
    last_name = TextField(required=False, allow_blank=True, max_length=100)
    birthday = DayField(required=False, allow_null=True)
    referral_code = TextField(required=False, allow_null=True, allow_blank=True, max_length=64)
    device = TextField(required=False, allow_null=True, allow_blank=True, max_length=64)
    consents = PlainList(child=serializers.ChoiceField(choices=Consent.Purpose.choices), required=False, max_length=20)
    external_id = TextField(required=False, allow_null=True, allow_blank=True, max_length=64)


class CustomerChangeIn(StrictSerializer):
    """Only what is given changes; `consents` then lists all that hold from now on."""

    email = TextField(required=False, allow_null=True, allow_blank=True, max_length=254)
    phone = TextField(required=False, allow_null=True, allow_blank=True, max_length=40)
    first_name = TextField(required=False, allow_blank=True, max_length=100)
    last_name = TextField(required=False, allow_blank=True, max_length=100)
    birthday = DayField(required=False, allow_null=True)
    consents = PlainList(child=serializers.ChoiceField(choices=Consent.Purpose.choices), required=False, max_length=20)
    external_id = TextField(required=False, allow_null=True, allow_blank=True, max_length=64)


class TierOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()


class ExpiringOut(serializers.Serializer[Any]):
    amount = serializers.IntegerField()
    expires_at = serializers.DateTimeField()


class PointsOut(serializers.Serializer[Any]):
    available = serializers.IntegerField()
    pending = serializers.IntegerField()
    debt = serializers.IntegerField()
    expiring = ExpiringOut(many=True)


class ReferralOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    url = serializers.URLField()


class RfmOut(serializers.Serializer[Any]):
    """`recency` in days, `frequency` in orders and `monetary` in roubles within the window of the map (CU-7)."""

    recency = serializers.IntegerField()
    frequency = serializers.IntegerField()
    monetary = MoneyField()
    segment = serializers.CharField()


class CustomerOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    external_id = serializers.CharField(allow_null=True)
    email = serializers.CharField(allow_null=True)
    phone = serializers.CharField(allow_null=True)
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    birthday = serializers.DateField(allow_null=True)
    consents = serializers.ListField(child=serializers.ChoiceField(choices=Consent.Purpose.choices))
    tier = TierOut(allow_null=True)
    points = PointsOut()
    referral = ReferralOut(allow_null=True)
    segments = serializers.ListField(child=serializers.CharField())
    rfm = RfmOut(allow_null=True)
