"""Refreshes of a rule at once, while customers come to fit and cease to: each move is told once (CU-8)."""

import multiprocessing
from collections import Counter
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from customers.models import Rfm, Segment, SegmentMove, StaleCustomer
from customers.services import (
    mark_stale,
    merge_customers,
    merge_own,
    put_rule_segment,
    refresh,
    refresh_segment,
    refresh_stale,
)
from loyalty_site.kernel.transactions import in_transaction
from tests.customers.segment_rows import leaf, rfm
from tests.factories import NOW, CustomerFactory
from tests.races.crowd import crowd, until_somebody_waits

pytestmark = pytest.mark.django_db(transaction=True)
BUYERS = leaf("vip", "yes")


def test_every_move_is_told_once_whoever_refreshes() -> None:
    people = CustomerFactory.create_batch(4)
    for person in people:
        rfm(person)
    segment = in_transaction(lambda: put_rule_segment(code="vips", name="VIP", rule=BUYERS, by=None, now=NOW))

    def attempt(number: int) -> str:
        person, now = people[number % len(people)], timezone.now()

        def bought() -> None:
            Rfm.objects.filter(customer=person).update(is_vip=number % 8 < 4)
            mark_stale(customer_ids=[person.pk], now=now)

        in_transaction(bought)
        in_transaction(lambda: refresh_segment(segment_id=segment.pk, now=now))
        in_transaction(lambda: refresh_stale(now=now))
        return "done"

    assert crowd(attempt, 40, workers=4) == Counter(done=40)
    while in_transaction(lambda: refresh_stale(now=timezone.now())):
        pass
    vips = set(Rfm.objects.filter(is_vip=True).values_list("customer_id", flat=True))
    assert set(segment.memberships.values_list("customer_id", flat=True)) == vips
    for person in people:
        moves = list(SegmentMove.objects.filter(customer=person).order_by("pk").values_list("entered", flat=True))
        assert moves == [number % 2 == 0 for number in range(len(moves))]
        assert len(moves) % 2 == (person.pk in vips)
    assert not StaleCustomer.objects.exists()


def test_control_a_mark_that_is_struck_out_blindly_is_lost() -> None:
    """He is marked anew between the look and the end: struck out whatever its moment, nobody comes back."""
    person = CustomerFactory()
    in_transaction(lambda: mark_stale(customer_ids=[person.pk], now=NOW))
    seen = list(StaleCustomer.objects.values_list("pk", flat=True))
    in_transaction(lambda: mark_stale(customer_ids=[person.pk], now=timezone.now()))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM customers_stalecustomer WHERE customer_id = ANY(%s)", [seen])

    assert in_transaction(lambda: refresh_stale(now=timezone.now())) == 0
    assert Segment.objects.filter(kind="rule").count() == 0


def test_nobody_waits_for_a_mark_that_is_being_set() -> None:
    assert refresh_beside_an_open_purchase() == Counter(bought=1, refreshed=1)
    assert StaleCustomer.objects.count() == 1


def test_control_who_waits_for_a_mark_is_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """The purchase is not done before the refresh is: one that waits gives up at last, with all that it has done."""
    monkeypatch.setattr(refresh, "STRIKE_OUT", refresh.STRIKE_OUT.replace(" SKIP LOCKED", ""))

    assert refresh_beside_an_open_purchase() == Counter(bought=1, OperationalError=1)


def refresh_beside_an_open_purchase() -> Counter[str]:
    """He was marked; he buys and is marked anew, and does not commit until the refresh is over."""
    person = CustomerFactory()
    in_transaction(lambda: mark_stale(customer_ids=[person.pk], now=NOW))
    marked, over = (multiprocessing.get_context("fork").Barrier(2) for _ in range(2))

    def buy() -> None:
        mark_stale(customer_ids=[person.pk], now=timezone.now())
        marked.wait(timeout=60)
        over.wait(timeout=60)

    def look() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '300ms'")
        refresh_stale(now=timezone.now())

    def attempt(number: int) -> str:
        if number == 0:
            in_transaction(buy)
            return "bought"
        marked.wait(timeout=60)
        try:
            in_transaction(look)
        finally:
            over.wait(timeout=60)
        return "refreshed"

    return crowd(attempt, 2, workers=2)


def test_a_refresh_beside_a_merge_leaves_nobody_who_is_gone() -> None:
    """The refresh sees the merge: whoever stays does not fit the rule, and leaves again."""
    assert members_after_a_merge_beside_a_refresh() == (
        [],
        [("newer", False), ("older", True), ("older", False)],
    )


def test_control_a_refresh_that_waits_for_no_merge_brings_back_who_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merge_own, "HOLD_SEGMENTS", "SELECT FROM customers_segment WHERE %(survivor)s < 0")

    members, moves = members_after_a_merge_beside_a_refresh()
    assert (members, moves[-1]) == (["newer", "older"], ("newer", True))


def members_after_a_merge_beside_a_refresh() -> tuple[list[str], list[tuple[str, bool]]]:
    """The merge is not committed when the refresh begins; the newer record fits the rule as the refresh sees it."""
    older, newer = CustomerFactory(first_name="older"), CustomerFactory(first_name="newer")
    rfm(newer, is_vip=True)
    segment = in_transaction(lambda: put_rule_segment(code="vips", name="VIP", rule=BUYERS, by=None, now=NOW))
    in_transaction(lambda: refresh_segment(segment_id=segment.pk, now=NOW))
    merged = multiprocessing.get_context("fork").Barrier(2)
    values: dict[str, Any] = {"kept": {}, "reason": "one person", "by": None, "now": timezone.now()}

    def merge() -> None:
        merge_customers(first_id=older.pk, second_id=newer.pk, **values)
        merged.wait(timeout=60)
        until_somebody_waits()

    def attempt(number: int) -> str:
        if number == 0:
            in_transaction(merge)
        else:
            merged.wait(timeout=60)
            in_transaction(lambda: refresh_segment(segment_id=segment.pk, now=timezone.now()))
        return "done"

    assert crowd(attempt, 2, workers=2) == Counter(done=2)
    names = segment.memberships.order_by("customer__first_name").values_list("customer__first_name", flat=True)
    moves = SegmentMove.objects.exclude(happened_at=NOW).order_by("pk").values_list("customer__first_name", "entered")
    return list(names), list(moves)
