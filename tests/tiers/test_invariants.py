"""The doctor finds what must not be: each invariant of tiers is broken on purpose once."""

import pytest
from django.db import connection

from loyalty_site.doctor import invariants
from tests.factories import NOW, CardFactory, CustomerFactory, MembershipPlanFactory
from tests.tiers.rows import day, offenders, pay, review
from tiers.models import Membership
from tiers.queries import INVARIANTS

pytestmark = pytest.mark.django_db

# A statement that breaks one invariant each, around the rows of `shop`.
BREAKS = {
    "tiers_standing_is_the_last_change": "UPDATE tiers_standing SET tier_id = tier_id + 1",
    "tiers_changes_follow_each_other": "UPDATE tiers_tierchange SET from_tier_id = to_tier_id",
    "tiers_purchases_only_lift": "UPDATE tiers_tierchange SET to_threshold = 0 WHERE cause = 'purchase'",
    "tiers_change_was_deserved": "UPDATE tiers_tierchange SET spent = 14999 WHERE cause = 'purchase'",
    "tiers_down_after_the_notice": "DELETE FROM notifications_outboxmessage WHERE kind = 'tier_lapsing'",
    "tiers_reviewed_on_time": "UPDATE tiers_standing SET lapses_at = now() - interval '49 hours'",
    "tiers_ladder_is_whole": "UPDATE tiers_tier SET threshold_amount = 15000 WHERE code = 'gold'",
    "tiers_memberships_apart": "UPDATE tiers_membership SET starts_at = starts_at - interval '1 day'",
    "tiers_membership_lasts_what_was_paid": "UPDATE tiers_membership SET quantity = 2",
    "tiers_cards_are_in_order": "UPDATE tiers_card SET kind = 'virtual'",
}
# Other ways to break the same.
MORE = [
    ("tiers_standing_is_the_last_change", "DELETE FROM tiers_standing"),
    ("tiers_standing_is_the_last_change", "UPDATE tiers_standing SET since = now()"),
    ("tiers_standing_is_the_last_change", "DELETE FROM tiers_tierchange"),
    ("tiers_purchases_only_lift", "UPDATE tiers_tierchange SET order_ref = ''"),
    ("tiers_purchases_only_lift", "UPDATE tiers_tierchange SET from_threshold = NULL"),
    ("tiers_ladder_is_whole", "UPDATE tiers_tier SET threshold_amount = 1 WHERE code = 'standard'"),
    ("tiers_ladder_is_whole", "UPDATE tiers_tier SET threshold_amount = NULL WHERE code = 'gold'"),
    ("tiers_ladder_is_whole", "UPDATE tiers_tier SET is_active = false"),
    ("tiers_membership_lasts_what_was_paid", "UPDATE tiers_membership SET refunded_at = now()"),
    ("tiers_cards_are_in_order", "UPDATE tiers_card SET percent = 101"),
]
TABLES = ("tierchange", "standing", "tier", "membership", "card")


@pytest.fixture
def shop(db):
    """One on Silver; one who went down from Gold; one with a membership and its renewal, and two cards."""
    pay(CustomerFactory.create(), 20_000, on=29)
    pay(CustomerFactory.create(), 60_000, on=-365)
    review()
    review(on=30)
    member, plan = CustomerFactory.create(), MembershipPlanFactory.create()
    for number in (0, 1):
        Membership.objects.create(
            customer=member,
            plan=plan,
            tier=plan.tier,
            order_ref=f"order:{number}",
            fee_amount=1,
            starts_at=day(30 * number),
            ends_at=day(30 * number + 30),
        )
        CardFactory.create(customer=member, issued_at=NOW)


def plant(statement: str) -> None:
    tables = [f"tiers_{name}" for name in TABLES]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "SELECT conrelid::regclass, conname FROM pg_constraint"
            " WHERE contype IN ('c', 'u', 'x') AND conrelid = ANY(%s::regclass[])",
            [tables],
        )
        for table, name in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for index in ("tiers_tier_amount_once", "tiers_tier_orders_once", "tiers_card_one_virtual"):
            cursor.execute(f'DROP INDEX "{index}"')
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement)


def test_a_shop_in_order_has_no_offenders(shop):
    assert offenders() == set()


@pytest.mark.parametrize(("code", "statement"), [*BREAKS.items(), *MORE])
def test_planted_offender_is_found(shop, code, statement):
    plant(statement)
    assert code in offenders()


def test_every_invariant_is_broken_once():
    assert {item.code for item in INVARIANTS} == set(BREAKS)


def test_the_doctor_asks_them_all():
    assert set(INVARIANTS) <= set(invariants())
