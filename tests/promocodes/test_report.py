"""The usage report against a plain computation over the same facts (PC-21)."""

import random
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer, Purchase
from promocodes.models import PromoCode, QuoteTally, Redemption
from promocodes.queries.report import Figures, GroupBy, ReportFilter, usage_report
from tests.factories import CustomerFactory
from tests.promocodes.rows import make_campaign, make_code

pytestmark = pytest.mark.django_db

MOSCOW = ZoneInfo("Europe/Moscow")
FIRST, LAST = date(2026, 6, 8), date(2026, 6, 14)
PERIOD = {"starts_at": datetime(2026, 5, 1, tzinfo=UTC), "ends_at": datetime(2026, 8, 1, tzinfo=UTC)}


@pytest.fixture
def facts() -> list[dict[str, Any]]:
    """Three weeks of orders with and without codes, with every kind of ending, drawn with a fixed seed."""
    chance = random.Random(20260608)
    spring, summer = make_campaign(name="Spring"), make_campaign(name="Summer")
    codes = [make_code(campaign=campaign, **PERIOD) for campaign in (spring, spring, summer, None)]
    people: list[Customer | None] = [*CustomerFactory.create_batch(8), None]
    bought: set[int] = set()
    orders = []
    moments = sorted(
        datetime(2026, 5, 31, tzinfo=UTC) + timedelta(minutes=chance.randrange(21 * 24 * 60)) for _n in range(160)
    )
    for number, moment in enumerate(moments):
        person, code = chance.choice(people), chance.choice([*codes, None])
        order: dict[str, Any] = {
            "ref": f"order:{number}",
            "at": moment,
            "customer": person,
            "code": code,
            "channel": chance.choice(["site", "pos"]),
            "discount": Decimal(chance.randrange(1000, 9999)) / 100,
            "total": Decimal(chance.randrange(10_000, 99_999)) / 100,
            "released_at": moment + timedelta(days=chance.randrange(5)) if chance.random() < 0.2 else None,
            "paid": None,
        }
        if order["released_at"] is None and chance.random() < 0.8:
            goods = Decimal(chance.randrange(10_000, 90_000)) / 100
            refunded = goods if chance.random() < 0.1 else Decimal("0.00")
            is_first = person is not None and person.pk not in bought
            bought |= {person.pk} if person else set()
            order["paid"] = (goods, refunded, is_first)
        orders.append(order)
        _store(order)
    for code in [*codes, None]:
        for offset in range(21):
            for outcome in ("applied", "below_minimum"):
                QuoteTally.objects.create(
                    promo_code=code,
                    day=date(2026, 5, 31) + timedelta(days=offset),
                    channel=chance.choice(["site", "pos"]),
                    outcome=outcome,
                    count=chance.randrange(1, 50),
                )
    return orders


def _store(order: dict[str, Any]) -> None:
    if order["code"]:
        Redemption.objects.create(
            promo_code=order["code"],
            order_ref=order["ref"],
            customer=order["customer"],
            channel=order["channel"],
            discount=order["discount"],
            order_total=order["total"],
            redeemed_at=order["at"],
            released_at=order["released_at"],
        )
    if order["paid"]:
        goods, refunded, is_first = order["paid"]
        Purchase.objects.create(
            ref=order["ref"],
            customer=order["customer"],
            channel=order["channel"],
            paid_at=order["at"],
            goods_amount=goods,
            refunded_amount=refunded,
            is_first=is_first,
        )


def _day(moment: datetime) -> date:
    return moment.astimezone(MOSCOW).date()


def _key(group_by: GroupBy, code: PromoCode, channel: str, day: date) -> str:
    campaign = code.terms.campaign
    return {
        GroupBy.CAMPAIGN: str(campaign.pk) if campaign else "",
        GroupBy.CODE: code.code,
        GroupBy.CHANNEL: channel,
        GroupBy.DAY: day.isoformat(),
    }[group_by]


