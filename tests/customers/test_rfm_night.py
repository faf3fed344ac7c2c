"""The night's reckoning: everybody at once, once a day, only what differs (CU-7)."""

from datetime import date

import pytest
from django.db import connection
from django.utils import timezone

from customers.models import Customer, Programme, Rfm, RfmMove, RfmRun, Segment
from customers.services import RfmDayPast, reckon_rfm
from customers.services.rfm_run import begin_rfm_run, note_rfm_chunk, reckon_rfm_chunk, refresh_late
from loyalty_site.kernel.transactions import in_transaction
from tests.customers.rfm_rows import day, moves
from tests.factories import CustomerFactory, PurchaseFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate(day(0))


def people(count: int = 10) -> list[Customer]:
    """The first has bought once, 10 roubles, that many days ago; the last `count` times, today."""
    found = [CustomerFactory.create() for _ in range(count)]
    for number, customer in enumerate(found, start=1):
        for piece in range(number):
            PurchaseFactory.create(customer=customer, paid_at=day(number - count - piece), goods_amount=10)
    return found


def night(on: float = 0) -> RfmRun:
    return in_transaction(lambda: reckon_rfm(now=day(on)))


def scores() -> list[tuple[int, int, int, str]]:
    return list(Rfm.objects.order_by("customer").values_list("r", "f", "m", "segment"))


def test_night_places_everybody_by_quantiles_without_a_move() -> None:
    people()

    run = night()

    assert (run.day, run.customers_count, run.moved_count, run.window_days) == (TODAY, 10, 0, 365)
    assert (run.recency_cuts, run.frequency_cuts) == ([1, 3, 5, 7], [2, 4, 6, 8])
    assert (run.monetary_cuts, run.vip_from) == ([20, 40, 60, 80], 100)
    assert (run.started_at, run.finished_at) == (day(0), day(0))
    assert scores() == [
        (1, 1, 1, "lost"),
        (1, 1, 1, "lost"),
        (2, 2, 2, "hibernating"),
        (2, 2, 2, "hibernating"),
        (3, 3, 3, "need_attention"),
        (3, 3, 3, "need_attention"),
        (4, 4, 4, "loyal"),
        (4, 4, 4, "loyal"),
        (5, 5, 5, "champions"),
        (5, 5, 5, "champions"),
    ]
    assert list(Rfm.objects.filter(is_vip=True).values_list("monetary", flat=True)) == [100]
    assert RfmMove.objects.count() == 0


def test_night_again_on_the_same_day_changes_nothing() -> None:
    people(3)
    first = night()
    PurchaseFactory.create(customer=CustomerFactory.create(), paid_at=day(0))

    assert night(0.1) == first
    assert (Rfm.objects.count(), RfmRun.objects.count()) == (3, 1)


def test_night_never_goes_back_to_an_earlier_day() -> None:
    night()
    with pytest.raises(RfmDayPast):
        night(-1)


def test_next_night_writes_only_who_differs_and_says_who_moved() -> None:
    found = people(5)
    night()
    PurchaseFactory.create(customer=found[0], paid_at=day(0.5), goods_amount=1)
    newcomer = CustomerFactory.create()
    PurchaseFactory.create(customer=newcomer, paid_at=day(0.5), goods_amount=1)

    run = night(1)

    assert moves(found[0]) == [("lost", "new", "night")]
    assert moves(newcomer) == [("", "new", "night")]
    assert run.moved_count == RfmMove.objects.count()
    row = Rfm.objects.get(customer=found[0])
    assert (row.since, row.changed_at) == (day(1), day(1))


def test_a_night_after_which_everybody_is_where_he_was_writes_nothing() -> None:
    """All are a day older, and so are the cuts."""
    people()
    night()

    run = night(1)

    assert (run.recency_cuts, run.moved_count) == ([2, 4, 6, 8], 0)
    assert set(Rfm.objects.values_list("since", "changed_at")) == {(day(0), day(0))}


def test_who_is_never_seen_again_falls_out_of_the_window() -> None:
    customer, other = CustomerFactory.create(), CustomerFactory.create()
    PurchaseFactory.create(customer=customer, paid_at=day(0))
    night()
    PurchaseFactory.create(customer=other, paid_at=day(365))

    night(366)

    assert (moves(customer), moves(other)) == ([("new", "lost", "night")], [("", "new", "night")])
    assert Rfm.objects.get(customer=customer).frequency == 0


def test_rows_without_purchases_go_away_at_night() -> None:
    [customer] = people(1)
    night()
    customer.purchases.all().delete()

    night(1)

    assert Rfm.objects.count() == 0
    assert moves(customer) == [("new", "", "night")]


