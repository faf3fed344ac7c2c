"""Customers who are one with another by now, or nobody any more, as integrations name them (CU-3, CU-4)."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from customers.models import Customer, Rfm
from customers.services import erase_at_once
from loyalty_site.kernel.transactions import in_transaction
from orders.models import Order
from points.models import Entry
from promocodes.models import PromoCode
from tests.api.conftest import Api, problem
from tests.customers.merging import merged
from tests.factories import CustomerFactory, EarningActionFactory, ProductFactory

LINES = {"channel": "site", "lines": [{"sku": "SHIRT-1", "quantity": 1}]}
CODE = {"type": "percent", "value": "5.00", "starts_on": "2099-06-01", "ends_on": "2099-06-15"}


@pytest.fixture
def forgotten(db: None, settings: Any, tmp_path: Any) -> Customer:
    settings.ERASED_LIST = str(tmp_path / "erased.csv")
    ProductFactory(sku="SHIRT-1", price=Decimal("1000.00"))
    EarningActionFactory(code="review")
    customer = CustomerFactory()
    key = customer.pk
    in_transaction(lambda: erase_at_once(customer_id=key, source="staff", by=None, reason="", now=timezone.now()))
    return Customer.objects.get(pk=key)


@pytest.fixture
def absorbed(db: None) -> Customer:
    """Its record, and the survivor as `merged_into`."""
    ProductFactory(sku="SHIRT-1", price=Decimal("1000.00"))
    first, second = CustomerFactory(), CustomerFactory()
    merged(first, second)
    return Customer.objects.select_related("merged_into").get(pk=second.pk)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "", {}),
        ("PATCH", "", {"email": "again@shop.test"}),
        ("PATCH", "", {"consents": ["email"]}),
        ("POST", "/points", {"amount": 100, "reason": "an apology"}),
        ("POST", "/actions", {"action": "review", "reference": "1"}),
    ],
)
def test_nothing_is_written_to_who_was_forgotten(
    api: Api, forgotten: Customer, method: str, path: str, body: dict[str, Any]
) -> None:
    answer = api.call(method, f"customers/{forgotten.public_id}{path}", body, key="k-1")

    assert problem(answer) == (409, "customer_erased")
    assert not Entry.objects.exists()
    assert Customer.objects.get(pk=forgotten.pk).email is None


@pytest.mark.parametrize(("path", "body"), [("quotes", LINES), ("orders", LINES), ("promocodes", CODE)])
def test_who_was_forgotten_is_no_customer(api: Api, forgotten: Customer, path: str, body: dict[str, Any]) -> None:
    answer = api.post(path, body | {"customer": str(forgotten.public_id)}, key="k-1")

    assert problem(answer) == (400, "invalid")
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [("customer", "unknown_customer")]
    assert not Order.objects.exists()
    assert not PromoCode.objects.exists()


def test_orders_are_found_by_the_id_of_a_merged_record(api: Api, absorbed: Customer) -> None:
    placed = api.post("orders", LINES | {"customer": str(absorbed.public_id)}, key="k-1").json()

    found = api.get(f"orders?customer={absorbed.public_id}").json()["results"]

    assert [(order["number"], order["customer"]) for order in found] == [
        (placed["number"], str(absorbed.merged_into.public_id))
    ]


def test_code_given_to_a_merged_record_belongs_to_the_one_that_stayed(api: Api, absorbed: Customer) -> None:
    answer = api.post("promocodes", CODE | {"customer": str(absorbed.public_id)})

    assert answer.json()["customer"] == str(absorbed.merged_into.public_id)
    assert PromoCode.objects.get().customer_id == absorbed.merged_into_id


def test_rfm_of_a_customer_is_as_the_schema_says(api: Api) -> None:
    customer, now = CustomerFactory(), timezone.now()
    Rfm.objects.create(
        customer=customer, orders=3, spent=Decimal("4500.50"), first_paid_at=now, last_paid_at=now,
        frequency=2, monetary=Decimal("3000.00"), r=5, f=2, m=3, segment="potential_loyalist",
        since=now, changed_at=now,
    )  # fmt: skip

    answer = api.get(f"customers/{customer.public_id}")

    assert answer.json()["rfm"] == {
        "recency": 0,
        "frequency": 2,
        "monetary": "3000.00",
        "segment": "potential_loyalist",
    }
    schema = api.client.get("/api/v1/schema/?format=json").json()["components"]["schemas"]["RfmOut"]["properties"]
    assert {name: of["type"] for name, of in schema.items()} == {
        "recency": "integer",
        "frequency": "integer",
        "monetary": "string",
        "segment": "string",
    }
