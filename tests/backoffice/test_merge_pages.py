"""Possible duplicates in the back office: side by side, merged with a reason, or told apart (CU-3)."""

from typing import Any

import pytest
from django.urls import reverse

from customers.models import Customer, Duplicate, Merge
from tests.factories import CustomerFactory, DuplicateFactory

pytestmark = pytest.mark.django_db


def page_of(pair: Duplicate) -> str:
    return reverse("admin:customers_duplicate_page", args=[pair.pk])


def test_two_are_merged_with_a_reason_and_the_chosen_details(as_role: Any) -> None:
    pair = DuplicateFactory()
    client = as_role("manager")
    assert client.get(page_of(pair)).status_code == 200
    address = pair.second.email

    answer = client.post(page_of(pair), {"reason": "called him", "kept_email": pair.second_id})

    merge = Merge.objects.get()
    assert answer.url == reverse("admin:customers_merge_page", args=[merge.pk])
    assert client.get(answer.url).status_code == 200
    assert (merge.reason, merge.merged_by.email) == ("called him", "manager@shop.test")
    assert Customer.objects.get(pk=pair.first_id).email == address
    assert client.get(page_of(pair)).url == answer.url


def test_a_merge_wants_its_reason(as_role: Any) -> None:
    pair = DuplicateFactory()

    answer = as_role("manager").post(page_of(pair), {"reason": " "})

    assert (answer.status_code, Merge.objects.count()) == (422, 0)


def test_different_people_leave_the_list(as_role: Any) -> None:
    pair = DuplicateFactory()

    as_role("manager").post(reverse("admin:customers_duplicate_different", args=[pair.pk]))

    pair.refresh_from_db()
    assert (pair.state, pair.decided_by.email) == ("different", "manager@shop.test")


def test_who_may_only_look_may_not_merge(as_role: Any) -> None:
    pair = DuplicateFactory()

    answer = as_role("support").post(page_of(pair), {"reason": "one person"})

    assert (answer.status_code, Merge.objects.count()) == (403, 0)


def test_the_other_record_is_found_from_a_customers_page(as_role: Any) -> None:
    older, newer = CustomerFactory(), CustomerFactory(first_name="Второй")
    client, page = as_role("manager"), reverse("admin_customer_merge", args=[newer.pk])

    assert client.get(page, {"q": older.email}).context["found"] == [older]
    assert client.get(page, {"with": older.pk}).context["older"] == older
    client.post(f"{page}?with={older.pk}", {"reason": "one person"})

    assert Merge.objects.values_list("survivor", "absorbed").get() == (older.pk, newer.pk)
    older.refresh_from_db()
    assert older.first_name == "Второй"


def test_who_comes_back_after_the_merge_is_led_to_where_the_record_went(as_role: Any) -> None:
    older, newer = CustomerFactory(), CustomerFactory()
    client, page = as_role("manager"), reverse("admin_customer_merge", args=[newer.pk])
    client.post(f"{page}?with={older.pk}", {"reason": "one person"})

    again = client.post(f"{page}?with={older.pk}", {"reason": "one person"})

    assert again.url == reverse("admin:customers_customer_change", args=[newer.pk])
    assert client.get(again.url).context["original"].merged_into == older
    assert Merge.objects.count() == 1
