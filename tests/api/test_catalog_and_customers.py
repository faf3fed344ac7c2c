"""The catalogue, customers and the programme over HTTP."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer, Programme
from orders.models import Category, Product
from referrals.queries import link_of
from tests.api.conftest import Api, problem
from tests.factories import CategoryFactory, CustomerFactory, ProductFactory, SegmentFactory, SegmentMembershipFactory

SHIRTS = {"name": "Рубашки", "parent": None, "earns_points": True, "payable_with_points": True}
SHIRT = {
    "name": "Рубашка «Лето»",
    "price": "1500.00",
    "compare_at_price": "2000.00",
    "category": "shirts",
    "is_active": True,
}


def test_category_is_put_and_put_again(api: Api) -> None:
    first = api.call("PUT", "catalog/categories/shirts", SHIRTS)
    second = api.call("PUT", "catalog/categories/shirts", SHIRTS | {"earns_points": False})

    assert (first.status_code, first.json()) == (200, {"slug": "shirts", **SHIRTS})
    assert (second.status_code, second.json()["earns_points"]) == (200, False)
    assert Category.objects.count() == 1


def test_product_is_put_and_put_again(api: Api) -> None:
    CategoryFactory(slug="shirts")

    first = api.call("PUT", "catalog/products/SHIRT-1", SHIRT)
    second = api.call("PUT", "catalog/products/SHIRT-1", {"name": "Shirt", "price": "1"})

    assert (first.status_code, first.json()) == (200, {"sku": "SHIRT-1", **SHIRT})
    assert second.json() == {
        "sku": "SHIRT-1",
        "name": "Shirt",
        "price": "1.00",
        "compare_at_price": None,
        "category": None,
        "is_active": True,
    }


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("categories/shirts", {"name": ""}, "name"),
        ("categories/shirts", {"name": "x", "parent": "none"}, "parent"),
        ("categories/shirts", {"name": "x", "parent": "shirts"}, "parent"),
        ("categories/shirts", {"name": "x", "earns_points": "yes"}, "earns_points"),
        ("products/A", {"name": "x"}, "price"),
        ("products/A", {"name": "x", "price": 5.5}, "price"),
        ("products/A", {"name": "x", "price": "-1.00"}, "price"),
        ("products/A", {"name": "x", "price": "1.00", "category": "none"}, "category"),
        ("products/A", {"name": "x", "price": "1.00", "sku": "B"}, "sku"),
    ],
)
def test_wrong_rows_are_refused(api: Api, path: str, body: dict[str, Any], field: str) -> None:
    answer = api.call("PUT", f"catalog/{path}", body)

    assert (problem(answer), [error["field"] for error in answer.json()["errors"]]) == ((400, "invalid"), [field])
    assert not Product.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_import_is_all_or_nothing() -> None:
    from tests.api.conftest import new_key

    api = Api(new_key())
    rows = {
        "categories": [{"slug": "summer", **SHIRTS, "parent": "shirts"}, {"slug": "shirts", **SHIRTS}],
        "products": [{"sku": f"S-{n}", **SHIRT} for n in range(3)],
    }

    wrong = api.post(
        "catalog/import", rows | {"products": [*rows["products"], {"sku": "S-9", **SHIRT, "category": "none"}]}
    )
    assert problem(wrong) == (400, "invalid")
    assert wrong.json()["errors"][0]["field"] == "products.3.category"
    assert (Category.objects.count(), Product.objects.count()) == (0, 0)

    assert api.post("catalog/import", rows).json() == {"categories": 2, "products": 3}
    assert Category.objects.get(slug="summer").ancestry == ["shirts", "summer"]


def test_import_takes_ten_thousand_rows_and_no_more(api: Api) -> None:
    rows = [{"sku": f"SKU-{n}", "name": "Очень длинное имя товара " * 8, "price": "10.00"} for n in range(10_001)]

    assert api.post("catalog/import", {"products": rows[:-1]}).json() == {"categories": 0, "products": 10_000}
    assert problem(api.post("catalog/import", {"products": rows})) == (400, "invalid")


def test_customer_is_registered_read_and_changed(api: Api) -> None:
    body = {
        "email": " Anna.Example@Shop.Test ",
        "phone": "8 (912) 345-67-89",
        "first_name": "A",
        "last_name": "B",
        "birthday": "1990-02-28",
        "consents": ["email", "programme"],
        "external_id": "crm-1",
        "referral_code": None,
    }

    answer = api.post("customers", body)

    assert answer.status_code == 201, answer.content
    found = answer.json()
    customer = Customer.objects.get()
    link = link_of(customer.pk)
    assert found == {
        "id": str(customer.public_id),
        "external_id": "crm-1",
        "email": "anna.example@shop.test",
        "phone": "+79123456789",
        "first_name": "A",
        "last_name": "B",
        "birthday": "1990-02-28",
        "consents": ["email", "programme"],
        "tier": {"code": "standard", "name": "Standard"},
        "points": {"available": 0, "pending": 0, "debt": 0, "expiring": []},
        "referral": {"code": link.code, "url": link.url},
        "segments": [],
        "rfm": None,
    }
    SegmentMembershipFactory(customer=customer, segment=SegmentFactory(code="vip"))
    changed = api.call("PATCH", f"customers/{found['id']}", {"last_name": "C", "phone": None, "consents": ["sms"]})
    expected = found | {"last_name": "C", "phone": None, "consents": ["sms"], "segments": ["vip"]}
    assert (changed.status_code, changed.json()) == (200, expected)
    with CaptureQueriesContext(connection) as asked:
        assert api.get(f"customers/{found['id']}").json() == expected
    # The key, the customer, consents, segments, the standing, two for the lowest tier, points, two for the link.
    assert len(asked) == 11


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "email"),
        ({"first_name": "A"}, "email"),
        ({"email": "nobody"}, "email"),
        ({"phone": "123"}, "phone"),
        ({"email": "a@shop.test", "birthday": "2999-01-01"}, "birthday"),
        ({"email": "a@shop.test", "birthday": "29.02.1990"}, "birthday"),
        ({"email": "a@shop.test", "consents": ["fax"]}, "consents.0"),
        ({"email": "a@shop.test", "referral_code": "ABC"}, "referral_code"),
        ({"email": "a@shop.test", "name": "A"}, "name"),
        ({"email": 5}, "email"),
    ],
)
def test_wrong_customer_is_refused(api: Api, body: dict[str, Any], field: str) -> None:
    answer = api.post("customers", body)

    assert (problem(answer), [error["field"] for error in answer.json()["errors"]]) == ((400, "invalid"), [field])


@pytest.mark.parametrize(
    ("field", "code"), [("email", "email_taken"), ("phone", "phone_taken"), ("external_id", "external_id_taken")]
)
def test_taken_identity_is_409(api: Api, field: str, code: str) -> None:
    mine = {"email": "a@shop.test", "phone": "+79123456789", "external_id": "crm-1"}
    first = api.post("customers", {field: mine[field]}).json()
    other = CustomerFactory()

    assert problem(api.post("customers", {"email": "b@shop.test"} | {field: mine[field]})) == (409, code)
    assert problem(api.call("PATCH", f"customers/{other.public_id}", {field: mine[field]})) == (409, code)
    assert api.call("PATCH", f"customers/{first['id']}", {field: mine[field]}).status_code == 200


def test_programme_is_read_and_changed(api: Api) -> None:
    defaults = {
        "percent_policy": "replace",
        "unpaid_order_ttl_minutes": 60,
        "base_earn_percent": "10.00",
        "sale_goods_excluded": False,
        "second_person_percent": None,
        "second_person_amount": None,
        "second_person_points": None,
        "point_value": "1.00",
        "points_cap_percent": "30.00",
        "points_hold_days": 0,
        "points_life_days": 365,
        "points_grace_days": 14,
        "first_purchase_bonus": 300,
        "referral_hold_days": 14,
        "referrer_reward_kind": "points",
        "referrer_reward": 300,
        "referee_reward_kind": "points",
        "referee_reward": 0,
        "referee_reward_at": "registration",
        "referral_code_days": 90,
        "referral_minimum_order": "0.00",
        "referral_visit_days": 30,
        "referral_day_limit": 10,
        "referral_month_limit": 50,
        "referral_review_score": 50,
        "referral_block_score": 100,
        "referral_burst_count": 5,
    }
    assert api.get("programme").json() == defaults

    changed = api.call("PATCH", "programme", {"percent_policy": "best", "base_earn_percent": "7.5"})

    assert changed.json() == defaults | {"percent_policy": "best", "base_earn_percent": "7.50"}
    assert Programme.objects.get().base_earn_percent == Decimal("7.50")
    for wrong in (
        {"percent_policy": "worst"},
        {"unpaid_order_ttl_minutes": 0},
        {"base_earn_percent": "101.00"},
        {"point_value": "0.00"},
        {"points_cap_percent": "100.01"},
        {"points_hold_days": 3651},
        {"points_life_days": 0},
        {"points_grace_days": -1},
        {"first_purchase_bonus": 1_000_001},
        {"second_person_points": -1},
        {"referrer_reward_kind": "money"},
        {"referrer_reward_kind": "percent_code"},
        {"referee_reward_at": "never"},
        {"referral_review_score": 101},
        {"referral_visit_days": 0},
        {"colour": 1},
    ):
        assert problem(api.call("PATCH", "programme", wrong)) == (400, "invalid")
    points = {
        "point_value": "0.50",
        "points_cap_percent": "50.00",
        "points_hold_days": 14,
        "points_life_days": 180,
        "points_grace_days": 7,
        "first_purchase_bonus": 0,
        "second_person_points": 1000,
    }
    assert api.call("PATCH", "programme", points).json() == changed.json() | points
    referrals = {
        "referral_hold_days": 0,
        "referrer_reward_kind": "percent_code",
        "referrer_reward": 100,
        "referee_reward_kind": "fixed_code",
        "referee_reward": 500,
        "referee_reward_at": "first_order",
        "referral_minimum_order": "999.90",
        "referral_review_score": 100,
    }
    assert api.call("PATCH", "programme", referrals).json() == changed.json() | points | referrals
    assert api.call("PATCH", "programme", {"second_person_points": None}).json()["second_person_points"] is None
    ProductFactory(sku="P", price=Decimal("100.00"))
    quote = api.post("quotes", {"channel": "pos", "lines": [{"sku": "P", "quantity": 1}]}).json()
    assert (quote["lines"][0]["earn_rate"], quote["points_to_earn"]) == ("7.50", 7)
