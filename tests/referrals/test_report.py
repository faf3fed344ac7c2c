"""The report on referrals: a story counted by hand, and every grouping against a plain computation (R-6)."""

import random
from collections import defaultdict
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer
from promocodes.models import Redemption
from referrals.models import Referral, Reward, Visit
from referrals.queries.report import Figures, GroupBy, ReportFilter, Who, funnel, owed_now, without_gaps
from referrals.queries.report.owed import Owed, Sums
from tests.factories import (
    AmbassadorFactory,
    CustomerFactory,
    ProgrammeFactory,
    PromoCodeFactory,
    PurchaseFactory,
    ReferralFactory,
    RewardFactory,
    VisitFactory,
)

pytestmark = pytest.mark.django_db

MOSCOW = ZoneInfo("Europe/Moscow")
FIRST, LAST = date(2026, 6, 8), date(2026, 6, 21)
MONDAY = datetime(2026, 6, 8, 9, tzinfo=UTC)
ASKED = ReportFilter(first_day=FIRST, last_day=LAST)


def _friend(referrer: Customer | None, at: datetime, **terms: Any) -> Referral:
    """Registered at `at`, with a first order two days later unless told."""
    ordered_at = terms.pop("ordered_at", at + timedelta(days=2))
    order = {"first_ordered_at": ordered_at, "first_order_ref": "order:1"} if ordered_at else {}
    newcomer = CustomerFactory.create(registered_at=at)
    return ReferralFactory.create(referrer=referrer, newcomer=newcomer, registered_at=at, **order, **terms)


def _paid(referral: Referral, amount: str, **terms: Any) -> Reward:
    given = {"status": "paid", "qualified_at": referral.registered_at} | terms
    given["paid_at"] = given["qualified_at"] + timedelta(days=14)
    return RewardFactory.create(referral=referral, amount=Decimal(amount), **given)


def _bought(referral: Referral, goods: str, refunded: str = "0.00", days: int = 2) -> None:
    PurchaseFactory.create(
        customer=referral.newcomer,
        paid_at=referral.registered_at + timedelta(days=days),
        goods_amount=Decimal(goods),
        refunded_amount=Decimal(refunded),
    )


@pytest.fixture
def story() -> Customer:
    """One who invites, at half a rouble a point. Seven visits; six friends, told one by one."""
    ProgrammeFactory.create(point_value=Decimal("0.50"))
    anna = CustomerFactory.create(first_name="Buyer", last_name="First", registered_at=MONDAY - timedelta(days=90))
    visits = [VisitFactory.create(referrer=anna, visited_at=MONDAY + timedelta(days=n)) for n in range(7)]
    # Kept all, her reward stands: 300 points. Bought 1,000 and, after the period, 500 more.
    kept = _friend(anna, MONDAY, visit=visits[0])
    _paid(kept, "300")
    _bought(kept, "1000.00")
    _bought(kept, "500.00", days=30)
    # Brought back a third after the payment: 100 of 300 taken back. He had 50 for registering.
    third = _friend(anna, MONDAY, visit=visits[1])
    _paid(third, "300", taken_back_amount=Decimal(100))
    _paid(third, "50", role="newcomer", order_ref="", due_at=MONDAY)
    _bought(third, "900.00", "300.00")
    # Everything came back after the payment: taken back whole.
    whole = _friend(anna, MONDAY)
    _paid(whole, "300", status="taken_back", taken_back_amount=Decimal(300))
    _bought(whole, "400.00", "400.00")
    # A refund in the hold cancelled it.
    cancelled = _friend(anna, MONDAY)
    RewardFactory.create(referral=cancelled, status="cancelled")
    _bought(cancelled, "700.00", "700.00")
    # Waits, and is under review.
    waits = _friend(anna, MONDAY)
    RewardFactory.create(referral=waits)
    _bought(waits, "200.00")
    # Registered and never bought.
    _friend(anna, MONDAY, ordered_at=None)
    return anna


