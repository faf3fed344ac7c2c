"""The download of everything held: no table is forgotten, both files say the same (CU-4)."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from customers.models import Customer, DataDownload, Purchase
from customers.queries.held import held_parts
from customers.services import write_note
from loyalty_site.kernel.held import FOR_PROGRAMS, Column, Kind, part_of, part_of_values
from loyalty_site.kernel.held_files import as_html
from loyalty_site.kernel.held_words import said
from tests.customers.merging import merged
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


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        (Column(""), "Анна", "Анна"),
        (Column(""), "2026-99-99T25:00", "2026-99-99T25:00"),
        (Column(""), "order:41", "№ 41"),
        (Column(""), True, "да"),
        (Column("", choices={True: "вошёл", False: "вышел"}), False, "вышел"),
        (Column("", choices={"app": "приложение"}), "app", "приложение"),
        (Column("", Kind.MONEY), "1749.50", "1\N{NO-BREAK SPACE}749,50\N{NO-BREAK SPACE}₽"),
        (Column("", Kind.NUMBER), -1200, "−1\N{NO-BREAK SPACE}200"),
        (Column("", Kind.DAY), "1990-05-01", "1\N{NO-BREAK SPACE}мая\N{NO-BREAK SPACE}1990"),
        (Column("", Kind.MOMENT), "2026-06-01T11:05:00+00:00", "1\N{NO-BREAK SPACE}июня\N{NO-BREAK SPACE}2026, 14:05"),
        (Column(""), {"to": "gold", "from": None}, "to: gold; from: —"),
        (Column(""), [], "—"),
    ],
)
def test_values_are_said_as_people_read_them(column: Column, value: Any, words: str) -> None:
    with override("ru"):
        assert said(column, value) == words


def test_kinds_and_labels_come_from_the_model_unless_said_otherwise() -> None:
    fields = ("ref", "paid_at", "goods_amount")
    part = part_of(
        "", Purchase.objects.none(), *fields, said={"ref": FOR_PROGRAMS, "buyer": {"label": "who"}}, buyer="customer_id"
    )

    assert {name: (column.kind, column.for_people) for name, column in part.columns.items()} == {
        "buyer": (Kind.TEXT, True),
        "ref": (Kind.TEXT, False),
        "paid_at": (Kind.MOMENT, True),
        "goods_amount": (Kind.MONEY, True),
    }
    assert part.columns["buyer"].label == "who"


def test_page_has_what_is_there_first_and_leaves_out_what_only_programs_read() -> None:
    columns = {"name": Column("имя"), "token": Column("ключ", for_people=False), "spent": Column("сумма", Kind.MONEY)}
    rows: list[Mapping[str, Any]] = [{"name": "<b>А</b>", "token": "t-1", "spent": Decimal("5.00")}] * 2
    parts = {"none": part_of_values("Пусто", columns, []), "some": part_of_values("Строки", columns, rows)}

    page = "".join(as_html(parts, number=7, now=datetime(2026, 6, 1, tzinfo=UTC)))

    assert "<b>" not in page
    assert "t-1" not in page
    assert page.count("&lt;b&gt;А&lt;/b&gt;") == 2
    assert '<th scope="col">Имя</th><th scope="col" class="number">Сумма</th>' in page
    assert page.index('<section id="some">') < page.index('<section id="none">Пусто</section>')


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


def test_what_is_held_of_merged_records_is_in_the_download():
    client, customer = signed_in()
    twin = CustomerFactory(email="twin@shop.test", first_name="Двойник", external_id="crm-7")
    merged(customer, twin)

    parts = json.loads(_read(client.get(reverse("account:data-json"))))["parts"]

    assert [row["external_id"] for row in parts["details"]] == [None, "crm-7"]
    assert "twin@shop.test" in {row["email"] for row in parts["earlier_details"]}
