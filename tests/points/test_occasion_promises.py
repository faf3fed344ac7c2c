"""What the preview of an occasion promises is what the worker gives; what happens between two of its rounds (CU-9)."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from customers.models import Customer, Segment
from customers.services import archive_segment
from loyalty_site.kernel.errors import InvalidInput, WrongState
from loyalty_site.kernel.transactions import in_transaction
from points import services
from points.models import Lot, Occasion, OccasionGift
from points.queries import plan_occasion, sample_of
from points.queries.segments import segment_uses
from points.rules.occasions import OccasionTerms
from tests.customers.merging import merged
from tests.factories import (
    NOW,
    CustomerFactory,
    OccasionFactory,
    ProgrammeFactory,
    SegmentFactory,
    SegmentMembershipFactory,
    UserFactory,
)
from tests.points.rows import gift, segment_grant, sums, untrue
from tests.points.test_occasion_gifts import at, born, days_of, give, give_one

pytestmark = pytest.mark.django_db

TODAY = date(2026, 6, 10)


@pytest.fixture(autouse=True)
def _every_test_ends_with_a_true_ledger(db: None) -> Any:
    yield
    assert untrue() == set()


def odd_people() -> None:
    """Birthdays of all sorts; told late, merged, forgotten, without one, and one who will be told later."""
    for month, day in ((2, 28), (2, 29), (3, 1), (6, 8), (6, 9), (6, 10), (6, 11), (6, 12), (12, 31), (1, 1)):
        born(month, day)
    CustomerFactory.create(registered_at=NOW - timedelta(days=1))
    late = born(6, 9)
    Customer.objects.filter(pk=late.pk).update(birthday_set_at=NOW)
    stays = born(6, 11)
    CustomerFactory.create(birthday=date(1990, 6, 11), email=None, merged_into=stays)
    CustomerFactory.create(email=None, erased_at=NOW)


@pytest.mark.parametrize(
    "terms",
    [
        {"kind": "birthday"},
        {"kind": "birthday", "days_before": 5, "days_late": 3},
        {"kind": "birthday", "known_days": 30},
        {"kind": "birthday", "days_before": 2, "starts_on": date(2026, 6, 11), "ends_on": date(2027, 3, 1)},
        {"kind": "birthday", "active_since": TODAY - timedelta(days=2), "days_late": 7},
        {"kind": "new_year", "days_before": 10},
        {"kind": "public", "holiday": "russia"},
        {"kind": "public", "holiday": "christmas", "days_before": 60},
        {"kind": "own", "month": 2, "day": 29, "days_before": 1},
        {"kind": "own", "month": 6, "day": 10},
        {"kind": "own", "on_date": date(2027, 1, 2), "days_before": 3},
        {"kind": "own", "on_date": date(2026, 6, 9), "active_since": TODAY - timedelta(days=30)},
    ],
    ids=lambda terms: " ".join(str(value) for value in terms.values()),
)
def test_the_worker_gives_what_was_promised(terms: dict[str, Any]) -> None:
    odd_people()
    occasion = OccasionFactory.create(**{"active_since": TODAY, "days_late": 1, "amount": 70, **terms})
    gift(occasion, CustomerFactory.create(registered_at=NOW, birthday=date(1970, 6, 10)))
    before = OccasionGift.objects.count()
    plan = plan_occasion(occasion.terms, today=TODAY, occasion_id=occasion.pk)
    sample = sample_of(occasion.terms, plan, occasion_id=occasion.pk, limit=100)

    looked_at = {TODAY, *(TODAY + timedelta(days=number) for number in range(0, 365, 40))}
    looked_at |= {day.given_on + timedelta(days=number) for day in plan.days for number in (0, 1)}
    given = {day: give(at(day)) for day in sorted(looked_at) if day <= TODAY + timedelta(days=364)}

    assert {day: count for day, count in given.items() if count} == {day.given_on: day.customers for day in plan.days}
    gifts = OccasionGift.objects.order_by("pk")[before:]
    assert plan.points == sum(one.amount for one in gifts) == 70 * len(gifts)
    assert Counter((person.pk, day) for person, _given_on, day in sample) == Counter(
        (one.customer_id, one.day) for one in gifts
    )


def test_a_year_of_a_holiday_is_one_holiday() -> None:
    """Today is one: next year's is not of this year."""
    CustomerFactory.create()
    plan = plan_occasion(OccasionTerms("own", 10, month=6, day=10, active_since=TODAY), today=TODAY)
    assert [(day.given_on, day.customers) for day in plan.days] == [(TODAY, 1)]
    assert plan.points == 10


def test_a_day_begins_at_midnight_in_the_shop() -> None:
    OccasionFactory.create(kind="public", holiday="russia", days_late=0)
    CustomerFactory.create()
    moments = [datetime(2026, 6, 11, 20, 59, 59, tzinfo=UTC), datetime(2026, 6, 11, 21, tzinfo=UTC)]
    assert [give(now) for now in moments] == [0, 1]
    assert OccasionGift.objects.get().day == date(2026, 6, 12)
    CustomerFactory.create()
    moments = [datetime(2026, 6, 12, 21, tzinfo=UTC), datetime(2026, 6, 12, 20, 59, 59, tzinfo=UTC)]
    assert [give(now) for now in moments] == [0, 1]