def test_funnel_of_a_story_counted_by_hand(story: Customer) -> None:
    report = funnel(ASKED)

    assert report.total == Figures(
        visits=7,
        led_visits=2,
        registrations=6,
        first_orders=5,
        paid=3,
        buyers=3,
        points=500,
        welcome_points=50,
        points_cost=Decimal("275.00"),
        revenue=Decimal("2300.00"),
        revenue_then=Decimal("1800.00"),
        invitations=11,
        brought=6,
        customers=7,
    )
    assert [(row.key, row.figures.visits, row.figures.registrations) for row in report.rows] == [
        ("2026-06-08", 1, 6),
        *((f"2026-06-{day:02}", 1, 0) for day in range(9, 15)),
    ]


def test_ratios_of_the_story(story: Customer) -> None:
    total = funnel(ASKED).total

    assert (total.registered_share, total.ordered_share, total.paid_share) == (
        Decimal("28.57"),
        Decimal("83.33"),
        Decimal("60.00"),
    )
    assert (total.cost, total.revenue_ratio, total.cost_per_buyer) == (
        Decimal("275.00"),
        Decimal("8.36"),
        Decimal("91.67"),
    )
    assert (total.k_factor, total.invitations_each, total.accepted_share) == (
        Decimal("0.857"),
        Decimal("1.571"),
        Decimal("54.55"),
    )


def test_a_code_costs_what_it_gave_to_paid_orders() -> None:
    anna = CustomerFactory.create(registered_at=MONDAY - timedelta(days=90))
    code = PromoCodeFactory.create(customer=anna)
    _paid(_friend(anna, MONDAY), "500", kind="fixed_code", promo_code=code)
    for ref, discount, released_at, is_paid in (
        ("order:1", 500, None, True),
        ("order:2", 300, MONDAY, True),
        ("order:3", 200, None, False),
    ):
        Redemption.objects.create(
            promo_code=code,
            order_ref=ref,
            channel="site",
            discount=discount,
            order_total=1,
            redeemed_at=MONDAY,
            released_at=released_at,
        )
        if is_paid:
            PurchaseFactory.create(ref=ref, customer=anna)

    total = funnel(ASKED).total

    assert (total.code_discount, total.cost, total.paid) == (Decimal("500.00"), Decimal("500.00"), 1)


def test_money_of_a_partner_is_cost_and_no_part_of_the_k_factor() -> None:
    partner = AmbassadorFactory.create()
    VisitFactory.create(referrer=None, ambassador=partner, visited_at=MONDAY)
    _paid(_friend(None, MONDAY, ambassador=partner), "90.50", kind="money", ambassador=partner, payee=None)

    total = funnel(ASKED).total

    assert (total.money, total.cost, total.visits, total.registrations) == (Decimal("90.50"), Decimal("90.50"), 1, 1)
    assert (total.invitations, total.brought, total.k_factor) == (0, 0, Decimal("0.000"))


# The groupings against a plain computation.


@pytest.fixture
def facts() -> None:
    """Six weeks of visits, friends, rewards and purchases, drawn with a fixed seed."""
    chance = random.Random(20260608)
    ProgrammeFactory.create(point_value=Decimal("0.30"))
    long_ago = MONDAY - timedelta(days=400)
    people = [CustomerFactory.create(last_name=f"Of {n}", registered_at=long_ago) for n in range(4)]
    ambassadors = [AmbassadorFactory.create(), AmbassadorFactory.create(customer=people[0])]
    for _n in range(70):
        owner = chance.choice([*people[1:], *ambassadors])
        whose = {"ambassador": owner, "referrer": owner.customer} if owner in ambassadors else {"referrer": owner}
        at = MONDAY + timedelta(minutes=chance.randrange(-20 * 1440, 16 * 1440))
        via = chance.choice(["link", "telegram", "qr"])
        visit = VisitFactory.create(visited_at=at, via=via, **whose) if chance.random() < 0.8 else None
        if chance.random() < 0.4:
            continue
        _draw_friend(chance, at + timedelta(minutes=chance.randrange(3000)), visit=visit, via=via, **whose)


