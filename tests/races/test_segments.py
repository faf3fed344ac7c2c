"""Refreshes of a rule at once, while customers come to fit and cease to: each move is told once (CU-8)."""

from collections import Counter

import pytest
from django.db import connection
from django.utils import timezone

from customers.models import Rfm, Segment, SegmentMove, StaleCustomer
from customers.services import mark_stale, put_rule_segment, refresh_segment, refresh_stale
from loyalty_site.kernel.transactions import in_transaction
from tests.customers.segment_rows import leaf, rfm
from tests.factories import NOW, CustomerFactory
from tests.races.crowd import crowd

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
