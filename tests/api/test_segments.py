"""Segments and who is in them, as a shop's own systems read them (CU-8)."""

from datetime import timedelta
from typing import Any

import pytest

from customers.models import Customer, Segment
from customers.queries import members
from tests.api.conftest import Api, problem
from tests.customers.segment_rows import leaf, rfm
from tests.factories import NOW, CustomerFactory, SegmentFactory, SegmentMembershipFactory

pytestmark = pytest.mark.django_db
RULE: dict[str, Any] = {"kind": "rule", "rule": leaf("vip", "yes")}


def people() -> list[Customer]:
    """A champion, a VIP who bought once, one without purchases, and one who was merged into the first."""
    first, once, nobody, gone = (CustomerFactory.create() for _ in range(4))
    rfm(first, segment="champions", orders=3)
    rfm(once, segment="new", orders=1, is_vip=True)
    rfm(gone, segment="champions", orders=1, is_vip=True)
    Customer.objects.filter(pk=gone.pk).update(merged_into=first, email=None)
    return [first, once, nobody, gone]


def test_segments_of_all_kinds_say_how_many_are_in_them(api: Api) -> None:
    first, _once, nobody, gone = people()
    listed = SegmentFactory.create(code="by-hand", name="Список")
    for customer in (first, nobody, gone):
        SegmentMembershipFactory.create(segment=listed, customer=customer)
    SegmentFactory.create(code="fresh", name="Новое", **RULE)
    SegmentFactory.create(code="rule", name="Правило", members_count=7, refreshed_at=NOW, **RULE)
    SegmentFactory.create(code="away", archived_at=NOW)

    found = api.get("segments").json()

    mine = [row for row in found["results"] if not row["code"].startswith("rfm-")]
    assert mine == [
        {"code": "rule", "name": "Правило", "kind": "rule", "members_count": 7, "refreshed_at": NOW.isoformat()},
        {"code": "fresh", "name": "Новое", "kind": "rule", "members_count": None, "refreshed_at": None},
        {"code": "by-hand", "name": "Список", "kind": "list", "members_count": 2, "refreshed_at": None},
    ]
    of_map = {
        row["code"]: row["members_count"] for row in found["results"] if row["kind"] == "rfm" and row["members_count"]
    }
    assert of_map == {"rfm-champions": 1, "rfm-new": 1, "rfm-starter": 1, "rfm-vip": 1}
    assert (found["next"], found["previous"]) == (None, None)
    for row in Segment.objects.filter(archived_at=None).exclude(kind="rule"):
        assert members(row).count() == of_map.get(row.code, 2 if row.code == "by-hand" else 0)


def test_customers_of_a_segment_come_by_pages_newest_first(api: Api) -> None:
    first, once, nobody, gone = people()
    listed = SegmentFactory.create(code="by-hand")
    Customer.objects.filter(pk=nobody.pk).update(external_id="shop-3")
    for customer in (first, once, nobody, gone):
        SegmentMembershipFactory.create(segment=listed, customer=customer)

    page = api.get("segments/by-hand/customers?limit=2").json()

    assert page["results"] == [
        {"id": str(nobody.public_id), "external_id": "shop-3"},
        {"id": str(once.public_id), "external_id": None},
    ]
    after = api.get(page["next"].partition("/api/v1/")[2]).json()
    assert after["results"] == [{"id": str(first.public_id), "external_id": None}]
    assert after["next"] is None
    assert [row["id"] for row in api.get("segments/rfm-vip/customers").json()["results"]] == [str(once.public_id)]
    assert [row["id"] for row in api.get("segments/rfm-starter/customers").json()["results"]] == [str(once.public_id)]
    assert api.get("segments/rfm-lost/customers").json()["results"] == []


def test_a_segment_that_is_put_away_or_never_was_is_not_found(api: Api) -> None:
    SegmentFactory.create(code="away", archived_at=NOW + timedelta(days=1))
    assert problem(api.get("segments/away/customers")) == (404, "not_found")
    assert problem(api.get("segments/nothing/customers")) == (404, "not_found")


@pytest.mark.parametrize("rows", [1, 3])
def test_both_lists_ask_as_often_for_one_row_as_for_three(api: Api, rows: int, django_assert_num_queries: Any) -> None:
    Segment.objects.filter(kind="rfm").exclude(code__in=("rfm-vip", "rfm-starter", "rfm-lost")[:rows]).delete()
    listed = SegmentFactory.create_batch(rows)[0]
    SegmentFactory.create_batch(rows, **RULE)
    SegmentMembershipFactory.create_batch(rows, segment=listed)

    # The key, and the page. The customers ask for the segment first.
    with django_assert_num_queries(2):
        assert len(api.get("segments").json()["results"]) == 3 * rows
    with django_assert_num_queries(3):
        assert len(api.get(f"segments/{listed.code}/customers").json()["results"]) == rows
