"""Occasions as staff make them, and what they will come to (CU-9)."""

from datetime import date, timedelta
from typing import Any

import pytest

from customers.models import User
from loyalty_site.kernel.errors import InvalidInput, NotAllowed, NotFound, WrongState
from loyalty_site.kernel.transactions import in_transaction
from notifications.queries import letter_of
from points import services
from points.models import CalendarDay, Occasion
from points.queries import plan_occasion, sample_of
from points.queries.calendar import calendar
from points.queries.gifts import given_in_year
from points.rules.occasions import OccasionTerms
from tests.factories import (
    NOW,
    CustomerFactory,
    OccasionFactory,
    ProgrammeFactory,
    SegmentFactory,
    SegmentMembershipFactory,
    UserFactory,
)
from tests.points.rows import gift

pytestmark = pytest.mark.django_db

TODAY = date(2026, 6, 10)
VALUES = {"name": "День рождения", "kind": "birthday", "amount": 300}


def put(occasion_id: int | None = None, by: User | None = None, **values: Any) -> Occasion:
    by = by or UserFactory.create()
    return in_transaction(
        lambda: services.put_occasion(occasion_id=occasion_id, values={**VALUES, **values}, by=by, now=NOW)
    )


def switch(service: Any, occasion: Occasion, **given: Any) -> Occasion:
    found: Occasion = in_transaction(lambda: service(occasion_id=occasion.pk, **given))
    return found


def test_a_new_occasion_gives_nothing_until_it_is_switched_on() -> None:
    occasion = put()
    assert (occasion.is_active, occasion.waits, occasion.known_days, occasion.days_late) == (False, False, 0, 0)
    on = switch(services.switch_occasion_on, occasion, by=UserFactory.create(), now=NOW)
    assert (on.is_active, on.active_since) == (True, TODAY)
    off = switch(services.switch_occasion_off, occasion)
    assert (off.is_active, off.active_since, off.asked_by) == (False, None, None)


