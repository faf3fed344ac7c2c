"""The doctor finds rewards without the order they stand for: each invariant is broken on purpose."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

import orders.queries.referral_invariants
from loyalty_site.doctor import examined, invariants
from loyalty_site.kernel.transactions import in_transaction
from referrals.models import Reward
from referrals.services import pay_due
from tests.factories import NOW, CustomerFactory, ProductFactory, ReferralFactory
from tests.orders.points_story import Till

pytestmark = pytest.mark.django_db

INVARIANTS = orders.queries.referral_invariants.INVARIANTS

# Statements that break one invariant each, around the rows of `shop`.
BREAKS = {
    "referral_reward_has_its_order": [
        "UPDATE referrals_reward SET base_amount = base_amount + 1 WHERE status = 'paid'",
        "UPDATE orders_order SET customer_id = NULL",
        "UPDATE orders_order SET paid_at = NULL WHERE status = 'paid'",
        "UPDATE orders_order SET paid_at = paid_at + interval '1 second' WHERE status = 'paid'",
        "UPDATE referrals_reward SET qualified_at = qualified_at - interval '1 day'",
    ],
    "referral_reward_outlives_no_refund": [
        "UPDATE orders_order SET status = 'refunded' WHERE status = 'paid'",
        "UPDATE orders_order SET status = 'new' WHERE status = 'paid'",
        "UPDATE referrals_reward SET status = 'pending', paid_at = NULL WHERE status = 'cancelled'",
        "UPDATE referrals_reward SET status = 'paid', paid_at = due_at WHERE status = 'taken_back'",
    ],
}


@pytest.fixture
def shop() -> None:
    """Three friends: one's order stays, one's goes back in the hold, one's after it."""
    ProductFactory(sku="SHIRT", price=Decimal("1000.00"))
    for fate in ("stays", "in the hold", "after it"):
        newcomer = ReferralFactory.create(referrer=CustomerFactory.create(), registered_at=NOW).newcomer
        till = Till(newcomer)
        till.buy(fate, "SHIRT", quantity=2)
        if fate == "in the hold":
            till.refund(fate, ("SHIRT", 1), on=1)
        in_transaction(lambda: pay_due(now=NOW + timedelta(days=15)))
        if fate == "after it":
            till.refund(fate, on=20)


def offenders() -> set[str]:
    return {item.code for item, found in examined(INVARIANTS) if found}


def test_a_shop_in_order_has_no_offenders(shop: None) -> None:
    assert sorted(Reward.objects.values_list("status", flat=True)) == ["cancelled", "paid", "taken_back"]
    assert offenders() == set()


@pytest.mark.parametrize(
    ("code", "statement"), [(code, statement) for code, statements in BREAKS.items() for statement in statements]
)
def test_planted_offender_is_found(shop: None, code: str, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE referrals_reward DISABLE TRIGGER USER")
        cursor.execute(statement)
    assert code in offenders()


def test_every_invariant_is_broken_once_and_asked_by_the_doctor() -> None:
    assert {item.code for item in INVARIANTS} == set(BREAKS)
    assert set(INVARIANTS) <= set(invariants())
