"""Points on orders, end to end over HTTP: quoted, spent, earned, given back and taken back (Q-5, Q-6, O-5, O-7)."""

from decimal import Decimal
from typing import Any

import pytest

from tests.api.conftest import Api, problem
from tests.factories import CustomerFactory, ProductFactory
from tests.points.rows import offenders

NOTHING = {"available": 0, "pending": 0, "debt": 0, "expiring": []}


@pytest.fixture(autouse=True)
def shirt(db: None) -> None:
    ProductFactory(sku="SHIRT-1", name="Shirt", price=Decimal("1000.00"))


class Shopping:
    """One customer's dealings, with the balance read over the API after each step."""

    def __init__(self, api: Api) -> None:
        self.api, self.steps = api, 0
        self.customer = str(CustomerFactory().public_id)

    def balance(self) -> tuple[int, int, int]:
        """(available, pending, debt)"""
        points = self.api.get(f"customers/{self.customer}").json()["points"]
        return points["available"], points["pending"], points["debt"]

    def give(self, amount: int) -> None:
        self.post(f"customers/{self.customer}/points", {"amount": amount, "reason": "a gift"}, 201)

    def basket(self, points: int = 0, pieces: int = 3) -> dict[str, Any]:
        return {
            "customer": self.customer,
            "channel": "site",
            "lines": [{"sku": "SHIRT-1", "quantity": pieces}],
            "points_to_spend": points,
            "delivery": {"method": "courier", "price": "300.00"},
        }

    def placed(self, points: int = 0, pieces: int = 3) -> dict[str, Any]:
        return self.post("orders", self.basket(points, pieces), 201)

    def paid(self, points: int = 0, pieces: int = 3) -> dict[str, Any]:
        order = self.placed(points, pieces)
        payment = {"amount": order["total"], "payment_id": f"payment-{order['number']}"}
        return self.post(f"orders/{order['number']}/pay", payment)

    def refunded(self, order: dict[str, Any], pieces: int | None = None) -> tuple[str, int, int]:
        """(money, points returned, points taken back); None gives back all that is left."""
        lines = None if pieces is None else [{"sku": "SHIRT-1", "quantity": pieces}]
        found = self.post(f"orders/{order['number']}/refund", {"lines": lines, "reason": "size"})
        return found["refunded_amount"], found["points_returned"], found["points_taken_back"]

    def ledger(self, order: dict[str, Any]) -> list[tuple[str, int]]:
        """The order's entries as a reader of the API sees them, the oldest first."""
        found = self.api.get(f"customers/{self.customer}/points?order={order['number']}").json()["results"]
        return [(entry["kind"], entry["amount"]) for entry in reversed(found)]

    def post(self, path: str, body: Any, status: int = 200) -> dict[str, Any]:
        self.steps += 1
        answer = self.api.post(path, body, key=f"step-{self.steps}")
        assert answer.status_code == status, answer.content
        found: dict[str, Any] = answer.json()
        return found


@pytest.fixture
def shopping(api: Api) -> Shopping:
    return Shopping(api)


def test_quote_spends_what_is_allowed_and_says_how_much_that_is(api: Api, shopping: Shopping) -> None:
    shopping.give(1000)

    def quoted(points: int) -> tuple[Any, ...]:
        found = api.post("quotes", shopping.basket(points)).json()
        names = ("points_available", "points_spendable", "points_spent", "points_discount", "total", "points_to_earn")
        return tuple(found[name] for name in names)

    assert quoted(0) == (1000, 900, 0, "0.00", "3300.00", 300)
    assert quoted(500) == (1000, 900, 500, "500.00", "2800.00", 250)
    assert quoted(2000) == (1000, 900, 900, "900.00", "2400.00", 210)
    assert shopping.balance() == (1000, 0, 0)


def test_placing_with_more_than_allowed_is_refused_and_takes_nothing(api: Api, shopping: Shopping) -> None:
    shopping.give(1000)

    refused = api.post("orders", shopping.basket(901), key="too-many")
    as_guest = api.post("orders", shopping.basket(1) | {"customer": None}, key="guest")

    assert problem(refused) == problem(as_guest) == (422, "not_enough_points")
    assert api.get("orders").json()["results"] == []
    assert shopping.balance() == (1000, 0, 0)