def _draw_friend(chance: random.Random, at: datetime, **whose: Any) -> None:
    has_ordered = chance.random() < 0.7
    referral = _friend(whose.pop("referrer"), at, **whose, **({} if has_ordered else {"ordered_at": None}))
    for _purchase in range(chance.randrange(3) if has_ordered else 0):
        goods = Decimal(chance.randrange(100, 90_000)) / 100
        _bought(referral, str(goods), str(goods if chance.random() < 0.2 else 0), days=chance.randrange(1, 20))
    if has_ordered and chance.random() < 0.6:
        amount = Decimal(chance.randrange(50, 300))
        back = amount if chance.random() < 0.2 else Decimal(0)
        kind = {"kind": "points"} if referral.referrer else {"kind": "money", "ambassador": referral.ambassador}
        status = "taken_back" if back else "paid"
        _paid(referral, str(amount), payee=referral.referrer, taken_back_amount=back, status=status, **kind)
    if chance.random() < 0.3:
        _paid(referral, "40", role="newcomer", order_ref="", due_at=referral.registered_at)


def _key(group_by: GroupBy, row: Any, moment: datetime) -> str:
    day = moment.astimezone(MOSCOW).date()
    return {
        GroupBy.DAY: day.isoformat(),
        GroupBy.WEEK: (day - timedelta(days=day.weekday())).isoformat(),
        GroupBy.MONTH: day.replace(day=1).isoformat(),
        GroupBy.CHANNEL: row.via,
        GroupBy.REFERRER: f"a{row.ambassador_id}" if row.ambassador_id else f"c{row.referrer_id}",
    }[group_by]


def _plainly(group_by: GroupBy, first: date, last: date) -> dict[str | None, Figures]:
    """Groups and, under None, the total: one row after another, in Python."""
    lines: dict[str | None, dict[str, Any]] = defaultdict(lambda: defaultdict(Decimal))
    for visit in Visit.objects.all():
        if first <= visit.visited_at.astimezone(MOSCOW).date() <= last:
            for key in (_key(group_by, visit, visit.visited_at), None):
                lines[key]["visits"] += 1
                lines[key]["led_visits"] += visit.referrals.exists()
                lines[key]["invitations"] += visit.referrer_id is not None
    for referral in Referral.objects.all():
        if first <= referral.registered_at.astimezone(MOSCOW).date() <= last:
            for key in (_key(group_by, referral, referral.registered_at), None):
                for name, value in _of_friend(referral, last).items():
                    lines[key][name] += value
    if None in lines:
        end = datetime.combine(last + timedelta(days=1), datetime.min.time(), MOSCOW)
        lines[None]["customers"] = Customer.objects.filter(registered_at__lt=end).count()
    return {key: _figures(line) for key, line in lines.items()}


def _of_friend(referral: Referral, last: date) -> dict[str, Any]:
    paid = [reward for reward in referral.rewards.all() if reward.paid_at]
    kept = [
        (purchase.paid_at.astimezone(MOSCOW).date(), purchase.goods_amount - purchase.refunded_amount)
        for purchase in referral.newcomer.purchases.all()
    ]
    left = {
        name: sum((one.amount - one.taken_back_amount for one in paid if (one.kind, one.role) == which), Decimal(0))
        for name, which in {
            "points": ("points", "referrer"),
            "welcome_points": ("points", "newcomer"),
            "money": ("money", "referrer"),
        }.items()
    }
    return left | {
        "registrations": 1,
        "first_orders": referral.first_ordered_at is not None,
        "paid": any(reward.order_ref for reward in paid),
        "buyers": any(amount > 0 for _day, amount in kept),
        "revenue": sum((amount for _day, amount in kept), Decimal(0)),
        "revenue_then": sum((amount for day, amount in kept if day <= last), Decimal(0)),
        "brought": referral.referrer_id is not None,
        "invitations": referral.referrer_id is not None and referral.visit_id is None,
    }


def _figures(line: dict[str, Any]) -> Figures:
    sums = {"money", "revenue", "revenue_then"}
    known = {name: value if name in sums else int(value) for name, value in line.items()}
    points = known.get("points", 0) + known.get("welcome_points", 0)
    return Figures(**known, points_cost=(points * Decimal("0.30")).quantize(Decimal("0.01")))


