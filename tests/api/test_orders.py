"""Quotes and orders over HTTP, from the price asked to the money given back."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from customers.services import merge_customers
from orders.models import Order
from promocodes.models import Redemption
from tests.api.conftest import Api, problem
from tests.factories import (
    CustomerFactory,
    DeliveryMethodFactory,
    ProductFactory,
    PromoCodeFactory,
)

LINES = [{"sku": "SHIRT-1", "quantity": 2}]


@pytest.fixture(autouse=True)
def shirt(db: None) -> Any:
    return ProductFactory(sku="SHIRT-1", name="Shirt", price=Decimal("1500.00"))


def code(**fields: Any) -> str:
    """A code of 5 % that works now."""
    now = timezone.now()
    period = {"terms__starts_at": now - timedelta(days=1), "terms__ends_at": now + timedelta(days=1)}
    return PromoCodeFactory(**period | fields).code


def basket(**fields: Any) -> dict[str, Any]:
    return {"channel": "site", "lines": LINES, "delivery": {"method": "courier", "price": "300.00"}, **fields}


def placed(api: Api, key: str = "place-1", **fields: Any) -> dict[str, Any]:
    answer = api.post("orders", basket(**fields), key=key)
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_quote_has_the_shape_of_the_contract(api: Api) -> None:
    wanted = code()

    answer = api.post("quotes", basket(promo_code=wanted.lower(), points_to_spend=0, customer=None))

    assert answer.status_code == 200
    found = answer.json()
    texts = [step.pop("text") for step in found["explanation"]]
    assert all(texts)
    assert found.pop("explanation")
    assert found == {
        "lines": [
            {
                "sku": "SHIRT-1",
                "name": "Shirt",
                "quantity": 2,
                "unit_price": "1500.00",
                "compare_at_price": None,
                "subtotal": "3000.00",
                "discount": "150.00",
                "points_spent": 0,
                "total": "2850.00",
                "earn_rate": "10.00",
                "discounts": [{"source": "promo_code", "percent": "5.00", "amount": "150.00"}],
            }
        ],
        "goods_total": "3000.00",
        "discount_total": "150.00",
        "delivery_total": "300.00",
        "points_spent": 0,
        "points_discount": "0.00",
        "total": "3150.00",
        "points_to_earn": 285,
        "points_available": 0,
        "points_spendable": 0,
        "promo_code": {
            "code": wanted,
            "status": "applied",
            "reason": None,
            "message": "",
            "missing_amount": None,
            "available_from": None,
            "held_by_order": None,
            "worse_than_current": False,
            "type": "percent",
        },
    }
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        ({"switch": None}, "not_found"),
        ({"switch": False}, "not_found"),
        ({"terms__minimum_order": Decimal("5000")}, "below_minimum"),
        (
            {"terms__ends_at": datetime(2026, 1, 2, tzinfo=UTC), "terms__starts_at": datetime(2026, 1, 1, tzinfo=UTC)},
            "expired",
        ),
        (
            {"terms__starts_at": datetime(2100, 1, 1, tzinfo=UTC), "terms__ends_at": datetime(2100, 1, 2, tzinfo=UTC)},
            "not_started",
        ),
        ({"max_uses": 1, "uses": 1}, "exhausted"),
        ({"terms__categories": ["shoes"]}, "no_matching_items"),
    ],
)
def test_rejected_code_leaves_the_quote_and_refuses_the_order(api: Api, terms: dict[str, Any], reason: str) -> None:
    wanted = code(**terms)

    quote = api.post("quotes", basket(promo_code=wanted))
    order = api.post("orders", basket(promo_code=wanted), key="k-1")

    assert (quote.status_code, quote.json()["total"]) == (200, "3300.00")
    outcome = quote.json()["promo_code"]
    assert (outcome["status"], outcome["reason"]) == ("rejected", reason)
    assert problem(order) == (422, "promo_code_rejected")
    refused = order.json()
    assert {
        name: refused[name] for name in ("reason", "message", "missing_amount", "available_from", "held_by_order")
    } == {name: outcome[name] for name in ("reason", "message", "missing_amount", "available_from", "held_by_order")}
    assert [error["field"] for error in refused["errors"]] == ["promo_code"]
    assert not Order.objects.exists()
    assert not Redemption.objects.exists()


def test_order_goes_from_placed_to_refunded(api: Api) -> None:
    customer = CustomerFactory()
    wanted = code(max_uses=1)

    order = placed(
        api, promo_code=wanted, customer=str(customer.public_id), expected_total="3150.00", external_number="A-1"
    )
    number = order["number"]
    assert (order["status"], order["customer"], order["total"]) == ("new", str(customer.public_id), "3150.00")
    assert datetime.fromisoformat(order["created_at"]).tzinfo
    assert api.get(f"orders/{number}").json() == order

    paid = api.post(f"orders/{number}/pay", {"amount": "3150.00", "payment_id": "p-1"}, key="pay-1").json()
    assert paid["status"] == "paid"
    assert api.post(f"orders/{number}/complete", key="c-1").json()["status"] == "completed"
    part = api.post(
        f"orders/{number}/refund", {"lines": [{"sku": "SHIRT-1", "quantity": 1}], "reason": "size"}, key="r-1"
    )
    assert part.status_code == 200
    assert {name: part.json()[name] for name in ("refunded_amount", "points_returned", "points_taken_back")} == {
        "refunded_amount": "1425.00",
        "points_returned": 0,
        "points_taken_back": 143,
    }
    assert part.json()["order"]["status"] == "partially_refunded"
    rest = api.post(f"orders/{number}/refund", {}, key="r-2").json()
    assert (rest["refunded_amount"], rest["order"]["status"]) == ("1725.00", "refunded")
    # The other half of 285 points, and the bonus for the first purchase.
    assert (rest["points_returned"], rest["points_taken_back"]) == (0, 142 + 300)
    uses = api.get(f"promocodes/{wanted}/uses").json()
    assert [
        (use["order"], use["customer"], use["discount"], use["order_total"], use["released_at"])
        for use in uses["results"]
    ] == [(number, str(customer.public_id), "150.00", "3150.00", None)]
    assert api.get(f"promocodes/{wanted}").json()["status"] == "exhausted"


def test_cancelled_order_frees_its_code(api: Api) -> None:
    wanted = code(max_uses=1)
    number = placed(api, promo_code=wanted)["number"]

    answer = api.post(f"orders/{number}/cancel", {"reason": "changed mind"})

    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    assert placed(api, key="place-2", promo_code=wanted)["promo_code"]["status"] == "applied"


def test_moved_price_is_409_with_the_new_quote(api: Api) -> None:
    answer = api.post("orders", basket(expected_total="3000.00"), key="k-1")

    assert problem(answer) == (409, "total_changed")
    assert answer.json()["quote"]["total"] == "3300.00"
    assert not Order.objects.exists()


def test_points_nobody_has_are_refused(api: Api) -> None:
    answer = api.post("orders", basket(points_to_spend=10), key="k-1")

    assert problem(answer) == (422, "not_enough_points")
    refused = answer.json()
    assert (refused["points_available"], refused["points_spendable"]) == (0, 0)
    assert [error["field"] for error in refused["errors"]] == ["points_to_spend"]


@pytest.mark.parametrize("verb", ["pay", "complete", "cancel", "refund"])
@pytest.mark.parametrize("number", ["999999", "0", "-1", "x", "9" * 30, "１２"])
def test_unknown_order_is_404(api: Api, verb: str, number: str) -> None:
    body = {"amount": "1.00", "payment_id": "p"} if verb == "pay" else {}

    assert problem(api.post(f"orders/{number}/{verb}", body, key="k-1")) == (404, "not_found")
    assert problem(api.get(f"orders/{number}")) == (404, "not_found")


def test_wrong_state_is_409(api: Api) -> None:
    number = placed(api)["number"]

    assert problem(api.post(f"orders/{number}/complete")) == (409, "wrong_state")
    assert problem(api.post(f"orders/{number}/refund", key="r-1")) == (409, "wrong_state")
    api.post(f"orders/{number}/cancel")
    answer = api.post(f"orders/{number}/pay", {"amount": "3300.00", "payment_id": "p-1"}, key="p-1")
    assert problem(answer) == (409, "wrong_state")


def test_wrong_amount_is_422(api: Api) -> None:
    number = placed(api)["number"]

    answer = api.post(f"orders/{number}/pay", {"amount": "1.00", "payment_id": "p-1"}, key="p-1")

    assert problem(answer) == (422, "amount_mismatch")


def test_external_number_is_taken_once(api: Api) -> None:
    placed(api, external_number="A-1")

    assert problem(api.post("orders", basket(external_number="A-1"), key="k-2")) == (409, "external_number_taken")


def test_what_if_asks_for_another_time_and_for_drafts(api: Api, api_with: Any) -> None:
    draft = code(switch=None)
    scheduled = code(terms__starts_at=datetime(2099, 1, 1, tzinfo=UTC), terms__ends_at=datetime(2099, 2, 1, tzinfo=UTC))

    assert api.post("quotes", basket(promo_code=draft, include_drafts=True)).json()["promo_code"]["status"] == "applied"
    at = "2099-01-10T12:00:00+03:00"
    assert api.post("quotes", basket(promo_code=scheduled, at=at)).json()["promo_code"]["status"] == "applied"
    assert problem(api_with("orders").post("quotes", basket(promo_code=draft, include_drafts=True))) == (
        403,
        "permission_denied",
    )
    assert api_with("orders").post("quotes", basket(promo_code=scheduled, at=at)).status_code == 200
    for field in ("at", "include_drafts"):
        answer = api.post("orders", basket(**{field: True}), key="k-9")
        assert (problem(answer), answer.json()["errors"][0]["code"]) == ((400, "invalid"), "unknown_field")


def test_customer_orders_for_itself_at_the_shops_delivery_price(shopper: Api, api: Api) -> None:
    DeliveryMethodFactory(code="courier", price=Decimal("290.00"))
    own = str(shopper.customer.public_id)

    quote = shopper.post("quotes", basket(delivery={"method": "courier", "price": "0.00"}))
    assert quote.json()["delivery_total"] == "290.00"
    order = placed(shopper, delivery={"method": "courier", "price": "0.00"})
    assert (order["customer"], order["delivery_total"]) == (own, "290.00")
    assert shopper.get(f"orders/{order['number']}").json() == order
    assert problem(shopper.post("quotes", basket(delivery={"method": "drone"}))) == (400, "invalid")


def test_customer_sees_nobody_elses_orders(shopper: Api, api: Api) -> None:
    other = CustomerFactory()
    number = placed(api, customer=str(other.public_id))["number"]

    assert problem(shopper.get(f"orders/{number}")) == (404, "not_found")
    assert problem(shopper.get(f"orders?customer={other.public_id}")) == (404, "not_found")
    assert problem(shopper.post("quotes", basket(customer=str(other.public_id)))) == (404, "not_found")
    assert problem(shopper.post("orders", basket(customer=str(other.public_id)), key="k")) == (404, "not_found")
    assert shopper.get("orders").json() == {"next": None, "previous": None, "results": []}


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"at": "2099-01-01T00:00:00Z"}, 403),
        ({"include_drafts": True}, 403),
        ({"channel": "pos"}, 400),
        ({"channel": "app"}, 400),
    ],
)
def test_customer_asks_no_what_if(shopper: Api, fields: dict[str, Any], status: int) -> None:
    assert shopper.post("quotes", basket(delivery=None, **fields)).status_code == status


def test_orders_are_filtered_and_paged(api: Api, django_assert_num_queries: Any) -> None:
    customer = str(CustomerFactory().public_id)
    wanted = code()
    numbers = [placed(api, key=f"k-{n}", customer=customer, promo_code=wanted)["number"] for n in range(3)]
    placed(api, key="k-other")
    api.post(f"orders/{numbers[0]}/cancel")

    def found(query: str) -> list[str]:
        return [order["number"] for order in api.get(f"orders?{query}").json()["results"]]

    assert found(f"customer={customer}") == numbers[::-1]
    assert found(f"promo_code={wanted.lower()}&status=new") == [numbers[2], numbers[1]]
    assert found("promo_code=NOSUCHCODE22") == []
    first = api.get(f"orders?customer={customer}&limit=2").json()
    assert ([order["number"] for order in first["results"]], first["previous"]) == ([numbers[2], numbers[1]], None)
    second = api.client.get(first["next"], headers=api.headers).json()
    assert ([order["number"] for order in second["results"]], second["next"]) == ([numbers[0]], None)
    back = api.client.get(second["previous"], headers=api.headers).json()
    assert [order["number"] for order in back["results"]] == [numbers[2], numbers[1]]
    assert back["previous"] is None


@pytest.mark.parametrize(
    "query",
    [
        "cursor=x",
        "cursor=%00",
        "cursor=eA",
        "limit=0",
        "limit=101",
        "limit=1_0",
        "limit=١",
        "status=fine",
        "customer=1",
        "customer=%00",
        "promo_code=%00",
    ],
)
def test_wrong_query_is_400(api: Api, query: str) -> None:
    assert problem(api.get(f"orders?{query}")) == (400, "invalid")


@pytest.mark.parametrize("count", [1, 3])
def test_orders_take_two_queries(api: Api, django_assert_num_queries: Any, count: int) -> None:
    for n in range(count):
        placed(api, key=f"k-{n}", customer=str(CustomerFactory().public_id))

    with django_assert_num_queries(2):
        assert len(api.get("orders").json()["results"]) == count


def test_the_id_of_a_merged_customer_leads_to_who_stayed(api: Api) -> None:
    older, newer = CustomerFactory(), CustomerFactory()
    values: dict[str, Any] = {"kept": {}, "reason": "one person", "by": None, "now": timezone.now()}
    merge_customers(first_id=older.pk, second_id=newer.pk, **values)

    found = api.get(f"customers/{newer.public_id}").json()
    quoted = api.post("quotes", basket(customer=str(newer.public_id)))
    number = placed(api, customer=str(newer.public_id))["number"]

    assert found["id"] == str(older.public_id)
    assert quoted.status_code == 200
    assert Order.objects.get(pk=number).customer_id == older.pk