def _plainly(
    orders: list[dict[str, Any]], group_by: GroupBy, first: date, last: date, *, channel: str | None = None
) -> dict[str | None, Figures]:
    """Groups and, under None, the total: one order after another, in Python."""
    sums: dict[str | None, dict[str, Any]] = defaultdict(lambda: defaultdict(Decimal))
    people: dict[str | None, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    purchases = [order for order in orders if order["paid"] and order["customer"]]
    for order in orders:
        if not order["code"] or channel not in {None, order["channel"]}:
            continue
        day = _day(order["at"])
        for key in (_key(group_by, order["code"], order["channel"], day), None):
            if order["released_at"] is None and first <= day <= last:
                sums[key]["uses"] += 1
                sums[key]["discount"] += order["discount"]
                sums[key]["ordered"] += order["total"]
                if order["paid"]:
                    goods, refunded, is_first = order["paid"]
                    sums[key]["paid_orders"] += 1
                    sums[key]["paid_goods"] += goods
                    sums[key]["revenue"] += goods - refunded
                    sums[key]["new_customers"] += is_first
                    if person := order["customer"]:
                        people[key]["buyers"].add(person.pk)
                        if any(one["customer"] == person and one["at"] > order["at"] for one in purchases):
                            people[key]["returned_buyers"].add(person.pk)
        if order["released_at"] and first <= _day(order["released_at"]) <= last:
            for key in (_key(group_by, order["code"], order["channel"], _day(order["released_at"])), None):
                sums[key]["releases"] += 1
    for tally in QuoteTally.objects.exclude(promo_code=None).select_related("promo_code__terms__campaign"):
        if first <= tally.day <= last and channel in {None, tally.channel} and tally.promo_code:
            for key in (_key(group_by, tally.promo_code, tally.channel, tally.day), None):
                sums[key]["quotes"] += tally.count
                sums[key]["applied_quotes"] += tally.count if tally.outcome == "applied" else 0
    for order in orders:
        uses_a_code = order["code"] and order["released_at"] is None
        if order["paid"] and not uses_a_code and first <= _day(order["at"]) <= last:
            if channel not in {None, order["channel"]}:
                continue
            own = {GroupBy.CHANNEL: order["channel"], GroupBy.DAY: _day(order["at"]).isoformat()}
            keys = {None, own[group_by]} if group_by in own else set(sums)
            for key in keys & set(sums):
                sums[key]["orders_without"] += 1
                sums[key]["goods_without"] += order["paid"][0]
    return {
        key: Figures(
            **{name: value if value % 1 or name in MONEY else int(value) for name, value in line.items()},
            **{name: len(who) for name, who in people[key].items()},
        )
        for key, line in sums.items()
    }


MONEY = {"discount", "ordered", "paid_goods", "revenue", "goods_without"}


@pytest.mark.parametrize("group_by", list(GroupBy))
def test_report_equals_a_plain_computation(facts: list[dict[str, Any]], group_by: GroupBy) -> None:
    report = usage_report(ReportFilter(first_day=FIRST, last_day=LAST, group_by=group_by))

    expected = _plainly(facts, group_by, FIRST, LAST)
    assert {row.key: row.figures for row in report.rows} | {None: report.total} == expected
    assert (report.previous_total, [row.previous for row in report.rows]) == (None, [None] * len(report.rows))


@pytest.mark.parametrize("group_by", [GroupBy.CAMPAIGN, GroupBy.CHANNEL, GroupBy.CODE])
def test_report_compares_with_the_period_before(facts: list[dict[str, Any]], group_by: GroupBy) -> None:
    report = usage_report(ReportFilter(first_day=FIRST, last_day=LAST, group_by=group_by, compare=True))

    before = _plainly(facts, group_by, FIRST - timedelta(days=7), LAST - timedelta(days=7))
    assert {row.key: row.previous for row in report.rows} | {None: report.previous_total} == before
    assert report.total == _plainly(facts, group_by, FIRST, LAST)[None]


def test_report_puts_days_of_both_periods_side_by_side(facts: list[dict[str, Any]]) -> None:
    report = usage_report(ReportFilter(first_day=FIRST, last_day=LAST, group_by=GroupBy.DAY, compare=True))

    week = timedelta(days=7)
    before = _plainly(facts, GroupBy.DAY, FIRST - week, LAST - week)
    moved = {(date.fromisoformat(key) + week).isoformat() if key else None: line for key, line in before.items()}
    got = {row.key: row.previous for row in report.rows} | {None: report.previous_total}
    assert got == moved
    assert [row.key for row in report.rows] == [f"2026-06-{day:02}" for day in range(8, 15)]


def test_report_filters_by_channel_campaign_and_code(facts: list[dict[str, Any]]) -> None:
    asked = ReportFilter(first_day=FIRST, last_day=LAST, group_by=GroupBy.CODE)
    everything = {row.key: row for row in usage_report(asked).rows}

    by_channel = usage_report(replace(asked, channel="pos"))
    assert by_channel.total == _plainly(facts, GroupBy.CODE, FIRST, LAST, channel="pos")[None]
    spring = usage_report(replace(asked, campaign="Spring"))
    named = set(PromoCode.objects.filter(terms__campaign__name="Spring").values_list("code", flat=True))
    assert {row.key: row for row in spring.rows} == {key: row for key, row in everything.items() if key in named}
    without = usage_report(replace(asked, campaign=""))
    assert [row.key for row in without.rows] == [PromoCode.objects.get(terms__campaign=None).code]
    code = next(iter(everything))
    assert usage_report(replace(asked, code=code)).rows == (everything[code],)


def test_report_is_two_queries_for_one_row_and_for_many(facts: list[dict[str, Any]]) -> None:
    for asked in (
        ReportFilter(first_day=FIRST, last_day=FIRST, group_by=GroupBy.CAMPAIGN, campaign="Summer"),
        ReportFilter(first_day=FIRST, last_day=LAST, group_by=GroupBy.CODE, compare=True),
    ):
        with CaptureQueriesContext(connection) as queries:
            usage_report(asked)
        assert len(queries) == 2


def test_report_of_nothing_is_empty() -> None:
    report = usage_report(ReportFilter(first_day=FIRST, last_day=LAST, compare=True))
    assert (report.rows, report.total, report.previous_total) == ((), Figures(), Figures())
    assert (report.total.average_with, report.total.average_without, report.total.repeat_rate) == (None, None, None)


def test_report_rows_are_capped_and_the_total_is_not(facts: list[dict[str, Any]]) -> None:
    asked = ReportFilter(first_day=FIRST, last_day=LAST, group_by=GroupBy.CODE)
    full, capped = usage_report(asked), usage_report(replace(asked, limit=2))
    assert (capped.rows, capped.total) == (full.rows[:2], full.total)


def test_figures_average_and_rate_round_half_up() -> None:
    figures = Figures(
        paid_orders=3,
        paid_goods=Decimal("100.00"),
        orders_without=8,
        goods_without=Decimal("100.10"),
        buyers=3,
        returned_buyers=2,
    )
    assert (figures.average_with, figures.average_without, figures.repeat_rate) == (
        Decimal("33.33"),
        (Decimal("100.10") / 8).quantize(Decimal("0.01"), ROUND_HALF_UP),
        Decimal("66.67"),
    )


def test_a_day_is_a_day_of_the_shop() -> None:
    code = make_code(**PERIOD)
    for number, at in enumerate(
        ["2026-06-07T20:59:59", "2026-06-07T21:00:00", "2026-06-14T20:59:59", "2026-06-14T21:00"]
    ):
        Redemption.objects.create(
            promo_code=code,
            order_ref=f"order:{number}",
            channel="site",
            discount=1,
            order_total=9,
            redeemed_at=datetime.fromisoformat(at).replace(tzinfo=UTC),
        )
    assert usage_report(ReportFilter(first_day=FIRST, last_day=LAST)).total.uses == 2
