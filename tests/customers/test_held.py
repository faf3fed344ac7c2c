"""The download of everything held: no table is forgotten, both files say the same (CU-4)."""

import json
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer, DataDownload
from customers.queries.held import held_parts
from customers.services import write_note
from tests.factories import CustomerFactory, PurchaseFactory, UserFactory

pytestmark = pytest.mark.django_db

PERSONAL = {"email", "phone", "first_name", "last_name", "birthday", "contact_email", "delivery_address", "payer"}
# Tables with customers that are in no download, each for a reason.
NOT_HELD = {
    "customers_stalecustomer": "a mark for the worker, gone within a minute",
    "customers_duplicate": "somebody else's record, and a guess",
    "customers_erasedcustomer": "who is in it has no account",
    "customers_importchange": "what a file changed: the details themselves are in the download; gone with the file",
    "customers_importtouched": "a mark for the worker, gone with the import",
    "customers_customerevent": "in earlier_details",
    "account_emailconfirmation": "a key that was mailed, no more than the address",
}


def tables_with_people() -> set[str]:
    found = set()
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.managed or model._meta.proxy:
            continue
        fields = model._meta.concrete_fields
        if any(field.related_model is Customer or field.name in PERSONAL for field in fields):
            found.add(model._meta.db_table)
    return found


def test_no_table_with_people_is_left_out():
    held = {table for part in held_parts(CustomerFactory().pk, now=timezone.now()).values() for table in part.tables}
    assert sorted(tables_with_people() - held - set(NOT_HELD)) == []


def signed_in() -> tuple[Client, Customer]:
    user = UserFactory()
    customer = CustomerFactory(user=user, email=user.email, first_name="Покупатель")
    client = Client()
    client.force_login(user)
    return client, customer


def test_json_and_html_have_one_structure():
    client, customer = signed_in()
    write_note(customer_id=customer.pk, text="Звонил", by=UserFactory(is_staff=True), now=timezone.now())
    PurchaseFactory(customer=customer)

    document = json.loads(_read(client.get(reverse("account:data-json"))))
    page = _read(client.get(reverse("account:data-html")))

    assert list(document["parts"]) == list(settings.CUSTOMERS_DOWNLOAD_PARTS)
    assert [name for name in document["parts"] if f'<section id="{name}">' not in page] == []
    assert document["parts"]["details"][0]["email"] == customer.email
    assert [note["text"] for note in document["parts"]["notes"]] == ["Звонил"]
    assert "Звонил" in page
    assert list(DataDownload.objects.order_by("pk").values_list("customer", "form", "downloaded_by")) == [
        (customer.pk, "json", None),
        (customer.pk, "html", None),
    ]


def test_staff_download_by_right_and_are_noted():
    customer, boss = CustomerFactory(), UserFactory(is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(boss)

    answer = client.get(reverse("admin_customer_download", args=[customer.pk]))

    assert json.loads(_read(answer))["customer"] == customer.pk
    assert DataDownload.objects.get().downloaded_by == boss


def _read(answer: Any) -> str:
    assert answer.status_code == 200
    return b"".join(answer.streaming_content).decode()
