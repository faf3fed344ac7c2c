"""Points for a whole segment: once for each member, whatever stops the worker (PT-4, PT-5)."""

from typing import Any

import pytest
from django.db import transaction

from loyalty_site.kernel.errors import InvalidInput, NotAllowed, NotFound, WrongState
from loyalty_site.kernel.transactions import in_transaction
from points import services
from points.models import Entry, Lot, SegmentGrant
from points.services import FactTaken
from points.tasks import carry_out_segment_grant, continue_segment_grants
from tests.factories import NOW, ProgrammeFactory, SegmentMembershipFactory, UserFactory
from tests.points.rows import day, segment_grant, untrue

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _every_test_ends_with_a_true_ledger(db: None) -> Any:
    yield
    assert untrue() == set()


def chunk(grant: SegmentGrant, limit: int) -> SegmentGrant:
    done = in_transaction(lambda: services.grant_chunk(grant_id=grant.pk, now=day(1), limit=limit))
    assert done is not None
    return done


def confirm(grant: SegmentGrant, by: Any) -> SegmentGrant:
    return in_transaction(lambda: services.confirm_segment_grant(grant_id=grant.pk, by=by, now=day(2)))


def refuse(grant: SegmentGrant, by: Any) -> SegmentGrant:
    return in_transaction(lambda: services.refuse_segment_grant(grant_id=grant.pk, by=by, now=day(2)))


def test_every_member_gets_a_lot_with_reason_and_author() -> None:
    by = UserFactory.create()
    grant = segment_grant(members=3, life_days=30, kind="compensation", by=by)
    carry_out_segment_grant(grant_id=grant.pk)
    grant.refresh_from_db()
    assert (grant.expected_count, grant.granted_count, grant.finished_at is not None) == (3, 3, True)
    lots = set(Lot.objects.values_list("kind", "amount", "remaining", "available_from"))
    assert lots == {("compensation", 100, 100, NOW)}
    assert {lot.expires_at.isoformat() for lot in Lot.objects.all()} == {"2026-07-10T21:00:00+00:00"}
    assert set(Entry.objects.values_list("kind", "reason", "author")) == {("earn", "A gift", by.pk)}


def test_chunks_go_on_where_a_killed_worker_stopped() -> None:
    grant = segment_grant(members=5)
    assert chunk(grant, 2).granted_count == 2
    with transaction.atomic():
        services.grant_chunk(grant_id=grant.pk, now=day(1), limit=2)
        # What a kill before the commit comes to.
        transaction.set_rollback(True)
    assert Lot.objects.count() == 2
    assert [chunk(grant, 2).granted_count for _round in range(3)] == [4, 5, 5]
    done = chunk(grant, 2)
    assert (done.granted_count, done.finished_at, Lot.objects.count()) == (5, day(1), 5)


def test_the_sweep_takes_up_what_was_begun_only(monkeypatch: pytest.MonkeyPatch) -> None:
    ProgrammeFactory.create(second_person_points=500)
    begun, _waits = segment_grant(members=2), segment_grant(members=6, fact="manual:large")
    told: list[int] = []
    monkeypatch.setattr(carry_out_segment_grant, "delay", lambda *, grant_id: told.append(grant_id))
    continue_segment_grants.run()
    carry_out_segment_grant(grant_id=begun.pk)
    continue_segment_grants.run()
    assert told == [begun.pk]


def test_the_same_form_sent_twice_is_one_grant() -> None:
    segment_id = segment_grant().segment_id
    assert segment_grant(segment_id=segment_id).pk == SegmentGrant.objects.get().pk
    for other in ({"amount": 101}, {"reason": "Another"}, {"life_days": 5}, {"kind": "compensation"}):
        with pytest.raises(FactTaken):
            segment_grant(segment_id=segment_id, **other)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"members": 0}, "segment"),
        ({"segment_id": 0}, "segment"),
        ({"amount": 0}, "amount"),
        ({"reason": " "}, "reason"),
        ({"life_days": 0}, "life_days"),
        ({"life_days": 3651}, "life_days"),
    ],
)
def test_a_wrong_grant_is_refused(given: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        segment_grant(**given)
    assert [error.field for error in refusal.value.errors] == [field]
    assert SegmentGrant.objects.count() == 0


def test_a_large_total_waits_for_a_second_person() -> None:
    ProgrammeFactory.create(second_person_points=299)
    author, other = UserFactory.create(), UserFactory.create()
    grant = segment_grant(members=3, by=author)
    carry_out_segment_grant(grant_id=grant.pk)
    assert (grant.waits, Lot.objects.count()) == (True, 0)
    with pytest.raises(NotAllowed) as refusal:
        confirm(grant, author)
    assert refusal.value.code == "second_person_required"
    assert confirm(grant, other).starts_at == day(2)
    carry_out_segment_grant(grant_id=grant.pk)
    assert set(Lot.objects.values_list("remaining", "available_from")) == {(100, day(2))}
    assert Lot.objects.count() == 3
    for again in (confirm, refuse):
        with pytest.raises(WrongState):
            again(grant, other)


def test_a_total_at_the_threshold_starts_at_once() -> None:
    ProgrammeFactory.create(second_person_points=300)
    assert segment_grant(members=3).starts_at == NOW


def test_a_refused_grant_gives_nothing_for_good() -> None:
    ProgrammeFactory.create(second_person_points=1)
    author = UserFactory.create()
    grant = refuse(segment_grant(by=author), author)
    carry_out_segment_grant(grant_id=grant.pk)
    assert (grant.waits, grant.starts_at, Lot.objects.count()) == (False, None, 0)


def test_a_grant_nobody_knows_is_not_found() -> None:
    for verb in (services.confirm_segment_grant, services.refuse_segment_grant):
        with pytest.raises(NotFound):
            in_transaction(lambda verb=verb: verb(grant_id=0, by=UserFactory.create(), now=NOW))


def test_who_joins_while_it_runs_gets_his_too_and_nobody_twice() -> None:
    grant = segment_grant(members=2)
    chunk(grant, 1)
    SegmentMembershipFactory.create(segment=grant.segment)
    carry_out_segment_grant(grant_id=grant.pk)
    assert Lot.objects.values("account").distinct().count() == Lot.objects.count() == 3


def test_database_refuses_an_author_who_is_the_second_person_too() -> None:
    grant = segment_grant(by=(author := UserFactory.create()))
    with pytest.raises(Exception, match="points_grant_second_person"), transaction.atomic():
        SegmentGrant.objects.filter(pk=grant.pk).update(decided_by=author, decided_at=NOW)
