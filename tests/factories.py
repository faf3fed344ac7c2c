"""Real rows for tests, with the least that a test must say."""

from datetime import UTC, datetime
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from customers.models import Customer, Programme, Purchase, Segment, SegmentMembership, User
from orders.models import Category, DeliveryMethod, Product
from points.models import EarningAction
from promocodes.models import Campaign, PromoCode, Terms
from tiers.models import Card, MembershipPlan, Tier

NOW = datetime(2026, 6, 10, 9, 0, tzinfo=UTC)


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda number: f"user{number}@shop.test")


class CustomerFactory(DjangoModelFactory):
    class Meta:
        model = Customer

    email = factory.Sequence(lambda number: f"customer{number}@shop.test")
    registered_at = NOW


class PurchaseFactory(DjangoModelFactory):
    class Meta:
        model = Purchase

    ref = factory.Sequence(lambda number: f"import:{number}")
    channel = "site"
    paid_at = NOW
    goods_amount = Decimal("1000.00")


class SegmentFactory(DjangoModelFactory):
    class Meta:
        model = Segment

    code = factory.Sequence(lambda number: f"segment-{number}")
    name = factory.SelfAttribute("code")


class SegmentMembershipFactory(DjangoModelFactory):
    class Meta:
        model = SegmentMembership

    segment = factory.SubFactory(SegmentFactory)
    customer = factory.SubFactory(CustomerFactory)


class ProgrammeFactory(DjangoModelFactory):
    class Meta:
        model = Programme
        django_get_or_create = ("id",)

    id = 1


class CategoryFactory(DjangoModelFactory):
    class Meta:
        model = Category

    slug = factory.Sequence(lambda number: f"category-{number}")
    name = factory.SelfAttribute("slug")
    parent = None

    @factory.lazy_attribute
    def ancestry(self) -> list[str]:
        return [*(self.parent.ancestry if self.parent else []), self.slug]


class ProductFactory(DjangoModelFactory):
    class Meta:
        model = Product

    sku = factory.Sequence(lambda number: f"SKU-{number}")
    name = factory.SelfAttribute("sku")
    price = Decimal("1000.00")


class DeliveryMethodFactory(DjangoModelFactory):
    class Meta:
        model = DeliveryMethod

    code = factory.Sequence(lambda number: f"delivery-{number}")
    name = factory.SelfAttribute("code")
    price = Decimal("300.00")


class CampaignFactory(DjangoModelFactory):
    """Its counter of spending comes by a trigger."""

    class Meta:
        model = Campaign

    name = factory.Sequence(lambda number: f"Campaign {number}")


class TermsFactory(DjangoModelFactory):
    """5 % on the whole order, in June 2026."""

    class Meta:
        model = Terms

    type = "percent"
    value = Decimal("5.00")
    starts_at = datetime(2026, 6, 1, tzinfo=UTC)
    ends_at = datetime(2026, 7, 1, tzinfo=UTC)


class PromoCodeFactory(DjangoModelFactory):
    """Active, without a limit; `PromoCodeFactory(terms__type="fixed", terms__value=100, max_uses=1)`."""

    class Meta:
        model = PromoCode

    code = factory.Sequence(lambda number: f"TESTCODE{number:04d}")
    terms = factory.SubFactory(TermsFactory)
    switch = True


class TierFactory(DjangoModelFactory):
    """On top of the ladder that every test begins with: Standard 0, Silver 15,000, Gold 50,000, Platinum 150,000."""

    class Meta:
        model = Tier

    code = factory.Sequence(lambda number: f"tier-{number}")
    name = factory.SelfAttribute("code")


class CardFactory(DjangoModelFactory):
    class Meta:
        model = Card

    number = factory.Sequence(lambda number: f"CARD{number:04d}")
    kind = "imported"
    percent = Decimal("5.00")
    issued_at = NOW


class MembershipPlanFactory(DjangoModelFactory):
    """Gold for a month."""

    class Meta:
        model = MembershipPlan

    code = factory.Sequence(lambda number: f"plan-{number}")
    name = factory.SelfAttribute("code")
    sku = factory.Sequence(lambda number: f"CLUB-{number}")
    tier = factory.LazyFunction(lambda: Tier.objects.get(code="gold"))
    months = 1


class EarningActionFactory(DjangoModelFactory):
    """100 points, once for each customer."""

    class Meta:
        model = EarningAction

    code = factory.Sequence(lambda number: f"action-{number}")
    name = factory.SelfAttribute("code")
    amount = 100
