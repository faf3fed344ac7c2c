"""Who brought a newcomer, and what is noted of him (R-2, R-5)."""

import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from customers.models import Customer, Programme
from customers.rules import Brought
from customers.services import update_customer
from loyalty_site.kernel.errors import InvalidInput
from loyalty_site.kernel.transactions import NoTransaction, in_transaction
from referrals.models import Referral, Referrer, Trait
from referrals.queries import link_of
from referrals.services import attribute
from referrals.services.traits import hashed_traits
from tests.factories import NOW, AmbassadorFactory, CustomerFactory, ProgrammeFactory, ReferralFactory, VisitFactory
from tests.referrals.referral_story import day, register

pytestmark = pytest.mark.django_db


def values(row: Referral, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def test_referral_holds_who_by_what_and_the_terms_of_the_day():
    ProgrammeFactory(
        referral_hold_days=10,
        referral_minimum_order=Decimal(500),
        referrer_reward_kind="percent_code",
        referrer_reward=15,
        referee_reward_kind="fixed_code",
        referee_reward=250,
        referee_reward_at="first_order",
        referral_code_days=45,
        referral_day_limit=3,
        referral_month_limit=7,
    )
    referrer = CustomerFactory()
    link = link_of(referrer.pk)
    visit = VisitFactory(code=link.code, referrer=referrer)

    newcomer = register(code=link.code.lower(), on=2, via="telegram", visit=visit.token)

    row = Referral.objects.get()
    assert values(row, "newcomer", "referrer", "ambassador", "code", "via", "visit", "registered_at") == {
        "newcomer": newcomer,
        "referrer": referrer,
        "ambassador": None,
        "code": link.code,
        "via": "telegram",
        "visit": visit,
        "registered_at": day(2),
    }
    assert values(row, *Referral.TERMS) == {
        "hold_days": 10,
        "minimum_order": Decimal(500),
        "referrer_kind": "percent_code",
        "referrer_amount": Decimal(15),
        "is_percent": False,
        "every_order": False,
        "earns_until": None,
        "newcomer_kind": "fixed_code",
        "newcomer_amount": Decimal(250),
        "newcomer_at": "first_order",
        "code_days": 45,
        "day_limit": 3,
        "month_limit": 7,
    }
    assert (row.first_order_ref, row.first_ordered_at, row.first_order_amount) == ("", None, None)


def test_ambassador_brings_on_his_own_terms():
    ProgrammeFactory(referral_month_limit=40)
    partner = AmbassadorFactory(
        rate_type="amount", rate=Decimal("150.50"), every_order=True, period_days=90, day_limit=1000
    )

    register(code=partner.code)

    row = Referral.objects.get()
    names = ("referrer_kind", "referrer_amount", "is_percent", "every_order", "earns_until", "day_limit", "month_limit")
    assert (row.referrer, row.ambassador, row.code) == (None, partner, partner.code)
    assert values(row, *names) == {
        "referrer_kind": "money",
        "referrer_amount": Decimal("150.50"),
        "is_percent": False,
        "every_order": True,
        "earns_until": day(90),
        "day_limit": 1000,
        "month_limit": 40,
    }


def test_registration_notes_contacts_device_and_network():
    newcomer = register("Some.One+x@gmail.com", device="browser-1", network="203.0.113.9")

    seen = hashed_traits({"email": "someone@gmail.com", "device": "browser-1", "network": "203.0.113.77"})
    rows = Trait.objects.filter(customer=newcomer, seen_at=day(0)).order_by("kind")
    assert list(rows.values_list("kind", "value")) == sorted(seen)
    assert not Referral.objects.exists()


def test_changed_contacts_are_noted_beside_the_old_ones():
    customer = register("old@shop.test")
    in_transaction(
        lambda: update_customer(customer_id=customer.pk, changes={"email": "new@shop.test"}, now=day(1), source="api")
    )
    in_transaction(
        lambda: update_customer(customer_id=customer.pk, changes={"first_name": "A"}, now=day(2), source="api")
    )
    found = Trait.objects.filter(customer=customer, kind="email").order_by("seen_at").values_list("seen_at", flat=True)
    assert list(found) == [day(0), day(1)]


def test_code_of_nobody_is_refused_and_nobody_is_registered():
    with pytest.raises(InvalidInput) as refusal, transaction.atomic():
        register(code="ABCDEFGH")
    assert [(error.field, error.code) for error in refusal.value.errors] == [("referral_code", "unknown")]
    assert not Customer.objects.exists()


def test_visit_whose_owner_invites_no_more_brings_nothing():
    partner = AmbassadorFactory()
    visit = VisitFactory(code=partner.code, referrer=None, ambassador=partner)
    partner.is_active = False
    partner.save()

    register(code=partner.code, visit=visit.token)

    assert (Customer.objects.count(), Referral.objects.count()) == (1, 0)


def test_visit_of_another_link_is_not_linked():
    referrer = CustomerFactory()
    strange = VisitFactory(code="ABCDEFGH")
    register("one@shop.test", code=link_of(referrer.pk).code, visit=strange.token, via="nowhere")
    register("two@shop.test", code=link_of(referrer.pk).code, visit=uuid.uuid4(), via="qr")
    assert list(Referral.objects.order_by("pk").values_list("visit", "via")) == [(None, "link"), (None, "qr")]


def test_stopped_referrer_brings_nobody():
    referrer = CustomerFactory()
    Referrer.objects.create(customer=referrer, stopped_at=NOW, stop_reason="farming")
    register(code=link_of(referrer.pk).code)
    assert not Referral.objects.exists()


def test_who_registered_later_cannot_bring_and_nobody_brings_himself():
    first, later = CustomerFactory(), CustomerFactory()
    for code in (link_of(later.pk).code, link_of(first.pk).code):
        assert in_transaction(lambda: attribute(customer=first, brought=Brought(code=code), now=NOW)) is None  # noqa: B023
    assert not Referral.objects.exists()


def test_one_referrer_for_ever():
    first, other, newcomer = CustomerFactory(), CustomerFactory(), CustomerFactory()
    in_transaction(lambda: attribute(customer=newcomer, brought=Brought(code=link_of(first.pk).code), now=NOW))

    with pytest.raises(IntegrityError), transaction.atomic():
        attribute(customer=newcomer, brought=Brought(code=link_of(other.pk).code), now=NOW)

    for field, value in (("referrer", other), ("newcomer", other), ("referrer_amount", 0), ("registered_at", day(1))):
        with pytest.raises(ProgrammingError), transaction.atomic():
            Referral.objects.update(**{field: value})
    with pytest.raises(ProgrammingError), transaction.atomic():
        Referral.objects.all()._raw_delete("default")
    assert Referral.objects.get().referrer == first


def test_ring_is_refused_by_the_database():
    older, newer = CustomerFactory(), CustomerFactory()
    for referrer in (newer, older):
        with pytest.raises(IntegrityError), transaction.atomic():
            ReferralFactory(referrer=referrer, newcomer=older)


def test_welcome_of_nothing_is_no_reward():
    ProgrammeFactory(referee_reward=0, referee_reward_at=Programme.RefereeRewardAt.REGISTRATION)
    register(code=link_of(CustomerFactory().pk).code)
    assert not Referral.objects.get().rewards.exists()


def test_attribute_demands_a_transaction(transactional_db: None):
    with pytest.raises(NoTransaction):
        attribute(customer=CustomerFactory(), brought=Brought(), now=NOW)
