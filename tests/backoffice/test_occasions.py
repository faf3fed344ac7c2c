"""Pages of occasions, their gifts and the calendar (CU-9)."""

from datetime import date, datetime
from typing import Any

import pytest
from django.urls import reverse

from points.models import Occasion
from points.queries.calendar import calendar
from tests.factories import NOW, CustomerFactory, OccasionFactory
from tests.points.rows import gift

pytestmark = pytest.mark.django_db


def test_staff_make_an_occasion_and_switch_it_on(as_role: Any) -> None:
    CustomerFactory.create(birthday=date(1990, 7, 1))
    client = as_role("manager")
    form = {"name": "День рождения", "kind": "birthday", "amount": "300", "days_before": "3", "days_late": "7"}
    preview = client.post(reverse("admin:points_occasion_preview"), form)
    assert (preview.status_code, preview.context["preview"].plan.points) == (200, 300)
    answer = client.post(reverse("admin:points_occasion_add"), form)
    occasion = Occasion.objects.get()
    assert (answer.status_code, occasion.amount, occasion.is_active) == (302, 300, False)
    client.post(reverse("admin:points_occasion_switch_on", args=[occasion.pk]))
    occasion.refresh_from_db()
    assert occasion.is_active
    changed = client.post(reverse("admin:points_occasion_page", args=[occasion.pk]), {**form, "amount": "0"})
    assert changed.status_code == 422
    client.post(reverse("admin:points_occasion_switch_off", args=[occasion.pk]))
    occasion.refresh_from_db()
    assert not occasion.is_active


def test_a_marketer_looks_and_changes_nothing(as_role: Any) -> None:
    occasion = OccasionFactory.create()
    client = as_role("marketer")
    page = reverse("admin:points_occasion_page", args=[occasion.pk])
    assert client.get(page).status_code == 200
    assert client.post(page, {"name": "x", "amount": "1"}).status_code == 403
    assert client.post(reverse("admin:points_occasion_switch_off", args=[occasion.pk])).status_code == 403
    assert client.post(reverse("admin:points_occasion_preview"), {"edited": occasion.pk}).status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_ask_as_often_for_one_row_as_for_three(as_role: Any, rows: int, django_assert_num_queries: Any) -> None:
    customer = CustomerFactory.create()
    for occasion in OccasionFactory.create_batch(rows):
        gift(occasion, customer)
    client = as_role("manager")
    with django_assert_num_queries(7):
        client.get(reverse("admin:points_occasion_changelist"))
    with django_assert_num_queries(7):
        client.get(reverse("admin:points_occasiongift_changelist"), {"q": str(customer.pk)})


def test_the_calendar_shows_occasions_and_says_what_it_does_not_know(as_role: Any) -> None:
    OccasionFactory.create(kind="public", holiday="russia", name="День России", active_since=date(2020, 1, 1))
    answer = as_role("marketer").get(reverse("admin:points_calendarday_year"))
    assert (answer.status_code, len(answer.context["months"])) == (200, 12)
    week = answer.context["months"][0]["weeks"][1]
    assert [cell.day.weekday() for cell in week] == list(range(7))
    assert answer.context["weekdays"][0] in {"пн", "Mon"}
    assert [found[0].name for _day, found in answer.context["coming"]] == ["День России"]
    now = datetime.now(tz=NOW.tzinfo)
    assert answer.context["undecreed"] == [year for year in (now.year, now.year + 1) if not calendar(year).has_decree]
