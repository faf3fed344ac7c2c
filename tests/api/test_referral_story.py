"""Referrals as integrations tell of them: by whose code, from which device, by whose card (R-2, R-5)."""

from decimal import Decimal

import pytest

from customers.models import Customer, Programme
from orders.models import Order, Payment
from points.models import Lot
from referrals.models import Referral, Reward, Trait
from referrals.queries import link_of
from referrals.services.traits import hashed_traits
from tests.api.conftest import Api, problem
from tests.api.test_orders import basket
from tests.factories import CustomerFactory, ProductFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _shirt() -> None:
    ProductFactory(sku="SHIRT-1", price=Decimal("1500.00"))


@pytest.fixture
def code() -> str:
    return link_of(CustomerFactory().pk).code


def test_customer_comes_by_a_code_once_for_each_key(api: Api, code: str) -> None:
    body = {"email": "friend@shop.test", "referral_code": f" {code[:4]}-{code[4:].lower()} ", "device": "app-1"}

    answers = [api.post("customers", body, key="k-1") for _again in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    referral = Referral.objects.get()
    assert (str(referral.newcomer.public_id), referral.code, referral.via) == (answers[0].json()["id"], code, "api")
    seen = Trait.objects.filter(customer=referral.newcomer, kind="device").values_list("kind", "value")
    assert list(seen) == hashed_traits({"device": "app-1"})


@pytest.mark.django_db(transaction=True)
def test_unknown_code_is_a_wrong_field_and_the_key_can_be_used_again(api: Api, code: str) -> None:
    body = {"email": "friend@shop.test", "referral_code": "ABCDEFGH"}

    refused = api.post("customers", body, key="k-1")
    errors = [(error["field"], error["code"]) for error in refused.json()["errors"]]
    assert (problem(refused), errors) == ((400, "invalid"), [("referral_code", "unknown")])
    assert Customer.objects.filter(email="friend@shop.test").count() == 0

    assert api.post("customers", body | {"referral_code": code}, key="k-1").status_code == 201
    assert Referral.objects.count() == 1


@pytest.mark.parametrize("empty", [None, ""])
def test_empty_code_and_device_are_none(api: Api, empty: str | None) -> None:
    body = {"email": "friend@shop.test", "referral_code": empty, "device": empty}
    assert api.post("customers", body).status_code == 201
    assert (Referral.objects.count(), list(Trait.objects.values_list("kind", flat=True))) == (0, ["email"])


def test_device_and_payer_are_kept_and_noted(api: Api) -> None:
    customer = CustomerFactory()
    body = basket(customer=str(customer.public_id), device="app-1")

    order = api.post("orders", body, key="o-1").json()
    paid = {"amount": order["total"], "payment_id": "p-1", "payer": "fp-1"}
    assert api.post(f"orders/{order['number']}/pay", paid, key="p-1").status_code == 200

    assert (Order.objects.get().device, Payment.objects.get().payer) == ("app-1", "fp-1")
    seen = Trait.objects.filter(customer=customer).order_by("kind").values_list("kind", "value")
    assert list(seen) == hashed_traits({"device": "app-1", "payer": "fp-1"})


def test_guest_is_noted_without_a_customer(api: Api) -> None:
    order = api.post("orders", basket(device="app-1"), key="o-1").json()
    api.post(f"orders/{order['number']}/pay", {"amount": order["total"], "payment_id": "p-1"}, key="p-1")
    assert list(Trait.objects.values_list("customer", "kind")) == [(None, "device")]


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("customers", {"email": "a@shop.test", "device": "x" * 65}, "device"),
        ("orders", basket(device="x" * 65), "device"),
        ("orders", basket(device=5), "device"),
        ("orders/1/pay", {"amount": "1.00", "payment_id": "1", "payer": "x" * 129}, "payer"),
    ],
)
def test_names_that_are_too_long_are_refused(api: Api, path: str, body: dict[str, object], field: str) -> None:
    answer = api.post(path, body, key="k-1")
    assert (problem(answer), [error["field"] for error in answer.json()["errors"]]) == ((400, "invalid"), [field])


FAKES = 200


@pytest.mark.parametrize(
    "terms",
    [
        {},
        {"referee_reward_kind": "fixed_code", "referee_reward": 500, "referee_reward_at": "first_order"},
    ],
)
def test_two_hundred_fake_accounts_without_purchases_cost_nothing(
    api: Api, code: str, terms: dict[str, object], settings: object
) -> None:
    """Orders that are placed and never paid bring nothing either."""
    ProgrammeFactory(**terms)
    settings.API_REQUESTS_PER_SECOND = settings.API_REQUESTS_BURST = 10_000  # type: ignore[attr-defined]
    for number in range(FAKES):
        body = {"email": f"fake{number}@shop.test", "referral_code": code, "device": f"app-{number}"}
        customer = api.post("customers", body).json()["id"]
        if number % 20 == 0:
            assert api.post("orders", basket(customer=customer), key=f"o-{number}").status_code == 201

    assert Referral.objects.count() == FAKES
    assert Programme.objects.count() == 1
    assert (Reward.objects.count(), Lot.objects.count()) == (0, 0)
