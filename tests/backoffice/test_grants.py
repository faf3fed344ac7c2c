"""Points for a segment, in the back office: looked at before they are given, confirmed, watched."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Segment
from points.models import SegmentGrant
from tests.factories import ProgrammeFactory, SegmentFactory, SegmentMembershipFactory
from tests.points.rows import segment_grant

NEW = "admin:points_segmentgrant_add"


@pytest.fixture
def segment() -> Segment:
    segment = SegmentFactory.create(name="Asleep")
    SegmentMembershipFactory.create_batch(3, segment=segment)
    return segment


def typed(segment: Segment, button: str) -> dict[str, Any]:
    fields = {"fact": "manual:" + "b" * 32, "amount": "100", "kind": "manual", "life_days": "", "reason": "Come back"}
    return fields | {"segment": str(segment.pk), button: "1"}


def decide(client: Client, grant: SegmentGrant, verb: str) -> int:
    client.post(reverse(f"admin:points_segmentgrant_{verb}", args=[grant.pk]))
    return client.get(reverse("admin:points_segmentgrant_page", args=[grant.pk])).status_code


def test_preview_tells_what_it_comes_to_and_gives_nothing(manager: Client, segment: Segment) -> None:
    ProgrammeFactory.create(point_value="0.50", second_person_points=299)
    preview = manager.post(reverse(NEW), typed(segment, "_preview")).context["preview"]
    assert (preview["count"], preview["money"], preview["waits"]) == (3, 150, True)
    assert SegmentGrant.objects.count() == 0


def test_points_are_given_once_however_often_the_form_is_sent(manager: Client, staff: Any, segment: Segment) -> None:
    answers = [manager.post(reverse(NEW), typed(segment, "_give")) for _time in range(2)]
    grant = SegmentGrant.objects.get()
    page = reverse("admin:points_segmentgrant_page", args=[grant.pk])
    assert [answer["Location"] for answer in answers] == [page, page]
    assert (grant.amount, grant.expected_count, grant.asked_by, grant.waits) == (100, 3, staff("manager"), False)


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"amount": "0"}, "amount"),
        ({"reason": ""}, "reason"),
        ({"life_days": "3651"}, "life_days"),
        ({"kind": "purchase"}, "kind"),
        ({"segment": "0"}, "segment"),
        ({"fact": "x"}, "fact"),
    ],
)
def test_a_wrong_grant_is_told_beside_its_field(
    other: dict[str, str], field: str, manager: Client, segment: Segment
) -> None:
    answer = manager.post(reverse(NEW), typed(segment, "_give") | other)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert SegmentGrant.objects.count() == 0


def test_an_empty_segment_is_told(manager: Client) -> None:
    empty = SegmentFactory.create()
    assert manager.post(reverse(NEW), typed(empty, "_preview")).context["preview"]["count"] == 0
    answer = manager.post(reverse(NEW), typed(empty, "_give"))
    assert answer.context["form"].errors == {"segment": ["Nobody is in this segment."]}


def test_the_author_waits_for_somebody_else(manager: Client, as_role: Any, segment: Segment) -> None:
    ProgrammeFactory.create(second_person_points=1)
    manager.post(reverse(NEW), typed(segment, "_give"))
    grant = SegmentGrant.objects.get()
    page = manager.get(reverse("admin:points_segmentgrant_page", args=[grant.pk]))
    assert (page.context["may_confirm"], page.context["may_refuse"]) == (False, True)
    administrator = as_role("administrator")
    assert administrator.get(reverse("admin:index")).context["grants"] == 1
    decide(manager, grant, "confirm")
    grant.refresh_from_db()
    assert grant.waits
    decide(administrator, grant, "confirm")
    grant.refresh_from_db()
    assert grant.starts_at is not None


def test_support_and_marketers_neither_ask_nor_decide(as_role: Any, segment: Segment) -> None:
    ProgrammeFactory.create(second_person_points=1)
    grant = segment_grant()
    for role in ("support", "marketer"):
        client = as_role(role)
        refused = [
            client.post(reverse(NEW), typed(segment, "_give")).status_code,
            client.post(reverse("admin:points_segmentgrant_confirm", args=[grant.pk])).status_code,
            client.post(reverse("admin:points_segmentgrant_refuse", args=[grant.pk])).status_code,
        ]
        assert refused == [403, 403, 403]
    assert SegmentGrant.objects.get().waits


def test_progress_is_polled(manager: Client) -> None:
    grant = segment_grant(members=3)
    answer = manager.get(reverse("admin:points_segmentgrant_progress", args=[grant.pk]))
    assert answer.json() == {"made": 0, "text": "0 of 3", "is_finished": False}


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_as_many_queries_for_any_number(count: int, manager: Client, django_assert_num_queries: Any) -> None:
    for number in range(count):
        segment_grant(fact=f"manual:{number}")
    with django_assert_num_queries(6):
        manager.get(reverse("admin:points_segmentgrant_changelist"))
