"""Payments beside the night's reckoning (CU-7): the later knowledge wins, nobody waits, and a night is one night.

Two controls show what the guards are for: without the versions of rows a night forgets the purchase that came between,
without `SKIP LOCKED` it waits for a payment that is still open.
"""

import multiprocessing
import os
import signal
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError, connections
from django.utils import timezone

from customers.models import Customer, Purchase, Rfm, RfmMove, RfmRun
from customers.nightly import reckon_rfm_day
from customers.services import record_purchase, rfm_run
from loyalty_site.kernel.transactions import in_transaction
from orders.services.locking import lock_customers
from tests.customers.rfm_rows import day
from tests.customers.test_rfm import buy
from tests.customers.test_rfm_invariants import offenders
from tests.customers.test_rfm_night import people
from tests.factories import CustomerFactory
from tests.races.crowd import crowd, dawdle
from tests.races.points_business import deadlocks

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

TODAY = timezone.localdate(day(0))


@pytest.fixture
def _no_deadlock() -> Iterator[None]:
    before = deadlocks()
    yield
    assert deadlocks() == before


def pay(customer: Customer, ref: str, *, meanwhile: Any = None, on: float = 0) -> str:
    def work() -> str:
        lock_customers([customer.pk])
        record_purchase(
            customer_id=customer.pk, ref=ref, channel="site", goods_amount=1000, discount_amount=0, now=day(on)
        )
        if meanwhile:
            meanwhile()
        return "paid"

    return in_transaction(work)


@pytest.mark.usefixtures("_no_deadlock")
def test_payments_beside_the_night_are_all_counted() -> None:
    """Twelve old customers and twelve new ones pay five times each while nights follow each other."""
    buyers = [*people(12), *(CustomerFactory.create() for _ in range(12))]

    def attempt(number: int) -> str:
        if number % 8 < 2:
            return "reckoned" if reckon_rfm_day(TODAY, again=True, limit=5) else "another"
        return pay(buyers[number // 8 * 6 % 24 + number % 8 - 2], f"race:{number}", meanwhile=lambda: dawdle(0.01))

    answers = crowd(attempt, 160, workers=8)

    assert (answers["paid"], answers["reckoned"] + answers["another"]) == (120, 40)
    assert offenders() == set()
    assert Rfm.objects.count() == 24
    assert RfmRun.objects.get().finished_at


def test_a_purchase_paid_after_the_figures_were_taken_is_kept() -> None:
    assert orders_after_a_purchase_between() == [2]


def test_control_without_versions_the_purchase_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    blind = rfm_run.APPLY.replace("old.version IS DISTINCT FROM new.version", "false")
    blind = blind.replace("AND o.xmin = faced.version", "")
    monkeypatch.setattr(rfm_run, "APPLY", blind)
    assert orders_after_a_purchase_between() == [1]


def orders_after_a_purchase_between() -> list[int]:
    customer = CustomerFactory.create()
    buy(customer, 10, ref="order:1")
    in_transaction(lambda: rfm_run.begin_rfm_run(now=day(0)))
    buy(customer, 10, ref="order:2")
    reckon_rfm_day(TODAY)
    return list(Rfm.objects.values_list("orders", flat=True))


def test_night_waits_for_no_open_payment() -> None:
    assert chunk_beside_an_open_payment() == Counter({"paid": 1, "late": 1})
    assert list(Rfm.objects.values_list("orders", flat=True)) == [2]
    assert offenders() == set()


def test_control_without_skipping_the_night_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rfm_run, "APPLY", rfm_run.APPLY.replace("SKIP LOCKED", ""))
    assert chunk_beside_an_open_payment() == Counter({"paid": 1, "waited": 1})


def chunk_beside_an_open_payment() -> Counter[str]:
    """One process pays and does not commit until the other's chunk is through."""
    customer = CustomerFactory.create()
    buy(customer, 10, ref="order:1")
    run = in_transaction(lambda: rfm_run.begin_rfm_run(now=day(0)))
    paying, through = (multiprocessing.get_context("fork").Barrier(2) for _ in range(2))

    def open_payment() -> None:
        paying.wait()
        through.wait()

    def attempt(number: int) -> str:
        if number:
            return pay(customer, "order:2", meanwhile=open_payment)
        paying.wait()
        try:
            chunk = in_transaction(lambda: rfm_run.reckon_rfm_chunk(run_id=run.pk, now=day(0)))
        except OperationalError:
            return "waited"
        finally:
            through.wait()
        in_transaction(lambda: rfm_run.refresh_late(run_id=run.pk, customer_ids=chunk.late, now=day(0), waits=True))
        in_transaction(lambda: rfm_run.note_rfm_chunk(run_id=run.pk, last_id=chunk.last_id, now=day(0)))
        return "late" if chunk.late == [customer.pk] else "missed"

    return crowd(attempt, 2, workers=2)


@pytest.mark.usefixtures("_no_deadlock")
def test_three_beats_at_once_reckon_one_night() -> None:
    people(12)
    reckon_rfm_day(TODAY, limit=5)
    Purchase.objects.all().update(goods_amount=5)
    tomorrow = timezone.localdate(day(1))

    answers = crowd(lambda _number: str(reckon_rfm_day(tomorrow, limit=2) is not None), 9, workers=3)

    assert answers["True"] >= 1
    assert RfmRun.objects.filter(day=tomorrow, finished_at__isnull=False).count() == 1
    assert set(Rfm.objects.values_list("m", flat=True)) == {1, 2, 3, 4, 5}
    assert offenders() == set()


def test_a_night_killed_midway_ends_as_if_it_had_not_been() -> None:
    found = people(12)
    reckon_rfm_day(TODAY, limit=5)
    for customer in found[:6]:
        pay(customer, f"late:{customer.pk}", on=1)
    tomorrow = timezone.localdate(day(1))

    killed_in_the_third_chunk(limit=2, on=1)
    assert RfmRun.objects.get(day=tomorrow).finished_at is None
    reckon_rfm_day(tomorrow, limit=2)
    after_the_kill = told()
    reckon_rfm_day(tomorrow, again=True)

    assert told() == after_the_kill
    assert offenders() == set()


def told() -> list[tuple[Any, ...]]:
    rows = Rfm.objects.order_by("pk").values_list("pk", "orders", "spent", "r", "f", "m", "segment", "is_vip", "since")
    return [*rows, *RfmMove.objects.order_by("pk").values_list("customer", "from_segment", "to_segment", "moved_at")]


def killed_in_the_third_chunk(*, limit: int, on: float) -> None:
    connections.close_all()
    context = multiprocessing.get_context("fork")
    is_there, never = context.Event(), context.Event()

    def work() -> None:
        run = in_transaction(lambda: rfm_run.begin_rfm_run(now=day(on)))
        for _ in range(2):
            chunk = in_transaction(lambda: rfm_run.reckon_rfm_chunk(run_id=run.pk, now=day(on), limit=limit))
            last = chunk.last_id
            in_transaction(lambda last=last: rfm_run.note_rfm_chunk(run_id=run.pk, last_id=last, now=day(on)))
        in_transaction(lambda: stuck(run.pk))

    def stuck(run_id: int) -> None:
        rfm_run.reckon_rfm_chunk(run_id=run_id, now=day(on), limit=limit)
        is_there.set()
        never.wait(60)

    victim = context.Process(target=work)
    victim.start()
    assert is_there.wait(30)
    assert victim.pid is not None
    os.kill(victim.pid, signal.SIGKILL)
    victim.join()