@pytest.mark.parametrize("group_by", list(GroupBy))
def test_funnel_equals_a_plain_computation(facts: None, group_by: GroupBy) -> None:
    report = funnel(replace(ASKED, group_by=group_by))

    assert {row.key: row.figures for row in report.rows} | {None: report.total} == _plainly(group_by, FIRST, LAST)
    assert (report.previous_total, {row.previous for row in report.rows}) == (None, {None})


@pytest.mark.parametrize("group_by", [GroupBy.CHANNEL, GroupBy.REFERRER])
def test_funnel_compares_with_the_period_before(facts: None, group_by: GroupBy) -> None:
    report = funnel(replace(ASKED, group_by=group_by, compare=True))

    before = _plainly(group_by, FIRST - timedelta(days=14), FIRST - timedelta(days=1))
    got = {row.key: row.previous for row in report.rows} | {None: report.previous_total}
    assert {key: line for key, line in got.items() if line != Figures()} == before
    assert report.total == funnel(ASKED).total


def test_funnel_puts_days_and_weeks_of_both_periods_side_by_side(facts: None) -> None:
    two_weeks = timedelta(days=14)
    for group_by in (GroupBy.DAY, GroupBy.WEEK):
        report = funnel(replace(ASKED, group_by=group_by, compare=True))
        before = _plainly(group_by, FIRST - two_weeks, FIRST - timedelta(days=1))
        moved = {(date.fromisoformat(key) + two_weeks).isoformat(): line for key, line in before.items() if key}
        assert {row.key: row.previous for row in report.rows if row.previous != Figures()} == moved


def test_funnel_is_asked_of_a_channel_of_ambassadors_and_of_customers(facts: None) -> None:
    by_channel = {row.key: row.figures for row in funnel(replace(ASKED, group_by=GroupBy.CHANNEL)).rows}
    by_referrer = funnel(replace(ASKED, group_by=GroupBy.REFERRER))

    for via, figures in by_channel.items():
        assert replace(funnel(replace(ASKED, via=via)).total, customers=None) == figures
    for who, sign in ((Who.AMBASSADORS, "a"), (Who.CUSTOMERS, "c")):
        rows = funnel(replace(ASKED, group_by=GroupBy.REFERRER, who=who)).rows
        assert rows == tuple(row for row in by_referrer.rows if row.key[0] == sign)


@pytest.mark.parametrize("typed", ["Of 1", "of 1", "ONE@shop.test", "8 900 000-00-01", "ABCD-EFGH", "EXT-1"])
def test_funnel_finds_a_referrer_by_what_is_typed(typed: str) -> None:
    anna = CustomerFactory.create(
        last_name="Of 1", email="one@shop.test", phone="+79000000001", external_id="EXT-1", registered_at=MONDAY
    )
    another = CustomerFactory.create(last_name="Other", email="o@shop.test", registered_at=MONDAY)
    VisitFactory.create(referrer=anna, visited_at=MONDAY, code="ABCDEFGH")
    VisitFactory.create(referrer=another, visited_at=MONDAY, code="ZZZZZZZZ")

    rows = funnel(replace(ASKED, group_by=GroupBy.REFERRER, search=typed)).rows

    assert [(row.key, row.label) for row in rows] == [(f"c{anna.pk}", "Of 1")]


def test_funnel_takes_signs_of_patterns_as_they_are() -> None:
    VisitFactory.create(visited_at=MONDAY)
    for typed in ("%", "_", "\\", "50%"):
        assert funnel(replace(ASKED, search=typed)).total == Figures()


def test_rows_are_named_for_people() -> None:
    partner = AmbassadorFactory.create(name="Блог о доме")
    VisitFactory.create(referrer=None, ambassador=partner, visited_at=MONDAY, via="telegram")
    labels = {group_by: [row.label for row in funnel(replace(ASKED, group_by=group_by)).rows] for group_by in GroupBy}
    assert labels == {
        GroupBy.DAY: ["8\xa0июня\xa02026"],
        GroupBy.WEEK: ["с 8 по 14\xa0июня\xa02026"],
        GroupBy.MONTH: ["Июнь 2026"],
        GroupBy.CHANNEL: ["Telegram"],
        GroupBy.REFERRER: ["Блог о доме"],
    }


