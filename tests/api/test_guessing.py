"""Ten wrong codes in ten minutes, then even a right one is not looked at (PC-16)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from promocodes.services.guessing import guessing_subjects, is_locked_out, note_wrong
from tests.api.conftest import Api, problem
from tests.factories import CustomerFactory, ProductFactory, PromoCodeFactory

RIGHT = "TESTRIGHT22"
PERIOD = {"starts": timedelta(-1), "ends": timedelta(1)}


@pytest.fixture(autouse=True)
def right_code(db: None) -> None:
    ProductFactory(sku="SHIRT-1", price=Decimal("1000.00"))
    now = timezone.now()
    PromoCodeFactory(code=RIGHT, terms__starts_at=now - timedelta(1), terms__ends_at=now + timedelta(1))


def asked(api: Api, text: str, **fields: Any) -> str | None:
    body = {"channel": "site", "lines": [{"sku": "SHIRT-1", "quantity": 1}], "promo_code": text, **fields}
    answer = api.post("quotes", body)
    assert answer.status_code == 200
    return answer.json()["promo_code"]["reason"]


@pytest.mark.parametrize("subject", ["customer", "session"])
def test_eleventh_try_is_too_many(api: Api, subject: str) -> None:
    customers = [str(CustomerFactory().public_id) for _ in range(2)]
    mine = {subject: customers[0] if subject == "customer" else "visitor-1"}
    others = {subject: customers[1] if subject == "customer" else "visitor-2"}

    reasons = [asked(api, f"WRONGCODE{n}", **mine) for n in range(11)]

    assert reasons == ["not_found"] * 10 + ["too_many_attempts"]
    assert asked(api, RIGHT, **mine) == "too_many_attempts"
    assert asked(api, RIGHT, **others) is None
    body = {"channel": "site", "lines": [{"sku": "SHIRT-1", "quantity": 1}], "promo_code": RIGHT, **mine}
    refused = api.post("orders", body, key="k-1")
    assert problem(refused) == (422, "promo_code_rejected")
    assert refused.json()["reason"] == "too_many_attempts"


def test_an_integration_is_never_limited_by_its_address(api: Api) -> None:
    assert {asked(api, f"WRONGCODE{n}") for n in range(30)} == {"not_found"}
    assert asked(api, RIGHT) is None


def test_a_browser_is_limited_by_its_address(shopper: Api) -> None:
    for n in range(10):
        asked(shopper, f"WRONGCODE{n}")

    assert asked(shopper, RIGHT) == "too_many_attempts"
    assert is_locked_out(guessing_subjects(address="127.0.0.1"))


def test_wrong_codes_of_orders_count_as_well(api: Api) -> None:
    body = {"channel": "site", "lines": [{"sku": "SHIRT-1", "quantity": 1}], "session": "v-1"}
    reasons = [
        api.post("orders", body | {"promo_code": f"WRONGCODE{n}"}, key=f"k-{n}").json()["reason"] for n in range(11)
    ]

    assert reasons == ["not_found"] * 10 + ["too_many_attempts"]


def test_a_replayed_refusal_is_no_new_try(api: Api) -> None:
    body = {
        "channel": "site",
        "lines": [{"sku": "SHIRT-1", "quantity": 1}],
        "session": "v-1",
        "promo_code": "WRONGCODE1",
    }

    reasons = {api.post("orders", body, key="k-1").json()["reason"] for _ in range(12)}

    assert reasons == {"not_found"}
    assert asked(api, RIGHT, session="v-1") is None


def test_right_codes_that_do_not_apply_are_no_guesses(api: Api) -> None:
    now = timezone.now()
    PromoCodeFactory(code="TESTOVER22", terms__starts_at=now - timedelta(9), terms__ends_at=now - timedelta(8))

    assert {asked(api, "TESTOVER22", session="v-1") for _ in range(15)} == {"expired"}


def test_a_burst_gets_ten_answers_and_no_more() -> None:
    subjects = guessing_subjects(session="burst")

    with ThreadPoolExecutor(16) as pool:
        noted = list(pool.map(lambda _: note_wrong(subjects), range(200)))

    assert sum(noted) == 10
    assert is_locked_out(subjects)
