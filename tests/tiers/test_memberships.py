"""Paid membership (T-5): bought, renewed, refunded, reminded of."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from loyalty_site.kernel.errors import InvalidInput
from loyalty_site.kernel.transactions import in_transaction
from notifications.models import OutboxMessage
from tests.factories import NOW, CustomerFactory, MembershipPlanFactory
from tests.tiers.rows import day, offenders, stands, tier
from tiers import queries, services
from tiers.models import Membership
from tiers.services import MembershipTaken, MoreThanBought

pytestmark = pytest.mark.django_db

MOSCOW = ZoneInfo("Europe/Moscow")


@pytest.fixture
def customer():
    return CustomerFactory.create()


@pytest.fixture
def month():
    return MembershipPlanFactory.create(sku="CLUB-1")


@pytest.fixture
def year(month):
    return MembershipPlanFactory.create(sku="CLUB-12", months=12)


def start(customer, *lines, order="order:1", now=NOW):
    """`lines`: (SKU, quantity)."""
    paid = [(sku, quantity, Decimal(990) * quantity) for sku, quantity in lines]
    return in_transaction(
        lambda: services.start_memberships(customer_id=customer.pk, lines=paid, order_ref=order, now=now)
    )


def refund(sku, quantity=1, *, order="order:1", now=NOW):
    return in_transaction(lambda: services.refund_membership(order_ref=order, sku=sku, quantity=quantity, now=now))


def at(year, month, day_, hour=12):
    return datetime(year, month, day_, hour, tzinfo=MOSCOW)


def spans(customer):
    """(first day, day after the last, pieces kept) of each, void ones too."""
    rows = Membership.objects.filter(customer=customer).order_by("starts_at", "pk")
    return [
        (
            row.starts_at.astimezone(MOSCOW).date().isoformat(),
            row.ends_at.astimezone(MOSCOW).date().isoformat(),
            row.quantity,
        )
        for row in rows
    ]


def test_a_fee_starts_a_membership(customer, month):
    (found,) = start(customer, ("CLUB-1", 1), ("SHIRT", 2))
    kept = Membership.objects.get()
    assert (found, kept.customer, kept.plan, kept.tier, kept.order_ref) == (
        kept,
        customer,
        month,
        tier("gold"),
        "order:1",
    )
    assert (kept.fee_amount, kept.months, kept.quantity, kept.refunded_at) == (990, 1, 1, None)
    assert (kept.starts_at, kept.ends_at) == (NOW, datetime(2026, 7, 10, 9, 0, tzinfo=NOW.tzinfo))


def test_it_never_moves_the_standing(customer, month):
    start(customer, ("CLUB-1", 1))
    assert stands(customer) is None
    assert queries.benefits(customer.pk, now=NOW).tier == "gold"
    assert queries.benefits(customer.pk, now=day(30)).tier == "standard"


def test_other_goods_start_nothing(customer, month, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert (
            services.start_memberships(
                customer_id=customer.pk, lines=[("SHIRT", 1, Decimal(1))], order_ref="order:1", now=NOW
            )
            == []
        )


def test_a_plan_taken_off_sale_meanwhile_still_starts(customer, month):
    month.is_active = False
    month.save()
    assert len(start(customer, ("CLUB-1", 1))) == 1


def test_pieces_last_longer_together(customer, month):
    start(customer, ("CLUB-1", 2), ("CLUB-1", 1))
    assert spans(customer) == [("2026-06-10", "2026-09-10", 3)]
    assert Membership.objects.get().fee_amount == 2970


def test_the_same_order_again_is_the_same_membership(customer, month):
    first = start(customer, ("CLUB-1", 1))
    assert start(customer, ("CLUB-1", 1), now=day(1)) == first
    assert Membership.objects.count() == 1
    with pytest.raises(MembershipTaken):
        start(customer, ("CLUB-1", 2))
    with pytest.raises(MembershipTaken):
        start(CustomerFactory.create(), ("CLUB-1", 1))


def test_a_renewal_begins_where_the_last_one_ends(customer, month, year):
    start(customer, ("CLUB-1", 1), now=at(2026, 1, 31))
    start(customer, ("CLUB-12", 1), order="order:2", now=at(2026, 2, 10))
    start(customer, ("CLUB-1", 1), order="order:3", now=at(2026, 2, 11))
    assert spans(customer) == [
        ("2026-01-31", "2026-02-28", 1),
        ("2026-02-28", "2027-02-28", 1),
        ("2027-02-28", "2027-03-28", 1),
    ]


def test_two_plans_in_one_order_follow_each_other(customer, month, year):
    start(customer, ("CLUB-12", 1), ("CLUB-1", 1))
    assert spans(customer) == [("2026-06-10", "2026-07-10", 1), ("2026-07-10", "2027-07-10", 1)]


def test_after_a_pause_it_begins_now(customer, month):
    start(customer, ("CLUB-1", 1))
    start(customer, ("CLUB-1", 1), order="order:2", now=day(100))
    assert spans(customer)[1] == ("2026-09-18", "2026-10-18", 1)


def test_another_tier_lies_beside(customer, month):
    MembershipPlanFactory.create(sku="TOP", tier=tier("platinum"))
    start(customer, ("CLUB-1", 1), ("TOP", 1))
    assert spans(customer) == [("2026-06-10", "2026-07-10", 1)] * 2
    assert queries.benefits(customer.pk, now=NOW).tier == "platinum"


def test_a_refund_of_a_piece_shortens_it(customer, month):
    start(customer, ("CLUB-1", 3))
    assert refund("CLUB-1").ends_at == Membership.objects.get().ends_at
    assert spans(customer) == [("2026-06-10", "2026-08-10", 2)]
    assert refund("CLUB-1", 2, now=day(3)).refunded_at == day(3)
    assert spans(customer)[0][2] == 0
    assert queries.benefits(customer.pk, now=day(3)).tier == "standard"
    with pytest.raises(MoreThanBought):
        refund("CLUB-1")


def test_a_refund_of_months_already_had_ends_it_in_the_past(customer, month):
    start(customer, ("CLUB-1", 2))
    refund("CLUB-1", now=day(45))
    assert spans(customer) == [("2026-06-10", "2026-07-10", 1)]
    assert queries.benefits(customer.pk, now=day(45)).tier == "standard"


def test_what_was_bought_later_moves_up(customer, month, year):
    start(customer, ("CLUB-1", 1))
    start(customer, ("CLUB-12", 1), order="order:2")
    start(customer, ("CLUB-1", 2), order="order:3")
    refund("CLUB-1", now=day(5))
    assert spans(customer) == [
        ("2026-06-10", "2026-07-10", 0),
        ("2026-06-15", "2027-06-15", 1),
        ("2027-06-15", "2027-08-15", 2),
    ]
    refund("CLUB-12", order="order:2", now=day(6))
    assert spans(customer)[1:] == [("2026-06-15", "2027-06-15", 0), ("2026-06-16", "2026-08-16", 2)]
    assert offenders() == set()


def test_a_renewal_refunded_leaves_the_first_alone(customer, month):
    start(customer, ("CLUB-1", 1))
    start(customer, ("CLUB-1", 1), order="order:2")
    refund("CLUB-1", order="order:2", now=day(5))
    assert spans(customer) == [("2026-06-10", "2026-07-10", 1), ("2026-07-10", "2026-08-10", 0)]


def test_nothing_to_refund(customer, month):
    assert refund("CLUB-1") is None
    start(customer, ("CLUB-1", 1))
    assert refund("SHIRT") is None
    assert refund("CLUB-1", order="order:2") is None


def test_a_plan_edited_later_does_not_change_what_was_bought(customer, month):
    start(customer, ("CLUB-1", 2))
    month.months = 6
    month.save()
    refund("CLUB-1")
    assert spans(customer) == [("2026-06-10", "2026-07-10", 1)]


def test_the_database_keeps_them_apart(customer, month):
    start(customer, ("CLUB-1", 1))
    with pytest.raises(IntegrityError, match="one_at_a_time"), transaction.atomic():
        Membership.objects.create(
            customer=customer,
            plan=month,
            tier=month.tier,
            order_ref="order:2",
            fee_amount=1,
            starts_at=day(1),
            ends_at=day(2),
        )


# --- reminders ---


def remind(on):
    return in_transaction(lambda: services.queue_membership_reminders(now=day(on)))


def test_a_week_before_the_end_he_is_reminded_once(customer, month):
    start(customer, ("CLUB-1", 1))
    assert [remind(on) for on in (22.99, 23, 23.5, 29)] == [0, 1, 0, 0]
    message = OutboxMessage.objects.get()
    assert (message.kind, message.customer) == ("membership_ending", customer)
    assert message.payload == {"plan": month.code, "tier": "gold", "ends_on": "2026-07-10"}


def test_missed_days_are_made_up_for_until_the_end(customer, month):
    start(customer, ("CLUB-1", 1))
    assert [remind(on) for on in (31, 30, 29.9)] == [0, 0, 1]


def test_who_has_renewed_or_had_it_back_is_not_reminded(customer, month):
    start(customer, ("CLUB-1", 1))
    start(customer, ("CLUB-1", 1), order="order:2")
    other = CustomerFactory.create()
    start(other, ("CLUB-1", 1), order="order:3")
    refund("CLUB-1", order="order:3")
    assert remind(25) == 0
    assert remind(55) == 1


def test_an_end_that_moves_is_told_anew(customer, month):
    start(customer, ("CLUB-1", 2))
    assert remind(55) == 1
    refund("CLUB-1", now=day(1))
    assert remind(25) == 1


def edit(plan, **given):
    values = {"name": plan.name, "sku": plan.sku, "tier": plan.tier.code, "months": plan.months, "is_active": True}
    return services.save_plan(plan_id=plan.pk, code=plan.code, by=None, **values | given)


def test_the_sku_of_a_plan_stays_once_it_is_sold(customer, month):
    """A refund finds the membership by it: money would go back and the privileges would stay."""
    assert edit(month, sku="CLUB-2").sku == "CLUB-2"
    start(customer, ("CLUB-2", 1))
    with pytest.raises(InvalidInput) as refused:
        edit(month, sku="CLUB-3")
    assert [(wrong.field, wrong.code) for wrong in refused.value.errors] == [("sku", "frozen")]
    assert edit(month, sku="CLUB-2", months=2).months == 2