def test_order_paid_with_points_and_refunded_in_three_steps_ends_where_it_began(shopping: Shopping) -> None:
    shopping.give(500)

    order = shopping.placed(500)
    assert (order["points_spent"], order["points_discount"], order["total"]) == (500, "500.00", "2800.00")
    assert shopping.balance() == (0, 0, 0)
    payment = {"amount": "2800.00", "payment_id": "payment-1"}
    for _report in range(5):
        shopping.post(f"orders/{order['number']}/pay", payment)
        assert shopping.balance() == (250 + 300, 0, 0)

    assert shopping.refunded(order, 1) == ("833.33", 166, 84)
    assert shopping.balance() == (632, 0, 0)
    assert shopping.refunded(order, 1) == ("833.34", 167, 83)
    assert shopping.balance() == (716, 0, 0)
    assert shopping.refunded(order) == ("1133.33", 167, 83 + 300)
    assert shopping.balance() == (500, 0, 0)
    assert shopping.ledger(order) == [
        ("spend", -500),
        ("earn", 250),
        ("earn", 300),
        ("return", 166),
        ("take_back", -84),
        ("return", 167),
        ("take_back", -83),
        ("return", 167),
        ("take_back", -83),
        ("take_back", -300),
    ]
    assert offenders() == set()


def test_refund_after_the_points_were_spent_elsewhere_is_a_debt_that_comes_back(shopping: Shopping) -> None:
    first = shopping.paid()
    assert shopping.balance() == (300 + 300, 0, 0)
    second = shopping.paid(600)
    assert shopping.balance() == (240, 0, 0)

    assert shopping.refunded(first) == ("3300.00", 0, 600)
    assert shopping.balance() == (0, 0, 360)
    shopping.give(100)
    assert shopping.balance() == (0, 0, 260)
    assert shopping.refunded(second) == ("2700.00", 600, 240)
    assert shopping.balance() == (100, 0, 0)
    assert offenders() == set()


def test_cancelled_order_gives_its_points_back(shopping: Shopping) -> None:
    shopping.give(500)
    order = shopping.placed(500)

    shopping.post(f"orders/{order['number']}/cancel", {"reason": "changed my mind"})

    assert shopping.balance() == (500, 0, 0)
    assert shopping.ledger(order) == [("spend", -500), ("return", 500)]


def test_points_wait_while_the_programme_holds_them(api: Api, shopping: Shopping) -> None:
    api.call("PATCH", "programme", {"points_hold_days": 14, "first_purchase_bonus": 0})

    order = shopping.paid()

    assert shopping.balance() == (0, 300, 0)
    entry = api.get(f"customers/{shopping.customer}/points").json()["results"][0]
    assert entry["available_from"] > entry["created_at"]
    assert shopping.refunded(order) == ("3300.00", 0, 300)
    assert shopping.balance() == (0, 0, 0)


def test_value_of_a_point_and_the_cap_are_the_programmes(api: Api, shopping: Shopping) -> None:
    api.call("PATCH", "programme", {"point_value": "0.50", "points_cap_percent": "10.00"})
    shopping.give(1000)

    found = api.post("quotes", shopping.basket(1000)).json()

    assert (found["points_spendable"], found["points_spent"], found["points_discount"]) == (600, 600, "300.00")


def test_tier_raises_what_is_earned_at_once(api: Api, shopping: Shopping) -> None:
    shopping.paid(pieces=15)

    tier = api.get(f"customers/{shopping.customer}/tier").json()
    assert (tier["code"], tier["spent"], tier["orders"]) == ("silver", "15000.00", 1)
    quote = api.post("quotes", shopping.basket(pieces=1)).json()
    assert (quote["discount_total"], quote["lines"][0]["earn_rate"], quote["points_to_earn"]) == ("30.00", "12.00", 116)
    assert quote["lines"][0]["discounts"] == [{"source": "tier", "percent": "3.00", "amount": "30.00"}]


def test_customer_pays_with_its_own_points_in_the_browser(shopper: Any, api: Api) -> None:
    own = f"customers/{shopper.customer.public_id}"
    api.post(f"{own}/points", {"amount": 200, "reason": "a gift"}, key="gift")
    body = {"channel": "site", "lines": [{"sku": "SHIRT-1", "quantity": 1}], "points_to_spend": 200}

    quote = shopper.post("quotes", body).json()
    order = shopper.post("orders", body | {"expected_total": "800.00"}, key="k-1")

    assert (quote["points_available"], quote["points_spendable"], quote["total"]) == (200, 200, "800.00")
    assert (order.status_code, order.json()["points_spent"]) == (201, 200)
    assert [entry["amount"] for entry in shopper.get(f"{own}/points").json()["results"]] == [-200, 200]
