"""Real rows for tests, with the least that a test must say."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from customers.models import Customer, Duplicate, Programme, Purchase, Segment, SegmentMembership, User
from orders.models import Category, DeliveryMethod, Product
from points.models import EarningAction, Occasion
from promocodes.models import Campaign, PromoCode, Terms
from referrals.models import Ambassador, Referral, Review, Reward, TakenBack, Visit
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


class AmbassadorFactory(DjangoModelFactory):
    """10 % of the first order in points for a customer, in money for a partner without an account."""

    class Meta:
        model = Ambassador

    name = factory.Sequence(lambda number: f"Partner {number}")
    code = factory.Sequence(lambda number: f"PARTNER{number:04d}")
    rate_type = "percent"
    rate = Decimal("10.00")
    paid_in = factory.LazyAttribute(lambda row: "points" if row.customer else "money")
    customer = None
    created_at = NOW


class VisitFactory(DjangoModelFactory):
    class Meta:
        model = Visit

    code = "ABCDEFGH"
    referrer = factory.SubFactory(CustomerFactory)
    device = factory.Sequence(lambda number: f"device-{number}")
    visited_at = NOW
    visited_on = factory.LazyAttribute(lambda row: row.visited_at.date())


class ReferralFactory(DjangoModelFactory):
    """Of the default programme: 300 points to the referrer after 14 days, nothing to the newcomer."""

    class Meta:
        model = Referral

    referrer = factory.SubFactory(CustomerFactory)
    newcomer = factory.SubFactory(CustomerFactory)
    code = "ABCDEFGH"
    via = "link"
    registered_at = NOW
    hold_days = 14
    minimum_order = Decimal("0.00")
    referrer_kind = "points"
    referrer_amount = Decimal("300.00")
    newcomer_kind = "points"
    newcomer_amount = Decimal("0.00")
    newcomer_at = "registration"
    code_days = 90
    day_limit = 10
    month_limit = 50


class RewardFactory(DjangoModelFactory):
    """300 points to the referrer, pending: due 14 days after it was earned."""

    class Meta:
        model = Reward

    referral = factory.SubFactory(ReferralFactory)
    role = "referrer"
    payee = factory.LazyAttribute(
        lambda row: row.referral.referrer if row.role == "referrer" else row.referral.newcomer
    )
    kind = "points"
    amount = Decimal("300.00")
    order_ref = factory.Sequence(lambda number: f"order:{9000 + number}")
    base_amount = Decimal("1000.00")
    qualified_at = NOW
    due_at = factory.LazyAttribute(lambda row: row.qualified_at + timedelta(days=14))


class TakenBackFactory(DjangoModelFactory):
    class Meta:
        model = TakenBack

    reward = factory.SubFactory(RewardFactory)
    amount = Decimal("100.00")
    taken_back_at = NOW


class ReviewFactory(DjangoModelFactory):
    """Waits for a decision: one door with the referrer."""

    class Meta:
        model = Review

    referral = factory.SubFactory(ReferralFactory)
    score = 60
    reasons = factory.LazyFunction(lambda: [{"key": "self_address", "score": 60, "params": {"count": 1}}])
    status = "waiting"
    opened_at = NOW


class OccasionFactory(DjangoModelFactory):
    """100 points for a birthday, switched on long ago."""

    class Meta:
        model = Occasion

    name = factory.Sequence(lambda number: f"Occasion {number}")
    kind = "birthday"
    amount = 100
    is_active = True
    active_since = date(2026, 1, 1)


class DuplicateFactory(DjangoModelFactory):
    """Two customers with one mailbox."""

    class Meta:
        model = Duplicate

    first = factory.SubFactory(CustomerFactory)
    second = factory.SubFactory(CustomerFactory)
    signs = ("mailbox",)
    score = 90
    found_at = NOW
