"""The database itself keeps the history of tiers (T-3): whatever the program tries."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models.deletion import ProtectedError
from django.db.utils import DatabaseError

from tests.factories import NOW, CardFactory, CustomerFactory, MembershipPlanFactory, TierFactory
from tests.tiers.rows import pay, tier
from tiers.models import Card, Ladder, Membership, Tier, TierChange

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer():
    customer = CustomerFactory.create()
    pay(customer, 20_000)
    plan = MembershipPlanFactory.create()
    month = {"starts_at": NOW, "ends_at": NOW + timedelta(days=30)}
    Membership.objects.create(customer=customer, plan=plan, tier=plan.tier, order_ref="order:1", fee_amount=1, **month)
    return customer


def run(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE tiers_tierchange SET cause = 'staff'",
        "UPDATE tiers_tierchange SET changed_at = now()",
        "DELETE FROM tiers_tierchange",
        "DELETE FROM tiers_membership",
    ],
)
def test_history_cannot_be_changed(customer, sql):
    with pytest.raises(DatabaseError, match="pgtrigger: Cannot"):
        run(sql)


@pytest.mark.parametrize("table", ["tiers_tierchange", "tiers_membership", "customers_customer", "tiers_tier"])
@pytest.mark.parametrize("cascade", ["", "CASCADE"])
def test_history_cannot_be_emptied(customer, table, cascade):
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("SET LOCAL loyalty.may_truncate = off")
    with pytest.raises(DatabaseError, match=r"is never emptied|cannot truncate a table referenced"):
        run(f"TRUNCATE {table} {cascade}")
    assert (TierChange.objects.count(), Membership.objects.count()) == (1, 1)


def test_who_has_a_history_cannot_be_deleted(customer):
    for row in (customer, tier("silver")):
        with pytest.raises(ProtectedError):
            row.delete()


@pytest.mark.parametrize(
    ("make", "constraint"),
    [
        (lambda: TierFactory.create(threshold_amount=15_000), "tiers_tier_amount_once"),
        (lambda: TierFactory.create(threshold_orders=5), "tiers_tier_orders_once"),
        (lambda: TierFactory.create(threshold_amount=-1), "tiers_tier_amount"),
        (lambda: TierFactory.create(discount_percent=101), "tiers_tier_discount"),
        (lambda: TierFactory.create(cashback_percent=-1), "tiers_tier_cashback"),
        (lambda: Ladder.objects.create(pk=2), "tiers_ladder_one_row"),
        (lambda: Ladder.objects.update(window_days=0), "tiers_ladder_window"),
        (lambda: CardFactory.create(number="abc"), "tiers_card_number"),
        (lambda: CardFactory.create(percent=101), "tiers_card_percent"),
        (lambda: CardFactory.create(kind="virtual"), "tiers_card_virtual_owned"),
        (lambda: MembershipPlanFactory.create(months=0), "tiers_plan_months"),
        (lambda: Membership.objects.update(quantity=0), "tiers_membership_void_when_given_back"),
        (lambda: Membership.objects.update(refunded_at=NOW), "tiers_membership_void_when_given_back"),
        (lambda: Membership.objects.update(ends_at=NOW), "tiers_membership_lasts"),
        (lambda: change(cause="purchase", from_threshold=10, to_threshold=10), "tiers_change_purchase_lifts"),
    ],
)
def test_the_database_refuses(customer, make, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        make()


def change(**given):
    return TierChange.objects.create(
        customer=CustomerFactory.create(), to_tier=tier("gold"), changed_at=NOW, spent=0, orders=0, **given
    )


def test_a_second_virtual_card_is_refused():
    customer = CustomerFactory.create()
    CardFactory.create(kind=Card.Kind.VIRTUAL, customer=customer)
    with pytest.raises(IntegrityError, match="tiers_card_one_virtual"), transaction.atomic():
        CardFactory.create(kind=Card.Kind.VIRTUAL, customer=customer)


def test_off_the_ladder_thresholds_may_repeat():
    TierFactory.create(threshold_amount=15_000, is_active=False)
    assert Tier.objects.filter(threshold_amount=15_000).count() == 2
