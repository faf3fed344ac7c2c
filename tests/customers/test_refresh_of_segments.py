"""Members of rule segments follow their conditions, each move told once; saved, put away, in order (CU-8)."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils.translation import override

from customers.models import Customer, Segment, SegmentMove, StaleCustomer
from customers.queries.rule_order import rules_in_order
from customers.services import (
    SegmentUsed,
    archive_segment,
    mark_stale,
    name_segment,
    put_rule_segment,
    put_segment,
    refresh_segment,
    refresh_stale,
    restore_segment,
)
from customers.services.accounts import join_account
from customers.services.refresh import Refreshed, refresh_chunk
from customers.tasks import refresh_changed_rules, refresh_rule_segments, refresh_stale_customers
from loyalty_site.kernel.errors import InvalidInput, WrongState
from tests.customers.segment_rows import leaf, rfm
from tests.factories import NOW, CustomerFactory, SegmentFactory, SegmentMembershipFactory, UserFactory

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
BUYERS = leaf("orders", "at_least", 1)


def put(code: str = "buyers", rule: Any = BUYERS, **given: Any) -> Segment:
    values = {"name": code, "by": None, "now": NOW, **given}
    return put_rule_segment(code=code, rule=rule, **values)


def moves(segment: Segment) -> list[tuple[int, bool]]:
    rows = SegmentMove.objects.filter(segment=segment).order_by("pk")
    return [(row.customer_id, row.entered) for row in rows]


def keys(segment: Segment) -> set[int]:
    return set(segment.memberships.values_list("customer_id", flat=True))


def test_members_enter_and_leave_and_each_move_is_told_once() -> None:
    buyer, other = CustomerFactory(), CustomerFactory()
    of_buyer = rfm(buyer)
    segment = put()

    assert refresh_segment(segment_id=segment.pk, now=NOW) == Refreshed(entered=1, left=0)
    assert refresh_segment(segment_id=segment.pk, now=NOW) == Refreshed()
    of_buyer.delete()
    rfm(other)
    assert refresh_segment(segment_id=segment.pk, now=LATER) == Refreshed(entered=1, left=1)

    segment.refresh_from_db()
    assert keys(segment) == {other.pk}
    assert moves(segment) == [(buyer.pk, True), (buyer.pk, False), (other.pk, True)]
    assert (segment.members_count, segment.refreshed_at, segment.dirty_at) == (1, LATER, None)


def test_a_large_segment_is_refreshed_by_chunks() -> None:
    people = CustomerFactory.create_batch(5)
    for person in people:
        rfm(person)
    segment = put()

    first = refresh_chunk(segment_id=segment.pk, now=NOW, limit=2)
    second = refresh_chunk(segment_id=segment.pk, before=first, now=NOW, limit=2)
    third = refresh_chunk(segment_id=segment.pk, before=second, now=NOW, limit=2)

    assert first == Refreshed(2, 0, people[1].pk, NOW)
    assert second == Refreshed(2, 0, people[3].pk, NOW)
    assert third == Refreshed(1, 0)
    assert keys(segment) == {person.pk for person in people}


def test_a_rule_saved_between_two_chunks_is_gone_over_again() -> None:
    for person in CustomerFactory.create_batch(3):
        rfm(person)
    segment = put()
    first = refresh_chunk(segment_id=segment.pk, now=LATER, limit=2)
    put(rule=leaf("vip", "yes"), now=NOW + timedelta(minutes=1))

    last = refresh_chunk(segment_id=segment.pk, before=first, now=LATER, limit=2)

    segment.refresh_from_db()
    assert last.last_id is None
    assert segment.dirty_at == NOW + timedelta(minutes=1)
    refresh_changed_rules()
    segment.refresh_from_db()
    assert (segment.dirty_at, keys(segment)) == (None, set())


def test_one_customer_is_refreshed_at_once_and_nobody_else() -> None:
    one, other = CustomerFactory(), CustomerFactory()
    segment = put()
    refresh_segment(segment_id=segment.pk, now=NOW)
    rfm(one), rfm(other)
    mark_stale(customer_ids=[one.pk], now=NOW)

    assert refresh_stale_customers() == 1
    segment.refresh_from_db()
    assert (keys(segment), segment.members_count, moves(segment)) == ({one.pk}, 1, [(one.pk, True)])
    assert not StaleCustomer.objects.exists()
    refresh_rule_segments()
    assert keys(segment) == {one.pk, other.pk}


def test_a_mark_set_anew_meanwhile_stays() -> None:
    one = CustomerFactory()
    segment = put()
    mark_stale(customer_ids=[one.pk], now=NOW)
    mark_stale(customer_ids=[one.pk, one.pk], now=LATER)

    assert StaleCustomer.objects.get().since == LATER
    assert refresh_stale(now=LATER) == 1
    assert refresh_stale(now=LATER) == 0
    assert keys(segment) == set()


def test_segments_of_segments_are_refreshed_after_what_they_ask_for() -> None:
    outer = put("outer", {"not": leaf("vip", "yes")})
    inner = put("inner")
    put("outer", leaf("segment", "in", ["inner"]))
    buyer = CustomerFactory()
    rfm(buyer)
    mark_stale(customer_ids=[buyer.pk], now=NOW)

    assert rules_in_order() == [inner.pk, outer.pk]
    refresh_stale(now=NOW)
    assert (keys(inner), keys(outer)) == ({buyer.pk}, {buyer.pk})


def test_a_circle_of_segments_is_refused() -> None:
    put("a")
    put("b", leaf("segment", "in", ["a"]))

    with pytest.raises(InvalidInput) as refused:
        put("a", {"all": [BUYERS, {"not": leaf("segment", "in", ["b"])}]})

    assert [(error.field, error.code) for error in refused.value.errors] == [("rule", "circle")]


def test_a_rule_is_saved_with_who_and_why_or_refused_field_by_field() -> None:
    author = UserFactory()
    SegmentFactory(code="list")

    segment = put(name=" Покупатели ", name_en="Buyers", note="for the June letter", by=author)
    assert (segment.name, segment.name_en, segment.note, segment.created_by, segment.rule, segment.dirty_at) == (
        "Покупатели",
        "Buyers",
        "for the June letter",
        author,
        BUYERS,
        NOW,
    )
    for given, field in (
        ({"code": "rfm-x"}, "code"),
        ({"code": "ы"}, "code"),
        ({"code": "list"}, "code"),
        ({"is_new": True}, "code"),
        ({"name": " "}, "name"),
        ({"name_en": "x" * 201}, "name_en"),
        ({"note": "x" * 501}, "note"),
        ({"rule": {}}, "rule"),
    ):
        with pytest.raises(InvalidInput) as refused:
            put(**given)
        assert [error.field for error in refused.value.errors] == [field]


def test_what_is_used_is_not_put_away() -> None:
    inner = put("inner")
    outer = put("outer", leaf("segment", "in", ["inner"]))

    with pytest.raises(SegmentUsed) as refused:
        archive_segment(segment_id=inner.pk, by=None, now=NOW)
    assert len(refused.value.extra["uses"]) == 1
    archive_segment(segment_id=outer.pk, by=None, now=NOW)
    assert archive_segment(segment_id=inner.pk, by=None, now=NOW).archived_at == NOW
    with pytest.raises(WrongState):
        put("inner", leaf("vip", "yes"))
    assert rules_in_order() == []
    assert restore_segment(segment_id=inner.pk, by=None, now=LATER).dirty_at == LATER


def test_what_asks_for_a_segment_put_away_comes_back_after_it() -> None:
    inner = put("inner")
    outer = put("outer", leaf("segment", "in", ["inner"]))
    archive_segment(segment_id=outer.pk, by=None, now=NOW)
    archive_segment(segment_id=inner.pk, by=None, now=NOW)

    with pytest.raises(WrongState) as refused, override("en"):
        restore_segment(segment_id=outer.pk, by=None, now=LATER)
    assert refused.value.message == "First bring back what it asks for: inner."
    restore_segment(segment_id=inner.pk, by=None, now=LATER)
    assert restore_segment(segment_id=outer.pk, by=None, now=LATER).archived_at is None


def test_a_segment_of_the_map_has_only_a_name() -> None:
    of_map, _made = Segment.objects.get_or_create(code="rfm-lost", defaults={"name": "x", "kind": "rfm"})

    assert name_segment(segment_id=of_map.pk, name="Ушли", name_en="Gone", note="", by=None).name == "Ушли"
    with pytest.raises(WrongState):
        archive_segment(segment_id=of_map.pk, by=None, now=NOW)
    assert refresh_segment(segment_id=of_map.pk, now=NOW) == Refreshed()


def test_who_is_merged_leaves() -> None:
    one, survivor = CustomerFactory(), CustomerFactory()
    rfm(one)
    segment = put()
    refresh_segment(segment_id=segment.pk, now=NOW)
    Customer.objects.filter(pk=one.pk).update(merged_into=survivor, email=None)

    assert refresh_segment(segment_id=segment.pk, now=LATER) == Refreshed(left=1)


def test_a_rule_that_can_no_longer_be_read_keeps_its_members() -> None:
    segment = put()
    member = SegmentMembershipFactory(segment=segment).customer
    Segment.objects.filter(pk=segment.pk).update(rule={"field": "gone", "op": "yes"})

    assert refresh_segment(segment_id=segment.pk, now=NOW) == Refreshed()
    assert keys(segment) == {member.pk}


def listed(added: tuple[str, ...] = (), removed: tuple[str, ...] = (), code: str = "list") -> Segment:
    return put_segment(code=code, name="Список", added=added, removed=removed, now=NOW)


def test_a_list_takes_numbers_and_e_mails_and_tells_each_move_once() -> None:
    one, other, gone = CustomerFactory(email="one@shop.test"), CustomerFactory(), CustomerFactory()
    Customer.objects.filter(pk=gone.pk).update(merged_into=other, email=None)

    segment = listed(("One@shop.test", str(one.pk), f"0{one.pk}", str(gone.pk)))
    assert (keys(segment), moves(segment)) == ({one.pk, other.pk}, [(one.pk, True), (other.pk, True)])
    listed((), (str(gone.pk),))
    assert (keys(segment), moves(segment)[2:]) == ({one.pk}, [(other.pk, False)])
    assert set(StaleCustomer.objects.values_list("pk", flat=True)) == {one.pk, other.pk}


@pytest.mark.parametrize("typed", ["²", "1234567890", "0", "x", "nobody@shop.test"])
def test_a_list_refuses_who_is_not_there_and_changes_nothing(typed: str) -> None:
    one = CustomerFactory()
    segment = listed((str(one.pk),))

    with pytest.raises(InvalidInput) as refused:
        listed((typed,), (str(one.pk),))
    assert [(error.field, error.code) for error in refused.value.errors] == [("added", "unknown")]
    assert keys(segment) == {one.pk}


def test_nobody_who_was_forgotten_is_put_on_a_list() -> None:
    gone = CustomerFactory(email=None, phone=None, erased_at=NOW)

    with pytest.raises(InvalidInput):
        listed((str(gone.pk),))


def test_no_list_takes_a_code_of_the_map() -> None:
    with pytest.raises(InvalidInput) as refused:
        listed(code="rfm-mine")
    assert [(error.field, error.code) for error in refused.value.errors] == [("code", "invalid")]


def test_who_gets_an_account_is_looked_at_at_once() -> None:
    user = UserFactory(email="till@shop.test")
    known = CustomerFactory(email="till@shop.test")
    segment = put("accounts", leaf("reach", "in", ["account"]))

    join_account(user=user, is_confirmed=True, now=NOW)

    assert refresh_stale(now=NOW) == 1
    assert keys(segment) == {known.pk}
