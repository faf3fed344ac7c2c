"""What the preview of a merge says is what the merge then tells (CU-3)."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from allauth.account.models import EmailAddress
from django.utils.translation import override

from customers.models import Consent, Customer, Tag
from customers.queries.merge_texts import step_sentences
from customers.queries.merges import merge_facts, merge_preview
from customers.services import request_erasure, tag_customer, write_note
from loyalty_site.kernel.transactions import in_transaction
from points.models import PendingAdjustment
from referrals.models import Reward
from referrals.services import pay_due
from tests.customers.merging import merged
from tests.factories import (
    CustomerFactory,
    ProductFactory,
    ProgrammeFactory,
    ReferralFactory,
    SegmentMembershipFactory,
    UserFactory,
)
from tests.orders.points_story import Till, day
from tests.points.rows import earn, spend, take_back
from tests.promocodes.rows import make_code

pytestmark = pytest.mark.django_db


def consent(customer: Customer, purpose: str, given: float, withdrawn: float | None = None) -> None:
    Consent.objects.create(
        customer=customer,
        purpose=purpose,
        given_at=day(given),
        withdrawn_at=None if withdrawn is None else day(withdrawn),
        source="test",
        text_version="1",
    )


def rich(older: Customer, newer: Customer) -> None:
    """Something of every part."""
    ProgrammeFactory(base_earn_percent=5, first_purchase_bonus=100, points_hold_days=0)
    ProductFactory(sku="SHIRT", price=Decimal("3333.33"))
    code, staff = make_code(code="ONCEEACH", max_uses_per_customer=1), UserFactory(is_staff=True)
    for name in ("a", "b", "c"):
        Till(older).buy(name, "SHIRT", on=1)
        Till(newer).buy(name, "SHIRT", on=1, **({"promo_code": code.code} if name == "a" else {}))
    for person in (older, newer):
        consent(person, "email", 1, None if person == older else 2)
        consent(person, "sms", 1 if person == older else 3)
        request_erasure(customer_id=person.pk, source="staff", by=staff, now=day(1))
    write_note(customer_id=newer.pk, text="звонил", by=staff, now=day(1))
    tag_customer(customer_id=newer.pk, tag_id=Tag.objects.create(code="vip", name="VIP").pk, by=staff, now=day(1))
    SegmentMembershipFactory(customer=newer)
    PendingAdjustment.objects.create(
        customer=newer, amount=5, reason="sorry", fact="manual:2", asked_by=staff, asked_at=day(1)
    )


def poor(older: Customer, newer: Customer) -> None:
    """Nothing at all of the newer record, and points of the older one."""
    earn(older, 50, "action:1", kind="action", now=day(0), available_from=day(0), expires_at=day(100))


def in_debt(older: Customer, newer: Customer) -> None:
    life = {"now": day(0), "available_from": day(0), "expires_at": day(100)}
    earn(older, 50, "action:1", kind="action", **life)
    earn(newer, 30, "earn:order:1", **life)
    spend(newer, 30, "order:2", now=day(0))
    take_back("earn:order:1", 20, "refund:1", now=day(0))


def himself(older: Customer, newer: Customer) -> None:
    """The older one brought the newer one, and was paid for it."""
    ReferralFactory(referrer=older, newcomer=newer, hold_days=1)
    ProductFactory(sku="SHIRT", price=Decimal("3333.33"))
    Till(newer).buy("first", "SHIRT", on=1)
    in_transaction(lambda: pay_due(now=day(4)))
    assert Reward.objects.get().status == "paid"


@pytest.mark.parametrize("story", [rich, poor, in_debt, himself])
def test_the_preview_says_what_the_merge_tells(story: Callable[[Customer, Customer], None]) -> None:
    older, newer = CustomerFactory.create_batch(2)
    story(older, newer)
    now = day(5) + timedelta(hours=1)

    said = merge_preview(older.pk, newer.pk, now=now)

    assert said.refusal == ""
    assert list(said.sentences) == step_sentences(merged(older, newer, now=now).steps)


def test_an_address_that_is_not_confirmed_is_told() -> None:
    """Somebody may have registered with the address of another, and then asks to be one with him."""
    users = [UserFactory(email=f"{name}@shop.test") for name in "ab"]
    EmailAddress.objects.create(user=users[0], email="a@shop.test", verified=True)
    people = [CustomerFactory.create(user=user, email=user.email) for user in users]

    with override("en"):
        told = [dict(merge_facts(person, now=day(1)))["Signs in"] for person in people]

    assert told == ["a@shop.test", "b@shop.test (not confirmed)"]