def test_night_of_a_shop_that_has_sold_nothing() -> None:
    run = night()
    assert (run.customers_count, run.recency_cuts, run.monetary_cuts, run.vip_from) == (0, [], [], None)


@pytest.mark.parametrize(
    ("percent", "amount", "vips"),
    [(10, None, [100]), (20, None, [90, 100]), (0, None, []), (0, 80, [80, 90, 100]), (5, 0, list(range(10, 101, 10)))],
)
def test_vip_is_a_share_or_a_sum(percent: int, amount: int | None, vips: list[int]) -> None:
    Programme.objects.update_or_create(pk=1, defaults={"rfm_vip_percent": percent, "rfm_vip_amount": amount})
    people()

    night()

    assert list(Rfm.objects.filter(is_vip=True).order_by("monetary").values_list("monetary", flat=True)) == vips


def test_nobody_is_vip_for_nothing() -> None:
    PurchaseFactory.create(customer=CustomerFactory.create(), paid_at=day(0), goods_amount=0)
    night()
    assert list(Rfm.objects.values_list("orders", "is_vip")) == [(1, False)]


def test_window_is_the_programmes() -> None:
    Programme.objects.update_or_create(pk=1, defaults={"rfm_window_days": 4})
    people(10)
    assert night().window_days == 4
    assert list(Rfm.objects.order_by("customer").values_list("frequency", flat=True)) == [0, 0, 0, 0, 0, 1, 2, 3, 4, 5]


def test_a_finished_night_has_rules_worked_out_anew() -> None:
    rule = Segment.objects.create(code="r", name="r", kind="rule", rule={"all": []})
    night()
    assert list(Segment.objects.exclude(dirty_at=None).values_list("pk", "dirty_at")) == [(rule.pk, day(0))]


def chunked(*, limit: int, on: float = 0, upto: int = 1_000) -> RfmRun:
    """At most `upto` chunks of so many customers."""

    def work() -> RfmRun:
        run = begin_rfm_run(now=day(on))
        for _ in range(upto):
            if run.finished_at:
                break
            chunk = reckon_rfm_chunk(run_id=run.pk, now=day(on), limit=limit)
            assert refresh_late(run_id=run.pk, customer_ids=chunk.late, now=day(on)) == []
            run = note_rfm_chunk(run_id=run.pk, last_id=chunk.last_id, now=day(on))
        return run

    return in_transaction(work)


@pytest.mark.parametrize("limit", [1, 3, 10, 11])
def test_chunks_give_what_one_go_gives(limit: int) -> None:
    people()
    chunked(limit=limit)
    in_chunks = scores()
    RfmRun.objects.all().delete()
    Rfm.objects.all().delete()

    night()

    assert scores() == in_chunks


def test_a_stopped_night_goes_on_where_it_was() -> None:
    people()
    stopped = chunked(limit=3, upto=2)
    assert (stopped.finished_at, Rfm.objects.count()) == (None, 6)

    run = night(0.2)

    assert (run.pk, run.finished_at, len(scores())) == (stopped.pk, day(0.2), 10)


@pytest.mark.parametrize("loss", ["DELETE FROM customers_rfm_figures", "DROP TABLE customers_rfm_figures"])
def test_figures_lost_in_a_crash_are_made_again(loss: str) -> None:
    people()
    chunked(limit=3, upto=2)
    with connection.cursor() as cursor:
        cursor.execute(loss)

    run = night(0.2)

    assert (run.customers_count, len(scores())) == (10, 10)


def test_a_night_left_unfinished_is_overtaken_by_the_next() -> None:
    people()
    chunked(limit=3, upto=2)

    run = night(1)

    assert (run.day, Rfm.objects.count()) == (date(2026, 6, 11), 10)
    assert list(RfmRun.objects.order_by("day").values_list("finished_at", flat=True)) == [None, day(1)]


def test_a_purchase_between_figures_and_chunk_wins() -> None:
    from tests.customers.test_rfm import buy

    found = people(3)
    in_transaction(lambda: begin_rfm_run(now=day(0)))
    buy(found[0], 500, ref="order:1")
    newcomer = CustomerFactory.create()
    buy(newcomer, 500, ref="order:2")

    night()

    assert list(Rfm.objects.filter(customer=found[0]).values_list("orders", "spent")) == [(2, 510)]
    assert list(Rfm.objects.filter(customer=newcomer).values_list("orders", "spent")) == [(1, 500)]
