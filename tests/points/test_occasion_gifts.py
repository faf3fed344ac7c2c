"""Holiday bonuses: once per customer, occasion and year, whatever happens to the worker or to a birthday (CU-9)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from customers.models import Customer
from loyalty_site.kernel.transactions import in_transaction
from notifications.models import OutboxMessage
from points import services
from points.models import Entry, Lot, OccasionGift, PointsAccount
from points.queries import due_occasions, fresh_gift
from points.tasks import give_holiday_bonuses
from tests.factories import NOW, CustomerFactory, OccasionFactory, SegmentFactory, SegmentMembershipFactory
from tests.points.rows import earn, sums, take_back, untrue

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _every_test_ends_with_a_true_ledger(db: None) -> Any:
    yield
    assert untrue() == set()


def at(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def give(now: datetime, *, limit: int = 100) -> int:
    """What the worker does on its round."""
    given = 0
    for occasion_id, day in due_occasions(now=now):
        after: int | None = 0
        while after is not None:
            chunk = give_one(occasion_id, day, now, after, limit)
            given, after = given + chunk.customers, chunk.last_id
    return given


def give_one(occasion_id: int, day: date, now: datetime, after: int, limit: int) -> services.Granted:
    found = in_transaction(
        lambda: services.give_chunk(occasion_id=occasion_id, day=day, now=now, after=after, limit=limit)
    )
    assert found is not None
    return found


def born(month: int, day: int, **given: Any) -> Customer:
    return CustomerFactory.create(birthday=date(1988, month, day), registered_at=NOW - timedelta(days=400), **given)


def days_of(customer: Customer) -> list[date]:
    return list(customer.occasion_gifts.order_by("day").values_list("day", flat=True))


def test_a_birthday_brings_gift_lot_entry_and_message_at_once() -> None:
    occasion = OccasionFactory.create(name="С днём рождения", amount=300, life_days=30)
    customer, _other = born(6, 10), born(6, 11)
    assert give(NOW) == 1
    gift, lot, entry = OccasionGift.objects.get(), Lot.objects.get(), Entry.objects.get()
    fact = f"occasion:{occasion.pk}:2026:customer:{customer.pk}"
    assert (gift.occasion_id, gift.customer_id, gift.year, gift.day) == (
        occasion.pk,
        customer.pk,
        2026,
        date(2026, 6, 10),
    )
    assert (gift.lot_id, gift.amount, gift.given_at) == (lot.pk, 300, NOW)
    assert (lot.account_id, lot.kind, lot.amount, lot.remaining, lot.fact) == (customer.pk, "birthday", 300, 300, fact)
    assert lot.expires_at.isoformat() == "2026-07-10T21:00:00+00:00"
    assert (entry.lot_id, entry.kind, entry.amount, entry.fact, entry.reason) == (
        lot.pk,
        "earn",
        300,
        fact,
        "С днём рождения",
    )
    message = OutboxMessage.objects.get()
    assert (message.kind, message.key, message.customer_id) == ("birthday_bonus", fact, customer.pk)
    assert message.payload == {"occasion": occasion.pk, "year": 2026}


def test_a_holiday_is_for_everybody_who_is_there() -> None:
    OccasionFactory.create(kind="public", holiday="russia", active_since=date(2026, 6, 1))
    there = CustomerFactory.create()
    CustomerFactory.create(registered_at=at(date(2026, 6, 13)))
    CustomerFactory.create(email=None, erased_at=NOW)
    CustomerFactory.create(email=None, merged_into=there)
    assert give(at(date(2026, 6, 14))) == 1
    assert set(Lot.objects.values_list("account", "kind")) == {(there.pk, "holiday")}
    assert OutboxMessage.objects.get().kind == "holiday_bonus"


def test_running_again_and_again_gives_once() -> None:
    OccasionFactory.create(days_before=2)
    born(6, 10)
    days = [at(date(2026, 6, 6) + timedelta(days=number)) for number in range(0, 14, 2) for _twice in range(2)]
    assert [given for now in days if (given := give(now))] == [1]
    assert OccasionGift.objects.get().given_at == at(date(2026, 6, 8))


@pytest.mark.parametrize(("late", "given"), [(7, 1), (8, 0)])
def test_a_worker_that_stood_still_catches_up_for_so_many_days(late: int, given: int) -> None:
    OccasionFactory.create(days_late=7)
    born(6, 10)
    assert give(NOW + timedelta(days=late)) == given


def test_a_gift_before_new_year_belongs_to_the_year_of_the_occasion() -> None:
    OccasionFactory.create(kind="new_year", days_before=7)
    customer = CustomerFactory.create()
    assert [give(at(date(2026, 12, 24))), give(at(date(2026, 12, 25))), give(at(date(2027, 1, 2)))] == [0, 1, 0]
    assert OccasionGift.objects.get().year == 2027
    assert give(at(date(2027, 12, 26))) == 1
    assert days_of(customer) == [date(2027, 1, 1), date(2028, 1, 1)]


def test_29_february_is_28_february_in_other_years() -> None:
    OccasionFactory.create(days_late=0)
    customer = born(2, 29)
    assert [give(at(date(2027, 2, 28))), give(at(date(2027, 3, 1)))] == [1, 0]
    assert [give(at(date(2028, 2, 28))), give(at(date(2028, 2, 29)))] == [0, 1]
    assert days_of(customer) == [date(2027, 2, 28), date(2028, 2, 29)]


@pytest.mark.parametrize("changed", [date(1988, 6, 11), date(1988, 6, 5), date(1988, 12, 31), date(1988, 1, 2)])
def test_another_birthday_brings_no_second_gift(changed: date) -> None:
    OccasionFactory.create()
    customer = born(6, 10)
    assert give(NOW) == 1
    Customer.objects.filter(pk=customer.pk).update(birthday=changed, birthday_set_at=NOW)
    # A week late the day before is still looked at.
    coming = {changed.replace(year=year) for year in (2026, 2027)}
    rounds = {date(2026, 6, 11), *(day for day in coming if date(2026, 6, 10) < day < date(2027, 4, 1))}
    assert [give(at(day)) for day in sorted(rounds)] == [0] * len(rounds)


def test_a_birthday_moved_over_new_year_brings_no_second_gift() -> None:
    OccasionFactory.create()
    customer = born(12, 30)
    assert give(at(date(2026, 12, 30))) == 1
    Customer.objects.filter(pk=customer.pk).update(birthday=date(1988, 1, 3), birthday_set_at=at(date(2026, 12, 31)))
    assert give(at(date(2027, 1, 3))) == 0
    assert give(at(date(2028, 1, 3))) == 1


@pytest.mark.parametrize(
    ("known_days", "set_on", "given"),
    [(0, date(2026, 6, 10), 1), (0, date(2026, 6, 11), 0), (14, date(2026, 5, 27), 1), (14, date(2026, 5, 28), 0)],
)
def test_a_birthday_told_too_late_brings_nothing_this_year(known_days: int, set_on: date, given: int) -> None:
    OccasionFactory.create(known_days=known_days)
    customer = born(6, 10)
    Customer.objects.filter(pk=customer.pk).update(birthday_set_at=at(set_on))
    assert give(at(date(2026, 6, 12))) == given


def test_who_registers_on_the_day_after_the_round_gets_it_on_the_next() -> None:
    OccasionFactory.create(kind="public", holiday="russia")
    CustomerFactory.create()
    first = give(at(date(2026, 6, 12), 0))
    CustomerFactory.create(registered_at=at(date(2026, 6, 12), 12))
    assert (first, give(at(date(2026, 6, 12), 13)), give(at(date(2026, 6, 13)))) == (1, 1, 0)


def test_only_members_of_the_segment_get_it() -> None:
    segment = SegmentFactory.create()
    inside = born(6, 10)
    born(6, 10)
    SegmentMembershipFactory.create(segment=segment, customer=inside)
    OccasionFactory.create(segment=segment)
    assert give(NOW) == 1
    assert OccasionGift.objects.get().customer_id == inside.pk


@pytest.mark.parametrize(
    ("given", "count"),
    [
        ({"is_active": False}, 0),
        ({"active_since": date(2026, 6, 11)}, 0),
        ({"starts_on": date(2026, 6, 11)}, 0),
        ({"starts_on": date(2026, 6, 10), "ends_on": date(2026, 6, 10)}, 1),
        ({"ends_on": date(2026, 6, 9)}, 0),
    ],
)
def test_an_occasion_gives_in_its_time_only(given: dict[str, Any], count: int) -> None:
    OccasionFactory.create(**given)
    born(6, 10)
    assert give(NOW + timedelta(days=1)) == count


def test_debt_is_paid_first() -> None:
    OccasionFactory.create(amount=300)
    customer = born(6, 10)
    earn(customer, 100, "earn:order:1")
    in_transaction(lambda: services.spend(customer_id=customer.pk, amount=100, order_ref="order:2", now=NOW))
    take_back("earn:order:1", None, "take_back:refund:1")
    assert sums(customer) == (0, 0, 100)
    assert (give(NOW), sums(customer)) == (1, (200, 0, 0))


def test_chunks_go_on_where_a_killed_worker_stopped() -> None:
    occasion = OccasionFactory.create(kind="public", holiday="russia")
    people = CustomerFactory.create_batch(5)
    day, now = date(2026, 6, 12), at(date(2026, 6, 12))
    assert give_one(occasion.pk, day, now, 0, 2).customers == 2
    with transaction.atomic():
        services.give_chunk(occasion_id=occasion.pk, day=day, now=now, limit=2)
        # What a kill before the commit comes to.
        transaction.set_rollback(True)
    assert OccasionGift.objects.count() == Lot.objects.count() == OutboxMessage.objects.count() == 2
    assert give(now, limit=2) == 3
    assert set(PointsAccount.objects.values_list("pk", flat=True)) == {person.pk for person in people}


def test_a_chunk_takes_as_many_statements_for_one_as_for_many() -> None:
    occasion = OccasionFactory.create(kind="public", holiday="russia")
    counts = []
    for people in (1, 30):
        CustomerFactory.create_batch(people)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            give_one(occasion.pk, date(2026, 6, 12), at(date(2026, 6, 12)), 0, 100)
        counts.append(len([query for query in asked if "SAVEPOINT" not in query["sql"]]))
    assert counts == [4, 4]


def test_the_task_gives_what_is_due_by_the_clock() -> None:
    today = date.today()
    OccasionFactory.create(kind="own", month=today.month, day=today.day, active_since=today - timedelta(days=1))
    CustomerFactory.create(registered_at=NOW - timedelta(days=900))
    Customer.objects.update(registered_at=datetime(2020, 1, 1, tzinfo=UTC))
    assert (give_holiday_bonuses(), give_holiday_bonuses()) == (1, 0)


def test_an_occasion_nobody_knows_gives_nothing() -> None:
    assert in_transaction(lambda: services.give_chunk(occasion_id=0, day=date(2026, 6, 10), now=NOW)) is None


def test_a_gift_is_fresh_while_something_of_it_is_left() -> None:
    OccasionFactory.create(amount=300)
    customer = born(6, 10)
    give(NOW)
    assert fresh_gift(customer.pk, now=NOW) == OccasionGift.objects.get()
    assert fresh_gift(customer.pk, now=NOW + timedelta(days=15)) is None
    in_transaction(lambda: services.spend(customer_id=customer.pk, amount=300, order_ref="order:2", now=NOW))
    assert fresh_gift(customer.pk, now=NOW) is None


def test_letters_of_the_night_wait_for_the_morning() -> None:
    OccasionFactory.create()
    born(6, 10)
    give(datetime(2026, 6, 9, 21, 30, tzinfo=UTC))
    assert OutboxMessage.objects.get().next_try_at == datetime(2026, 6, 10, 6, tzinfo=UTC)


def test_database_refuses_a_second_gift_and_a_changed_one() -> None:
    occasion = OccasionFactory.create()
    customer = born(6, 10)
    give(NOW)
    gift = OccasionGift.objects.get()
    with pytest.raises(Exception, match="Cannot delete"), transaction.atomic():
        gift.delete()
    with pytest.raises(Exception, match="Cannot update points_occasiongift but by a merge"), transaction.atomic():
        OccasionGift.objects.update(amount=1)
    earn(customer, 5, "earn:order:5")
    lot = Lot.objects.get(fact="earn:order:5")
    again = {"occasion": occasion, "customer": customer, "year": 2026, "day": gift.day, "amount": 5, "given_at": NOW}
    with pytest.raises(Exception, match="points_gift_once_a_year"), transaction.atomic():
        OccasionGift.objects.create(lot=lot, **again)
    with pytest.raises(Exception, match="without its lot"), transaction.atomic():
        OccasionGift.objects.create(lot=lot, **again | {"customer": CustomerFactory.create()})
