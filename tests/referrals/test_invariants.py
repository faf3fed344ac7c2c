"""The doctor finds what must not be: each invariant of referrals is broken on purpose."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from loyalty_site.doctor import invariants
from loyalty_site.kernel.transactions import in_transaction
from points.services import take_back
from referrals.models import Review, Reward, TakenBack
from referrals.queries import INVARIANTS
from referrals.services import pay_due
from tests.factories import CustomerFactory, ReferralFactory, RewardFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
DAY = timedelta(days=1)

# Statements that break one invariant each, around the rows of `shop`.
BREAKS = {
    "referrals_nobody_brings_himself": [
        "UPDATE referrals_referral SET referrer_id = newcomer_id",
        "UPDATE referrals_referral f SET referrer_id = (SELECT max(id) FROM customers_customer)",
    ],
    "referrals_one_referrer": [
        "UPDATE referrals_referral SET newcomer_id = (SELECT min(newcomer_id) FROM referrals_referral)",
        "UPDATE referrals_referral SET referrer_id = NULL",
    ],
    "referrals_no_ring": [
        "UPDATE referrals_referral SET referrer_id = newcomer_id",
        # Who brought the first of the chain was brought by its last.
        (
            "UPDATE referrals_referral SET referrer_id = (SELECT max(newcomer_id) FROM referrals_referral)"
            " WHERE id = (SELECT min(id) FROM referrals_referral)"
        ),
    ],
    "referrals_paid_after_the_hold": [
        "UPDATE referrals_reward SET paid_at = due_at - interval '1 second' WHERE status = 'paid'",
        "UPDATE referrals_reward SET paid_at = NULL WHERE status = 'paid'",
        "UPDATE referrals_reward SET due_at = due_at - interval '2 days'",
    ],
    "referrals_points_are_in_the_ledger": [
        "DELETE FROM points_lot WHERE id = (SELECT min(id) FROM points_lot)",
        "UPDATE points_lot SET amount = amount + 1",
        "UPDATE points_lot SET account_id = account_id + 1",
        "UPDATE points_lot SET fact = 'referral:0' || substring(fact FROM 10)",
        "UPDATE points_lot SET kind = 'manual'",
        "UPDATE referrals_reward SET status = 'pending', paid_at = NULL WHERE status = 'paid'",
        "UPDATE referrals_reward SET status = 'paid', paid_at = due_at WHERE status = 'held'",
    ],
    "referrals_taken_back_agrees": [
        "UPDATE referrals_reward SET taken_back_amount = 1 WHERE status = 'paid' AND kind = 'points'",
        "UPDATE referrals_reward SET status = 'paid' WHERE status = 'taken_back'",
        "DELETE FROM points_entry WHERE kind = 'take_back'",
    ],
    "referrals_takings_back_add_up": [
        "DELETE FROM referrals_takenback",
        "UPDATE referrals_takenback SET amount = amount - 1",
        "UPDATE referrals_reward SET taken_back_amount = 1 WHERE kind = 'fixed_code'",
    ],
    "referrals_codes_belong_to_payees": [
        "UPDATE promocodes_promocode SET customer_id = NULL",
        "UPDATE referrals_reward SET promo_code_id = NULL",
        "UPDATE promocodes_promocode SET customer_id = (SELECT min(id) FROM customers_customer)",
    ],
    "referrals_payees_are_told": [
        "DELETE FROM notifications_outboxmessage WHERE key LIKE 'referral_paid:%'",
        "UPDATE notifications_outboxmessage SET key = 'x:' || id WHERE key LIKE 'referral_welcome:%'",
        (
            "UPDATE notifications_outboxmessage SET customer_id ="
            " (SELECT min(id) FROM customers_customer) WHERE key LIKE 'referral_welcome:%'"
        ),
    ],
    "referrals_paid_on_time": [
        "UPDATE referrals_reward SET status = 'pending', due_at = now() - interval '25 hours' WHERE status = 'held'"
    ],
    "referrals_reviews_agree": [
        "DELETE FROM referrals_review",
        "UPDATE referrals_review SET status = 'approved'",
        "UPDATE referrals_reward SET status = 'paid', paid_at = now() + interval '1 second' WHERE status = 'held'",
    ],
}
TABLES = (
    "referrals_referral",
    "referrals_reward",
    "referrals_review",
    "referrals_takenback",
    "points_lot",
    "points_entry",
)


@pytest.fixture
def shop() -> None:
    """A chain of three friends: points paid, taken back and held with a review; and a promo code."""
    inviting = CustomerFactory.create()
    for part in ("paid", "taken back", "held"):
        referral = ReferralFactory.create(referrer=inviting, registered_at=NOW - 30 * DAY)
        inviting = referral.newcomer
        reward = RewardFactory.create(referral=referral, **due())
        if part == "paid":
            RewardFactory.create(referral=referral, role="newcomer", kind="fixed_code", amount=Decimal(500), **due())
        elif part == "held":
            Reward.objects.filter(pk=reward.pk).update(status="held")
            Review.objects.create(referral=referral, score=60, status="waiting", opened_at=NOW)
        in_transaction(lambda: pay_due(now=NOW))
        if part == "taken back":
            fact = f"take_back:{reward.fact}"
            in_transaction(lambda fact=fact, reward=reward: take_back(earn_fact=reward.fact, fact=fact, now=NOW))
            Reward.objects.filter(pk=reward.pk).update(status="taken_back", taken_back_amount=300, closed_at=NOW)
            TakenBack.objects.create(reward=reward, amount=300, taken_back_at=NOW)


def due() -> dict[str, Any]:
    return {"qualified_at": NOW - 15 * DAY, "due_at": NOW - DAY}


def offenders() -> set[str]:
    found = set()
    for invariant in INVARIANTS:
        with connection.cursor() as cursor:
            cursor.execute(invariant.sql)
            if cursor.fetchone():
                found.add(invariant.code)
    return found


def plant(statement: str) -> None:
    """With everything out of the way that would refuse it."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in (*TABLES, "promocodes_promocode"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(
            "SELECT conrelid::regclass, conname FROM pg_constraint"
            " WHERE conrelid = ANY(%s::regclass[]) AND (contype = 'c' OR conname ~ 'newcomer_id.*(key|uniq)')",
            [list(TABLES)],
        )
        for table, name in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        cursor.execute(statement)


def test_a_shop_in_order_has_no_offenders(shop: None) -> None:
    assert set(Reward.objects.values_list("status", "kind")) == {
        ("paid", "points"), ("paid", "fixed_code"), ("taken_back", "points"), ("held", "points"),
    }  # fmt: skip
    assert offenders() == set()


@pytest.mark.parametrize(
    ("code", "statement"), [(code, statement) for code, statements in BREAKS.items() for statement in statements]
)
def test_planted_offender_is_found(shop: None, code: str, statement: str) -> None:
    plant(statement)
    assert code in offenders()


def test_every_invariant_is_broken_once() -> None:
    assert {item.code for item in INVARIANTS} == set(BREAKS)


def test_the_doctor_asks_them_all() -> None:
    assert set(INVARIANTS) <= set(invariants())