def test_an_occasion_switched_off_or_changed_between_two_chunks() -> None:
    occasion = OccasionFactory.create(kind="public", holiday="russia", amount=100, name="Праздник")
    CustomerFactory.create_batch(4)
    day, now = date(2026, 6, 12), at(date(2026, 6, 12))
    first = give_one(occasion.pk, day, now, 0, 1)
    values = {"name": "Праздник", "kind": "public", "holiday": "russia", "amount": 50, "days_late": 7}
    put(occasion.pk, **values)
    second = give_one(occasion.pk, day, now, first.last_id or 0, 1)
    put(occasion.pk, **values | {"holiday": "unity"})
    assert give_one(occasion.pk, day, now, second.last_id or 0, 1) == services.Granted(0, None)
    put(occasion.pk, **values)
    in_transaction(lambda: services.switch_occasion_off(occasion_id=occasion.pk))
    assert give_one(occasion.pk, day, now, second.last_id or 0, 1) == services.Granted(0, None)
    assert list(Lot.objects.order_by("pk").values_list("amount", flat=True)) == [100, 50]


def test_points_expire_when_the_occasion_says_whatever_the_programme_says() -> None:
    ProgrammeFactory.create(points_life_days=10)
    own, as_programme = (OccasionFactory.create(life_days=days) for days in (3, None))
    customer = born(6, 10)
    assert give(NOW) == 2
    ends = dict(customer.occasion_gifts.values_list("occasion", "lot__expires_at"))
    assert ends[own.pk] == datetime(2026, 6, 13, 21, tzinfo=UTC)
    assert ends[as_programme.pk] == datetime(2026, 6, 20, 21, tzinfo=UTC)


def test_two_who_both_got_it_get_it_once_as_one() -> None:
    OccasionFactory.create(amount=100)
    older, newer = born(6, 10), born(6, 10)
    assert give(NOW) == 2
    merged(older, newer)
    assert [give(NOW + timedelta(days=number)) for number in (1, 7)] == [0, 0]
    assert sums(older) == (200, 0, 0)
    assert give(at(date(2027, 6, 10))) == 1
    assert days_of(older) == [date(2026, 6, 10), date(2027, 6, 10)]


def test_what_one_of_two_got_is_got() -> None:
    OccasionFactory.create(amount=100)
    older, newer = born(6, 12), born(6, 10)
    assert give(NOW) == 1
    merged(older, newer)
    assert give(at(date(2026, 6, 12))) == 0
    assert (days_of(older), sums(older)) == ([date(2026, 6, 10)], (100, 0, 0))


def test_a_changed_day_brings_no_second_gift_of_the_year() -> None:
    occasion = OccasionFactory.create(kind="own", month=6, day=10, amount=100)
    CustomerFactory.create()
    values = {"name": "День", "kind": "own", "month": 6, "day": 10, "amount": 100, "days_late": 7}
    assert give(NOW) == 1
    put(occasion.pk, **values | {"day": 12})
    assert give(at(date(2026, 6, 12))) == 0
    put(occasion.pk, **values | {"on_date": date(2026, 6, 14)})
    assert give(at(date(2026, 6, 14))) == 0


def test_switching_on_counts_from_today() -> None:
    """Last week's day brings nothing any more, so it is not what a second person is asked for."""
    ProgrammeFactory.create(second_person_points=150)
    CustomerFactory.create_batch(2)
    occasion = put(kind="own", on_date=TODAY - timedelta(days=3), days_late=7, amount=100)
    assert switched_on(occasion).is_active
    assert give(NOW) == 0


def test_an_empty_segment_is_no_way_round_the_second_person() -> None:
    ProgrammeFactory.create(second_person_points=1000)
    segment = SegmentFactory.create()
    assert switched_on(put(amount=1000, segment_id=segment.pk)).is_active
    assert switched_on(put(amount=1001, segment_id=segment.pk)).waits


def test_a_segment_of_an_occasion_does_not_vanish() -> None:
    ProgrammeFactory.create(second_person_points=1)
    segment = SegmentFactory.create()
    SegmentMembershipFactory.create(segment=segment, customer=born(7, 1))
    away = SegmentFactory.create(archived_at=NOW)
    waits = switched_on(put(name="Ждёт", segment_id=segment.pk))
    assert len(segment_uses(segment, now=NOW)) == 1
    in_transaction(lambda: services.switch_occasion_off(occasion_id=waits.pk))
    assert segment_uses(segment, now=NOW) == []
    in_transaction(lambda: archive_segment(segment_id=segment.pk, by=None, now=NOW))
    with pytest.raises(WrongState):
        switched_on(waits)
    with pytest.raises(InvalidInput) as refused:
        put(segment_id=away.pk)
    assert [error.field for error in refused.value.errors] == ["segment"]


def test_a_segment_that_is_being_worked_out_is_waited_for() -> None:
    """Its conditions were made wider a moment ago: by those who are in it yet nobody else would be asked."""
    ProgrammeFactory.create(second_person_points=150)
    segment = SegmentFactory.create(kind="rule", rule={"field": "vip", "op": "yes"}, dirty_at=NOW)
    occasion = put(segment_id=segment.pk)
    with pytest.raises(WrongState):
        switched_on(occasion)
    with pytest.raises(InvalidInput) as refused:
        segment_grant(segment_id=segment.pk)
    assert [(error.field, error.code) for error in refused.value.errors] == [("segment", "not_ready")]
    Segment.objects.filter(pk=segment.pk).update(dirty_at=None)
    assert switched_on(occasion).is_active


def put(occasion_id: int | None = None, **values: Any) -> Occasion:
    given = {"name": "Повод", "kind": "birthday", "amount": 100, **values}
    by = UserFactory.create()
    return in_transaction(lambda: services.put_occasion(occasion_id=occasion_id, values=given, by=by, now=NOW))


def switched_on(occasion: Occasion) -> Occasion:
    by = UserFactory.create()
    return in_transaction(lambda: services.switch_occasion_on(occasion_id=occasion.pk, by=by, now=NOW))