def test_funnel_is_two_queries_for_one_row_and_for_many(facts: None) -> None:
    for asked in (replace(ASKED, last_day=FIRST), replace(ASKED, group_by=GroupBy.REFERRER, compare=True, search="of")):
        with CaptureQueriesContext(connection) as queries:
            funnel(asked)
        assert len(queries) == 2


def test_funnel_of_nothing_is_empty() -> None:
    report = funnel(replace(ASKED, compare=True))
    assert (report.rows, report.total, report.previous_total) == ((), Figures(), Figures())
    ratios = ("registered_share", "ordered_share", "paid_share", "revenue_ratio", "cost_per_buyer", "k_factor")
    assert [getattr(report.total, name) for name in ratios] == [None] * len(ratios)


def test_funnel_rows_are_capped_and_the_total_is_not(facts: None) -> None:
    asked = replace(ASKED, group_by=GroupBy.REFERRER)
    full, capped = funnel(asked), funnel(replace(asked, limit=2))
    assert (capped.rows, capped.total) == (full.rows[:2], full.total)
    assert [row.figures.registrations for row in full.rows] == sorted(
        (row.figures.registrations for row in full.rows), reverse=True
    )


def test_a_day_is_a_day_of_the_shop() -> None:
    for at in ("2026-06-07T20:59:59", "2026-06-07T21:00:00", "2026-06-21T20:59:59", "2026-06-21T21:00"):
        moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
        VisitFactory.create(visited_at=moment)
        _friend(CustomerFactory.create(), moment)
    total = funnel(ASKED).total
    assert (total.visits, total.registrations) == (2, 2)


@pytest.mark.parametrize(
    ("group_by", "first", "last", "keys"),
    [
        (GroupBy.DAY, date(2026, 6, 29), date(2026, 7, 2), ["2026-06-29", "2026-06-30", "2026-07-01", "2026-07-02"]),
        (GroupBy.WEEK, date(2026, 6, 24), date(2026, 7, 6), ["2026-06-22", "2026-06-29", "2026-07-06"]),
        (GroupBy.MONTH, date(2025, 12, 31), date(2026, 2, 1), ["2025-12-01", "2026-01-01", "2026-02-01"]),
    ],
)
def test_an_axis_of_time_has_no_gaps(group_by: GroupBy, first: date, last: date, keys: list[str]) -> None:
    day = date.fromisoformat(keys[1])
    VisitFactory.create(visited_at=datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
    report = funnel(ReportFilter(first_day=first, last_day=last, group_by=group_by))

    rows = without_gaps(report)

    assert ([row.key for row in report.rows], [row.key for row in rows]) == ([keys[1]], keys)
    assert [row.figures.visits for row in rows] == [int(key == keys[1]) for key in keys]
    assert len({row.label for row in rows}) == len(keys)


def test_owed_is_what_waits_and_what_is_under_review(django_assert_num_queries: Any) -> None:
    partner = AmbassadorFactory.create()
    RewardFactory.create(amount=300)
    RewardFactory.create(amount=200, status="held")
    RewardFactory.create(amount=Decimal("70.50"), kind="money", ambassador=partner, payee=None, status="held")
    RewardFactory.create(amount=500, kind="fixed_code")
    RewardFactory.create(amount=10, kind="percent_code")
    for status in ("cancelled", "rejected"):
        RewardFactory.create(status=status)

    with django_assert_num_queries(1):
        owed = owed_now()

    assert asdict(owed) == asdict(
        Owed(
            waiting=Sums(rewards=3, points=300, codes=2, codes_amount=Decimal("500.00")),
            held=Sums(rewards=2, points=200, money=Decimal("70.50")),
        )
    )
    assert (owed.waiting.worth(Decimal("0.50")), owed.held.worth(Decimal("0.50"))) == (
        Decimal("650.00"),
        Decimal("170.50"),
    )
