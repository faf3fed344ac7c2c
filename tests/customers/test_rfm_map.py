"""The RFM map as a query: cells, segments, and who has moved (CU-7)."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import override

from customers.admin.rfm_cuts import ScoreLine, cut_points
from customers.admin.rfm_drawing import drawing
from customers.models import Customer, Rfm, RfmMove
from customers.queries.rfm_map import RfmFlow, RfmGroup, rfm_map
from customers.rules.rfm import segment_of
from tests.customers.rfm_rows import a_run, day
from tests.factories import NOW, CustomerFactory

pytestmark = pytest.mark.django_db


def place(r: int, f: int, *, monetary: int = 1000, orders: int = 2, ago: int = 10, **given: Any) -> Customer:
    customer = CustomerFactory.create()
    Rfm.objects.create(
        customer=customer,
        first_paid_at=day(-100),
        last_paid_at=day(-ago),
        orders=orders,
        spent=monetary,
        frequency=orders,
        monetary=monetary,
        r=r,
        f=f,
        m=3,
        segment=segment_of(r, f),
        since=day(-ago),
        changed_at=day(-ago),
        **given,
    )
    return customer


def move(customer: Customer, source: str, target: str, on: float) -> None:
    RfmMove.objects.create(customer=customer, from_segment=source, to_segment=target, cause="night", moved_at=day(on))


def test_map_counts_customers_and_their_share_of_the_revenue() -> None:
    run = a_run(recency=[5, 30, 60, 90], frequency=[1, 1, 2, 3], monetary=[500, 1000, 2000, 4000])
    place(5, 5, monetary=5000, orders=5, ago=4, is_vip=True)
    place(5, 5, monetary=1000, orders=1, ago=8)
    place(1, 1, monetary=2000, orders=1, ago=300)

    with override("en"):
        found = rfm_map(since=None, now=NOW)

    assert found.run == run
    best = found.rows[0][4]
    assert (best.r, best.f, best.segment, best.name) == (5, 5, "champions", "Champions")
    assert best.group == RfmGroup(2, 6, Decimal(6000), Decimal("66.7"), Decimal("75.0"), 6)
    assert best.group.average_order == Decimal(1000)
    assert [(part.code, part.group.customers) for part in found.segments if part.group.customers] == [
        ("champions", 2),
        ("lost", 1),
    ]
    assert [(part.code, part.group.customers, part.group.revenue) for part in found.extras] == [
        ("starter", 2, Decimal(3000)),
        ("vip", 1, Decimal(5000)),
    ]
    assert (found.total.customers, found.total.revenue, found.total.days_since) == (3, Decimal(8000), 104)
    assert sum(cell.group.customers for row in found.rows for cell in row) == 3


def test_map_is_empty_before_anybody_bought() -> None:
    found = rfm_map(since=date(2026, 6, 1), now=NOW)
    assert (found.run, found.total, found.flows) == (
        None,
        RfmGroup(0, 0, Decimal(0), Decimal(0), Decimal(0), None),
        (),
    )
    assert [len(row) for row in found.rows] == [5] * 5


def test_map_leaves_out_who_was_merged_or_erased() -> None:
    gone, stayed = place(5, 5), place(5, 5)
    Customer.objects.filter(pk=gone.pk).update(email=None, erased_at=NOW)
    assert rfm_map(since=None, now=NOW).total.customers == 1
    assert stayed.pk


def test_flows_tell_who_came_from_where_and_how_often_they_went() -> None:
    there_and_back, climber, newcomer, before = (place(5, 5) for _ in range(4))
    move(before, "new", "champions", -20)
    move(there_and_back, "champions", "loyal", -3)
    move(there_and_back, "loyal", "champions", -2)
    move(climber, "at_risk", "loyal", -3)
    move(climber, "loyal", "champions", -1)
    move(newcomer, "", "new", -1)

    found = rfm_map(since=day(-5).date(), now=NOW)

    assert found.flows == (
        RfmFlow("", "new", 1, 1),
        RfmFlow("at_risk", "champions", 1, 0),
        RfmFlow("loyal", "champions", 0, 2),
        RfmFlow("at_risk", "loyal", 0, 1),
        RfmFlow("champions", "loyal", 0, 1),
    )
    moved = {part.code: (part.came, part.left) for part in found.segments if part.came or part.left}
    assert moved == {"champions": (1, 0), "new": (1, 0), "at_risk": (0, 1)}


def test_movement_begins_with_the_day_of_the_shop() -> None:
    customer = place(5, 5)
    move(customer, "new", "champions", -1)
    yesterday = day(-1).date()
    assert len(rfm_map(since=yesterday, now=NOW).flows) == 1
    assert rfm_map(since=yesterday + timedelta(days=1), now=NOW).flows == ()


@pytest.mark.parametrize("count", [1, 3])
def test_map_costs_four_queries(count: int, django_assert_num_queries: Any) -> None:
    for _ in range(count):
        move(place(3, 3), "new", "need_attention", -1)
    with django_assert_num_queries(4):
        rfm_map(since=day(-5).date(), now=NOW)


def test_arrows_lead_from_segment_to_segment_the_broadest_thickest() -> None:
    parts = rfm_map(since=None, now=NOW).segments
    flows = (RfmFlow("", "new", 9, 9), RfmFlow("at_risk", "champions", 8, 8), RfmFlow("loyal", "lost", 2, 0))

    found = drawing(parts, flows)

    assert found is not None
    assert [(arrow.count, arrow.width, arrow.is_better) for arrow in found.arrows] == [
        ("8", "9.0", True),
        ("2", "3.4", False),
    ]
    assert len({(box.x, box.y) for box in found.boxes}) == 11
    assert all(0 <= box.x <= 816 and 0 <= box.y <= 508 for box in found.boxes)


def test_no_arrows_where_nobody_moved_between_segments() -> None:
    parts = rfm_map(since=None, now=NOW).segments
    assert drawing(parts, (RfmFlow("", "new", 9, 9), RfmFlow("loyal", "champions", 0, 2))) is None


def test_scores_are_told_by_the_cuts_of_the_run() -> None:
    run = a_run(recency=[5, 30, 60, 90], frequency=[1, 1, 2, 5], monetary=[500, 1000, 2000, 4000])
    with override("en"):
        lines = [
            ScoreLine(line.score, line.recency, line.frequency, line.monetary.replace("\xa0", " "))
            for line in cut_points(run)
        ]
    assert lines == [
        ScoreLine(5, "0–5 days", "6 purchases and more", "from ₽4,000.01"),
        ScoreLine(4, "6–30 days", "3–5 purchases", "₽2,000.01 – ₽4,000"),
        ScoreLine(3, "31–60 days", "2 purchases", "₽1,000.01 – ₽2,000"),
        ScoreLine(2, "61–90 days", "—", "₽500.01 – ₽1,000"),
        ScoreLine(1, "91 days and more", "1 purchase", "up to ₽500"),
    ]


def test_scores_before_there_are_cuts_are_dashes() -> None:
    assert cut_points(a_run(recency=[], frequency=[], monetary=[]))[0] == ScoreLine(5, "—", "—", "—")
