"""Tiers over HTTP: where a customer stands, the ladder, a change seen beforehand, cards."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.models import Customer
from loyalty_site.kernel.transactions import in_transaction
from tests.api.conftest import Api, problem
from tests.factories import CardFactory, CustomerFactory, PurchaseFactory
from tiers.models import Standing, Tier, TierChange
from tiers.services import review_after_purchase, review_chunk

PLAIN = {"ships_free": False, "has_manager": False, "has_early_access": False}
STANDARD = {
    "code": "standard",
    "name": "Стандарт",
    "name_en": "Standard",
    "threshold_amount": "0.00",
    "threshold_orders": 0,
    "cashback_percent": None,
    "discount_percent": "0.00",
    **PLAIN,
}
SILVER = {
    "code": "silver",
    "name": "Серебро",
    "name_en": "Silver",
    "threshold_amount": "15000.00",
    "threshold_orders": 5,
    "cashback_percent": "12.00",
    "discount_percent": "3.00",
    **PLAIN,
}
GOLD = {
    "code": "gold",
    "name": "Золото",
    "name_en": "Gold",
    "threshold_amount": "50000.00",
    "threshold_orders": 15,
    "cashback_percent": "15.00",
    "discount_percent": "5.00",
    **PLAIN,
    "ships_free": True,
}
PLATINUM = {
    "code": "platinum",
    "name": "Платина",
    "name_en": "Platinum",
    "threshold_amount": "150000.00",
    "threshold_orders": 40,
    "cashback_percent": "20.00",
    "discount_percent": "7.00",
    **dict.fromkeys(PLAIN, True),
}
DEFAULT = {"basis": "spend", "window_days": 365, "grace_days": 30, "tiers": [STANDARD, SILVER, GOLD, PLATINUM]}


def buyer(amount: int, *, refunded: int = 0, orders: int = 1, **given: Any) -> Customer:
    """A customer who has paid this much for goods over the last days, reviewed after the last purchase."""
    customer, now = CustomerFactory(**given), timezone.now()
    for number in range(orders):
        PurchaseFactory(
            customer=customer,
            goods_amount=Decimal(amount) / orders,
            refunded_amount=Decimal(refunded) / orders,
            paid_at=now - timedelta(days=number + 1),
        )
    in_transaction(lambda: review_after_purchase(customer_id=customer.pk, order_ref="order:1", now=now))
    return customer


def tier_of(api: Api, customer: Customer) -> Any:
    return api.get(f"customers/{customer.public_id}/tier").json()


def test_newcomer_stands_on_the_lowest_tier(api: Api) -> None:
    customer = CustomerFactory()

    answer = api.get(f"customers/{customer.public_id}/tier")

    assert (answer.status_code, answer.json()) == (
        200,
        {
            "code": "standard",
            "name": "Standard",
            "since": timezone.localtime(customer.registered_at).isoformat(),
            "spent": "0.00",
            "orders": 0,
            "next": {"code": "silver", "name": "Silver", "missing_amount": "15000.00", "missing_orders": None},
        },
    )
    assert api.get(f"customers/{customer.public_id}").json()["tier"] == {"code": "standard", "name": "Standard"}


def test_purchase_lifts_and_what_went_back_does_not_count(api: Api) -> None:
    customer = buyer(20_000, refunded=1_000, orders=2)

    found = tier_of(api, customer)

    since = Standing.objects.get(customer=customer).since
    assert found == {
        "code": "silver",
        "name": "Silver",
        "since": timezone.localtime(since).isoformat(),
        "spent": "19000.00",
        "orders": 2,
        "next": {"code": "gold", "name": "Gold", "missing_amount": "31000.00", "missing_orders": None},
    }
    document = api.get(f"customers/{customer.public_id}", **{"Accept-Language": "ru"}).json()
    assert document["tier"] == {"code": "silver", "name": "Серебро"}


def test_top_has_no_next_and_orders_count_where_the_ladder_says_so(api: Api) -> None:
    top, busy = buyer(150_000), buyer(600, orders=3)
    assert tier_of(api, top)["next"] is None

    assert api.call("PUT", "tiers", DEFAULT | {"basis": "orders"}).status_code == 200

    assert tier_of(api, busy)["next"] == {
        "code": "silver",
        "name": "Silver",
        "missing_amount": None,
        "missing_orders": 2,
    }
    assert (tier_of(api, top)["code"], tier_of(api, top)["next"]) == ("platinum", None)


def test_customer_reads_its_own_tier_and_cards_alone(shopper: Any) -> None:
    other = CustomerFactory()
    CardFactory(number="MINE1", customer=shopper.customer)
    CardFactory(number="OTHER1", customer=other)

    own = f"customers/{shopper.customer.public_id}"
    assert shopper.get(f"{own}/tier").json()["code"] == "standard"
    assert [card["number"] for card in shopper.get(f"{own}/cards").json()["results"]] == ["MINE1"]
    assert problem(shopper.get(f"customers/{other.public_id}/tier")) == (404, "not_found")
    assert problem(shopper.get(f"customers/{other.public_id}/cards")) == (404, "not_found")
    assert problem(shopper.get("cards/MINE1")) == (403, "permission_denied")
    assert problem(shopper.call("PUT", "tiers", DEFAULT)) == (403, "permission_denied")


def test_unknown_customer_is_404(api: Api) -> None:
    for what in ("tier", "cards"):
        unknown = api.get(f"customers/00000000-0000-4000-8000-000000000000/{what}")
        assert problem(unknown) == (404, "not_found")


def test_ladder_is_read_and_put_again_unchanged(api: Api) -> None:
    assert api.get("tiers").json() == DEFAULT

    answer = api.call("PUT", "tiers", DEFAULT)

    assert (answer.status_code, answer.json()) == (200, DEFAULT)


def test_ladder_is_replaced_and_a_tier_left_out_stays_for_its_people(api: Api) -> None:
    customer = buyer(20_000)
    bronze = {
        "code": "bronze",
        "name": "Бронза",
        "name_en": "",
        "threshold_amount": "5000.00",
        "threshold_orders": None,
        "cashback_percent": None,
        "discount_percent": "1.50",
        **PLAIN,
    }
    wanted = {"basis": "spend", "window_days": 180, "grace_days": 14, "tiers": [STANDARD, bronze, GOLD, PLATINUM]}

    answer = api.call("PUT", "tiers", wanted)

    assert (answer.status_code, answer.json()) == (200, wanted)
    assert api.get("tiers").json() == wanted
    assert tier_of(api, customer)["code"] == "silver"
    assert Tier.objects.get(code="silver").is_active is False
    now = timezone.now()
    in_transaction(lambda: review_chunk(now=now, limit=100))
    assert tier_of(api, customer)["code"] == "silver"
    assert TierChange.objects.filter(customer=customer).count() == 1


def test_members_that_are_not_given_have_their_defaults(api: Api) -> None:
    tiers = [{"code": "all", "name": "Все", "threshold_amount": "0"}]

    answer = api.call("PUT", "tiers", {"basis": "spend", "window_days": 30, "grace_days": 0, "tiers": tiers})

    assert answer.json()["tiers"] == [
        {
            "code": "all",
            "name": "Все",
            "name_en": "",
            "threshold_amount": "0.00",
            "threshold_orders": None,
            "cashback_percent": None,
            "discount_percent": "0.00",
            **PLAIN,
        }
    ]


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"basis": "weight"}, ["basis"]),
        ({"window_days": 0}, ["window_days"]),
        ({"grace_days": None}, ["grace_days"]),
        ({"tiers": []}, ["tiers"]),
        ({"tiers": [STANDARD | {"threshold_amount": "1.00"}]}, ["tiers.0.threshold_amount"]),
        ({"tiers": [STANDARD, SILVER | {"code": "standard"}]}, ["tiers.1.code"]),
        ({"tiers": [STANDARD, SILVER | {"code": "Silver!"}]}, ["tiers.1.code"]),
        ({"tiers": [STANDARD, GOLD, SILVER]}, ["tiers.2.threshold_amount", "tiers.2.threshold_orders"]),
        ({"tiers": [STANDARD, SILVER | {"threshold_amount": None}]}, ["tiers.1.threshold_amount"]),
        ({"tiers": [STANDARD, SILVER | {"threshold_amount": 15_000}]}, ["tiers.1.threshold_amount"]),
        ({"tiers": [STANDARD, SILVER | {"cashback_percent": "101.00"}]}, ["tiers.1.cashback_percent"]),
        ({"tiers": [STANDARD, SILVER | {"colour": "silver"}]}, ["tiers.1.colour"]),
        ({"tiers": [STANDARD, {"code": "silver"}]}, ["tiers.1.name"]),
    ],
)
@pytest.mark.parametrize(("method", "path"), [("PUT", "tiers"), ("POST", "tiers/preview")])
def test_wrong_ladder_is_refused_and_changes_nothing(
    api: Api, method: str, path: str, change: dict[str, Any], fields: list[str]
) -> None:
    answer = api.call(method, path, DEFAULT | change)

    assert (problem(answer), [error["field"] for error in answer.json()["errors"]]) == ((400, "invalid"), fields)
    assert api.get("tiers").json() == DEFAULT


def test_preview_tells_who_would_move_and_changes_nothing(api: Api) -> None:
    buyer(16_000)
    for _number in range(2):
        buyer(7_000)
    lower = {"tiers": [STANDARD, SILVER | {"threshold_amount": "5000.00"}, GOLD, PLATINUM]}
    higher = {"tiers": [STANDARD, SILVER | {"threshold_amount": "17000.00"}, GOLD, PLATINUM]}

    assert api.post("tiers/preview", DEFAULT).json() == {"moves": [], "up": 0, "down": 0}
    assert api.post("tiers/preview", DEFAULT | lower).json() == {
        "moves": [{"from": "standard", "to": "silver", "count": 2}],
        "up": 2,
        "down": 0,
    }
    assert api.post("tiers/preview", DEFAULT | higher, key="k-1").json() == {
        "moves": [{"from": "silver", "to": "standard", "count": 1}],
        "up": 0,
        "down": 1,
    }
    assert api.get("tiers").json() == DEFAULT


def test_programme_key_edits_the_ladder_and_customers_key_reads_it(api_with: Callable[..., Api]) -> None:
    assert api_with("customers").get("tiers").json() == DEFAULT
    assert problem(api_with("customers").call("PUT", "tiers", DEFAULT)) == (403, "permission_denied")
    assert problem(api_with("customers").post("tiers/preview", DEFAULT)) == (403, "permission_denied")
    assert api_with("programme").call("PUT", "tiers", DEFAULT).status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_cards_take_three_queries(api: Api, rows: int) -> None:
    customer = CustomerFactory()
    for number in range(rows):
        CardFactory(number=f"CARD-{number}".replace("-", ""), customer=customer, percent=Decimal("7.5"))

    with CaptureQueriesContext(connection) as asked:
        found = api.get(f"customers/{customer.public_id}/cards").json()["results"]

    assert (len(asked), len(found)) == (3, rows)
    assert (found[-1]["number"], found[-1]["percent"], found[-1]["customer"]) == (
        "CARD0",
        "7.50",
        str(customer.public_id),
    )


def test_till_finds_the_customer_by_card(api: Api) -> None:
    customer = CustomerFactory()
    card = CardFactory(number="7700AB12", customer=customer, percent=Decimal(5))
    CardFactory(number="7700AB13", blocked_at=card.issued_at)

    assert api.get("cards/7700%20ab-12").json() == {
        "number": "7700AB12",
        "kind": "imported",
        "percent": "5.00",
        "customer": str(customer.public_id),
        "is_blocked": False,
        "issued_at": timezone.localtime(card.issued_at).isoformat(),
    }
    unowned = api.get("cards/7700AB13").json()
    assert (unowned["customer"], unowned["is_blocked"]) == (None, True)
    assert problem(api.get("cards/7700AB14")) == (404, "not_found")