def test_wrong_steps_are_refused() -> None:
    occasion, by = put(), UserFactory.create()
    with pytest.raises(WrongState):
        switch(services.switch_occasion_off, occasion)
    with pytest.raises(WrongState):
        switch(services.confirm_occasion, occasion, by=by, now=NOW)
    switch(services.switch_occasion_on, occasion, by=by, now=NOW)
    with pytest.raises(WrongState):
        switch(services.switch_occasion_on, occasion, by=by, now=NOW)
    with pytest.raises(NotFound):
        put(occasion_id=0)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"amount": 0}, "amount"),
        ({"life_days": 0}, "life_days"),
        ({"days_before": 61}, "days_before"),
        ({"days_late": 61}, "days_late"),
        ({"known_days": 366}, "known_days"),
        ({"kind": "public"}, "holiday"),
        ({"kind": "public", "holiday": "easter"}, "holiday"),
        ({"kind": "own"}, "day"),
        ({"kind": "own", "month": 2, "day": 30}, "day"),
        ({"starts_on": TODAY, "ends_on": TODAY - timedelta(days=1)}, "ends_on"),
        ({"segment_id": 0 - 1}, "segment"),
        ({"greeting": "a\x00"}, "greeting"),
    ],
)
def test_wrong_values_are_refused(values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        put(**values)
    assert [error.field for error in refusal.value.errors] == [field]
    assert Occasion.objects.count() == 0


def test_what_another_kind_asks_for_is_dropped() -> None:
    occasion = put(kind="new_year", holiday="russia", month=3, day=4, on_date=TODAY, known_days=5)
    told = (occasion.holiday, occasion.month, occasion.day, occasion.on_date, occasion.known_days)
    assert told == ("", None, None, None, 0)
    assert put(kind="own", month=2, day=29).terms.when.in_year(2027) == date(2027, 2, 28)


def test_a_large_one_waits_for_a_second_person_and_again_when_it_grows() -> None:
    ProgrammeFactory.create(second_person_points=1000)
    CustomerFactory.create_batch(4, birthday=date(1990, 7, 1))
    author, other = UserFactory.create(), UserFactory.create()
    occasion = put(by=author, amount=251)
    waits = switch(services.switch_occasion_on, occasion, by=author, now=NOW)
    assert (waits.waits, waits.is_active) == (True, False)
    with pytest.raises(NotAllowed) as refusal:
        switch(services.confirm_occasion, occasion, by=author, now=NOW)
    assert refusal.value.code == "second_person_required"
    confirmed = switch(services.confirm_occasion, occasion, by=other, now=NOW)
    assert (confirmed.is_active, confirmed.confirmed_by) == (True, other)
    assert put(occasion.pk, by=author, amount=251, greeting="Здравствуйте").is_active
    assert put(occasion.pk, by=other, amount=252).waits
    assert put(occasion.pk, by=author, amount=253).asked_by == author


def test_an_occasion_below_the_threshold_starts_at_once() -> None:
    ProgrammeFactory.create(second_person_points=1000)
    CustomerFactory.create_batch(4, birthday=date(1990, 7, 1))
    occasion = put(amount=250)
    assert switch(services.switch_occasion_on, occasion, by=UserFactory.create(), now=NOW).is_active
    assert put(occasion.pk, amount=251).waits


def test_plan_of_birthdays_counts_people_by_day() -> None:
    for born in (date(1990, 6, 10), date(1991, 6, 12), date(1992, 6, 12), date(1988, 2, 29), date(1990, 6, 5)):
        CustomerFactory.create(birthday=born)
    (
        CustomerFactory.create(),
        CustomerFactory.create(birthday=date(1990, 6, 12), email=None, erased_at=None, phone="+79990000001"),
    )
    terms = OccasionTerms("birthday", 300, days_before=2, active_since=TODAY)
    plan = plan_occasion(terms, today=TODAY)
    assert [(day.given_on, day.customers) for day in plan.days] == [
        (date(2026, 6, 10), 4),
        (date(2027, 2, 26), 1),
        (date(2027, 6, 3), 1),
        (date(2027, 6, 8), 1),
    ]
    assert (plan.customers, plan.points, plan.customers_soon, plan.points_soon) == (7, 2100, 4, 1200)
    assert [given_on for _customer, given_on, _day in sample_of(terms, plan)] == [TODAY] * 4 + [date(2027, 2, 26)]


def test_plan_of_a_holiday_leaves_out_who_has_it() -> None:
    occasion = OccasionFactory.create(kind="public", holiday="russia", amount=100)
    first, _second = CustomerFactory.create(), CustomerFactory.create()
    gift(occasion, first)
    plan = plan_occasion(occasion.terms, today=TODAY, occasion_id=occasion.pk)
    assert [(day.given_on, day.customers) for day in plan.days] == [(date(2026, 6, 12), 1)]
    assert given_in_year(2026) == {occasion.pk: (1, 100)}


def test_plan_of_a_segment_counts_its_members() -> None:
    segment = SegmentFactory.create()
    SegmentMembershipFactory.create_batch(2, segment=segment)
    CustomerFactory.create()
    plan = plan_occasion(OccasionTerms("new_year", 10, segment_id=segment.pk, days_before=7), today=TODAY)
    assert [(day.given_on, day.days, day.customers) for day in plan.days] == [
        (date(2026, 12, 25), (date(2027, 1, 1),), 2)
    ]


def test_the_letter_says_what_staff_wrote_as_plain_text() -> None:
    occasion = OccasionFactory.create(subject="{{ 7 }} С праздником", greeting="Строка <b>\n\nДругая")
    customer = CustomerFactory.create(birthday=TODAY)
    given = gift(occasion, customer)
    payload = {"occasion": occasion.pk, "year": 2026}
    letter = letter_of("birthday_bonus", payload, customer=customer, now=NOW, language="en")
    assert letter is not None
    assert (letter.heading, letter.subject) == (
        "{{ 7 }} С праздником",
        "{{ 7 }} С праздником. 100\N{NO-BREAK SPACE}points on your account",
    )
    assert letter.paragraphs[:2] == ("Строка <b>", "Другая")
    late = given.lot.expires_at
    assert letter_of("birthday_bonus", payload, customer=customer, now=late) is None
    assert letter_of("holiday_bonus", {"occasion": 0, "year": 1}, customer=customer, now=NOW) is None


def test_days_of_staff_change_the_calendar() -> None:
    put_day = services.put_calendar_day
    in_transaction(lambda: put_day(day=date(2040, 1, 10), is_off=False))
    in_transaction(lambda: put_day(day=date(2040, 1, 10), is_off=True, moved_from=date(2040, 1, 1), note=" x "))
    assert CalendarDay.objects.get().note == "x"
    assert [day.day for day in calendar(2040).moved] == [date(2040, 1, 10)]
    for wrong in (
        {"day": date(1999, 1, 1), "is_off": True},
        {"day": date(2040, 1, 1), "is_off": False, "moved_from": date(2040, 1, 2)},
        {"day": date(2040, 1, 1), "is_off": True, "moved_from": date(2040, 1, 1)},
    ):
        with pytest.raises(InvalidInput):
            in_transaction(lambda wrong=wrong: put_day(**wrong))
