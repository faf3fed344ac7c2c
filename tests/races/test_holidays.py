"""Holiday bonuses given by many workers at once, and by one that is killed in mid-chunk (CU-9)."""

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import partial
from multiprocessing import get_context
from typing import Any

import pytest
from django.db import connection, connections

from customers.models import Customer
from customers.services import merge_customers
from loyalty_site.kernel.transactions import in_transaction
from notifications.models import OutboxMessage
from points.models import Lot, Occasion, OccasionGift
from points.services import give_chunk, grants, merge, open_account
from tests.factories import CustomerFactory, OccasionFactory
from tests.points.rows import offenders
from tests.races.crowd import crowd, dawdle, until_somebody_waits
from tests.races.points_business import deadlocks

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

WORKERS, PEOPLE, CHUNK, CONTROL = 16, 60, 7, 4
UNIQUE = ["points_gift_once_a_year", "points_lot_fact_once", "points_entry_fact_once"]
DAY = date(2026, 6, 12)
NOW = datetime(2026, 6, 12, 9, tzinfo=UTC)


@pytest.fixture
def occasion() -> Occasion:
    """For everybody, on one day."""
    CustomerFactory.create_batch(PEOPLE)
    found: Occasion = OccasionFactory.create(kind="public", holiday="russia")
    return found


def rounds(occasion_id: int) -> int:
    """One worker's round: chunk after chunk, until nobody is left or another is at it."""
    given, after = 0, 0
    while True:
        chunk = in_transaction(partial(give_chunk, occasion_id=occasion_id, day=DAY, now=NOW, after=after, limit=CHUNK))
        if chunk is None or chunk.last_id is None:
            return given + (chunk.customers if chunk else 0)
        given, after = given + chunk.customers, chunk.last_id


def counted() -> tuple[int, int, int]:
    return OccasionGift.objects.count(), Lot.objects.count(), OutboxMessage.objects.count()


def test_sixteen_workers_and_three_rounds_give_once(occasion: Occasion) -> None:
    before = deadlocks()
    for _beat in range(3):
        answers = crowd(lambda _number: str(rounds(occasion.pk)), WORKERS, workers=WORKERS)
        assert all(answer.isdigit() for answer in answers), answers
    rounds(occasion.pk)
    assert counted() == (PEOPLE, PEOPLE, PEOPLE)
    assert offenders() <= {"points_expired_on_time"}
    assert deadlocks() == before


def test_a_worker_killed_in_the_middle_of_a_chunk_leaves_nothing_half_done(occasion: Occasion) -> None:
    in_transaction(partial(give_chunk, occasion_id=occasion.pk, day=DAY, now=NOW, limit=CHUNK))
    connections.close_all()
    context = get_context("fork")
    written = context.Event()
    worker = context.Process(target=_killed, args=(occasion.pk, written))
    worker.start()
    assert written.wait(20)
    os.kill(worker.pid or 0, signal.SIGKILL)
    worker.join()
    deadline = time.monotonic() + 20
    while not _is_free(occasion.pk) and time.monotonic() < deadline:
        dawdle(0.05)
    assert counted() == (CHUNK, CHUNK, CHUNK)
    rounds(occasion.pk)
    assert counted() == (PEOPLE, PEOPLE, PEOPLE)
    assert offenders() <= {"points_expired_on_time"}


def _killed(occasion_id: int, written: Any) -> None:
    """Writes a chunk and never commits it."""

    def work() -> None:
        give_chunk(occasion_id=occasion_id, day=DAY, now=NOW, limit=CHUNK)
        written.set()
        # Waiting on its own side: a server that sleeps notices late that nobody is there any more.
        signal.pause()

    in_transaction(work)


def _is_free(occasion_id: int) -> bool:
    """The server has noticed that the killed worker is gone."""
    return in_transaction(lambda: Occasion.objects.select_for_update(skip_locked=True).filter(pk=occasion_id).exists())


@pytest.fixture
def _without_guards(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No lock on the occasion and no unique keys; all have chosen before the first of them gives."""
    gate, give = get_context("fork").Barrier(CONTROL), grants._grant

    def together(*args: Any) -> int:
        gate.wait(30)
        return give(*args)

    monkeypatch.setattr(grants, "_grant", together)
    monkeypatch.setattr(Occasion.objects, "select_for_update", lambda **_given: Occasion.objects.all())
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE indexname = ANY(%s)", [UNIQUE])
        unique = list(cursor.fetchall())
    run(*(f'DROP INDEX "{name}"' for name, _definition in unique))
    yield
    run(
        "SET loyalty.may_truncate = 'on'",
        "TRUNCATE points_entry, points_lot, points_occasiongift",
        *(definition for _name, definition in unique),
    )


@pytest.mark.usefixtures("_without_guards")
def test_control_without_the_guards_gives_as_often_as_there_are_workers(occasion: Occasion) -> None:
    def attempt(_number: int) -> str:
        work = partial(give_chunk, occasion_id=occasion.pk, day=DAY, now=NOW)
        found = in_transaction(work)
        return str(found and found.customers)

    # An account that somebody is opening would hold the others before they have chosen.
    for key in Customer.objects.values_list("pk", flat=True):
        in_transaction(partial(open_account, customer_id=key, now=NOW))
    assert crowd(attempt, CONTROL, workers=CONTROL) == Counter({str(PEOPLE): CONTROL})
    assert OccasionGift.objects.count() == CONTROL * PEOPLE
    assert "points_gift_once_a_year" in offenders()


def test_a_gift_given_while_its_customer_is_merged_is_the_survivors(occasion: Occasion) -> None:
    assert given_after_a_merge_beside_the_worker(occasion) == 0
    assert offenders() <= {"points_expired_on_time"}


def test_control_a_merge_that_looks_at_gifts_before_it_waits_lets_one_person_have_two(
    occasion: Occasion, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened_later(sql: str, *given: Any, **params: Any) -> int:
        merge.moved_where(given[0], "points_occasiongift", merge.NOT_HAD)
        monkeypatch.setattr(merge, "moved_where", lambda *_given: 0)
        return run_of(sql, *given, **params)

    run_of = merge.run
    monkeypatch.setattr(merge, "run", opened_later)
    assert given_after_a_merge_beside_the_worker(occasion) == 1


def given_after_a_merge_beside_the_worker(occasion: Occasion) -> int:
    """The newer record's gift is not committed when the merge begins. How many more the one person gets after it."""
    older, newer = CustomerFactory.create_batch(2)
    for customer in (older, newer):
        in_transaction(partial(open_account, customer_id=customer.pk, now=NOW))
    rounds_before = partial(give_chunk, occasion_id=occasion.pk, day=DAY, now=NOW, limit=PEOPLE)
    in_transaction(rounds_before)
    given = get_context("fork").Barrier(2)
    values: dict[str, Any] = {"kept": {}, "reason": "one person", "by": None, "now": NOW}

    def give() -> None:
        give_chunk(occasion_id=occasion.pk, day=DAY, now=NOW, after=older.pk)
        given.wait(timeout=60)
        until_somebody_waits()

    def attempt(number: int) -> str:
        if number == 0:
            in_transaction(give)
        else:
            given.wait(timeout=60)
            in_transaction(lambda: merge_customers(first_id=older.pk, second_id=newer.pk, **values))
        return "done"

    assert crowd(attempt, 2, workers=2) == Counter(done=2)
    return rounds(occasion.pk)


def run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
