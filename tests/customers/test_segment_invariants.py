"""The doctor's eye on segments: silent when all is well, and each thing broken on purpose is found."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import Customer, Segment, SegmentMembership, SegmentMove
from customers.queries.invariants import INVARIANTS
from customers.services import erase_customer, put_rule_segment, put_segment, refresh_segment, refresh_stale
from tests.customers.found import found_by
from tests.customers.merging import merged
from tests.customers.segment_rows import leaf, rfm
from tests.factories import CustomerFactory, SegmentFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()
ADDS_UP, REFRESHED, OF_THE_MAP = "segments_moves_add_up", "segments_are_refreshed", "segments_of_the_map_have_no_rows"


def offenders() -> set[str]:
    return found_by(INVARIANTS)


@pytest.fixture
def buyers() -> Segment:
    """Three are in it: one entered, one left and came again, one is the survivor of two. One was forgotten."""
    entered, came_again, older, newer, forgotten, nobody = CustomerFactory.create_batch(6)
    segment = put_rule_segment(code="buyers", name="x", rule=leaf("orders", "at_least", 1), by=None, now=NOW)
    of_again = rfm(came_again)
    for customer in (entered, older, newer, forgotten):
        rfm(customer)
    refresh_segment(segment_id=segment.pk, now=NOW)
    of_again.delete()
    refresh_segment(segment_id=segment.pk, now=NOW)
    rfm(came_again)
    merged(older, newer, now=NOW)
    erase_customer(customer_id=forgotten.pk, now=NOW)
    refresh_segment(segment_id=segment.pk, now=NOW)
    put_segment(code="list", name="x", added=[str(nobody.pk), str(older.pk)], now=NOW)
    put_segment(code="list", name="x", removed=[str(nobody.pk)], now=NOW)
    while refresh_stale(now=NOW):
        pass
    return segment


def test_all_is_well_after_moves_merges_and_erasures(buyers: Segment) -> None:
    assert buyers.memberships.count() == 3
    assert offenders() == set()


def somebody_without_a_move(segment: Segment) -> None:
    SegmentMembership.objects.create(segment=segment, customer=CustomerFactory.create(), since=NOW)


def gone_without_a_move(segment: Segment) -> None:
    segment.memberships.all()[:1].get().delete()


def entered_and_not_there(segment: Segment) -> None:
    customer = CustomerFactory.create()
    SegmentMove.objects.create(segment=segment, customer=customer, entered=True, happened_at=NOW)


def left_and_still_there(segment: Segment) -> None:
    customer: Customer = segment.memberships.all()[:1].get().customer
    SegmentMove.objects.create(segment=segment, customer=customer, entered=False, happened_at=NOW)


def never_refreshed(segment: Segment) -> None:
    Segment.objects.filter(pk=segment.pk).update(created_at=NOW - timedelta(days=2), refreshed_at=None)


def refreshed_long_ago(segment: Segment) -> None:
    long_ago = NOW - timedelta(days=2)
    Segment.objects.filter(pk=segment.pk).update(created_at=long_ago, refreshed_at=long_ago)


def a_row_of_the_map(segment: Segment) -> None:
    of_map = SegmentFactory.create(kind="rfm", code="rfm-mine")
    SegmentMembership.objects.create(segment=of_map, customer=CustomerFactory.create(), since=NOW)


@pytest.mark.parametrize(
    ("break_it", "found"),
    [
        (somebody_without_a_move, ADDS_UP),
        (gone_without_a_move, ADDS_UP),
        (entered_and_not_there, ADDS_UP),
        (left_and_still_there, ADDS_UP),
        (never_refreshed, REFRESHED),
        (refreshed_long_ago, REFRESHED),
        (a_row_of_the_map, OF_THE_MAP),
    ],
)
def test_what_is_wrong_is_found(buyers: Segment, break_it: Callable[[Segment], None], found: str) -> None:
    break_it(buyers)
    assert offenders() == {found}


def test_one_put_away_is_not_waited_for(buyers: Segment) -> None:
    refreshed_long_ago(buyers)
    Segment.objects.filter(pk=buyers.pk).update(archived_at=NOW)
    assert offenders() == set()
