"""Limits over real HTTP: many clients against gunicorn, each entry point, ended by the doctor (PC-13, O-4).

The short form runs in CI; `make chaos` sets CHAOS=1 for 2,000 attempts by 16 clients.
"""

import json
import os
import threading
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from orders.models import Order
from promocodes.models import PromoCode, Redemption
from tests.api.conftest import new_key
from tests.factories import CustomerFactory, ProductFactory, PromoCodeFactory
from tests.servers import http_server

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

ATTEMPTS, CLIENTS = (2_000, 16) if os.environ.get("CHAOS") else (640, 16)
LIMIT = 100
Answered = tuple[int, dict[str, Any]]


class Shop:
    """The API of a running server as one integration calls it."""

    def __init__(self, address: str, key: str) -> None:
        self.address, self.key = address, key

    def post(self, path: str, body: dict[str, Any], *, key: str) -> Answered:
        request = urllib.request.Request(
            f"{self.address}/api/v1/{path}",
            data=json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {self.key}",
                "Content-Type": "application/json",
                "Idempotency-Key": key,
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refusal:
            return refusal.code, json.load(refusal)

    def get(self, path: str) -> dict[str, Any]:
        request = urllib.request.Request(
            f"{self.address}/api/v1/{path}", headers={"Authorization": f"Bearer {self.key}"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    def place(self, code: str, *, key: str, **fields: Any) -> Answered:
        body = {"channel": "site", "lines": [{"sku": "SHIRT-1", "quantity": 1}], "promo_code": code}
        return self.post("orders", body | fields, key=key)


@pytest.fixture
def shop() -> Iterator[Shop]:
    ProductFactory(sku="SHIRT-1", price=Decimal("1000.00"))
    with http_server(workers=4, threads=4, API_REQUESTS_BURST="100000") as address:
        yield Shop(address, new_key())


def live_code(**fields: Any) -> PromoCode:
    now = timezone.now()
    return PromoCodeFactory(terms__starts_at=now - timedelta(1), terms__ends_at=now + timedelta(1), **fields)


def crowd(attempt: Callable[[int], str]) -> Counter[str]:
    """`ATTEMPTS` calls by `CLIENTS` at once, started together."""
    gate = threading.Barrier(CLIENTS)

    def work(client: int) -> list[str]:
        gate.wait()
        return [attempt(number) for number in range(client, ATTEMPTS, CLIENTS)]

    with ThreadPoolExecutor(CLIENTS) as clients:
        return Counter(answer for share in clients.map(work, range(CLIENTS)) for answer in share)


def outcome(answered: Answered) -> str:
    status, body = answered
    return "placed" if status == 201 else f"{status} {body['code']} {body.get('reason', '')}".strip()


def assert_healthy() -> None:
    call_command("doctor", stdout=StringIO())


def test_a_limit_of_100_holds_over_http(shop: Shop) -> None:
    code = live_code(max_uses=LIMIT)

    answers = crowd(lambda number: outcome(shop.place(code.code, key=f"k-{number}")))

    refused = ATTEMPTS - LIMIT
    assert answers == Counter({"placed": LIMIT, "422 promo_code_rejected exhausted": refused})
    assert Redemption.objects.filter(released_at=None).count() == Order.objects.count() == LIMIT
    assert_healthy()


def test_one_customer_takes_a_code_only_as_often_as_allowed(shop: Shop) -> None:
    code = live_code(terms__max_uses_per_customer=2)
    customers = [str(CustomerFactory().public_id) for _ in range(10)]

    answers = crowd(lambda number: outcome(shop.place(code.code, key=f"k-{number}", customer=customers[number % 10])))

    assert answers.pop("placed") == 20
    assert set(answers) <= {"422 promo_code_rejected customer_limit", "422 promo_code_rejected held_by_own_order"}
    assert Redemption.objects.filter(released_at=None).count() == 20
    assert_healthy()


def test_a_cancelled_use_is_taken_again_and_never_twice(shop: Shop) -> None:
    """Every client places, cancels two of three and tries again: live uses never pass the limit."""
    code = live_code(max_uses=5)

    def attempt(number: int) -> str:
        status, body = placed = shop.place(code.code, key=f"k-{number}")
        if status == 201 and number % 3:
            cancelled, _ = shop.post(f"orders/{body['number']}/cancel", {"reason": "race"}, key=f"c-{number}")
            return f"cancelled {cancelled}"
        return outcome(placed)

    answers = crowd(attempt)

    assert set(answers) <= {"placed", "cancelled 200", "422 promo_code_rejected exhausted"}
    assert answers["placed"] == Redemption.objects.filter(released_at=None).count() == 5
    assert_healthy()


def test_two_entry_points_share_one_limit(shop: Shop) -> None:
    """The site through the API, and a till in the same process as the worker: one service behind both."""
    from django.db import connection

    from loyalty_site.kernel.errors import DomainError
    from loyalty_site.kernel.transactions import in_transaction
    from orders.queries import QuoteRequest
    from orders.services import Contact, place_order

    code = live_code(max_uses=LIMIT)
    request = QuoteRequest(channel="pos", lines=(("SHIRT-1", 1),), promo_code=code.code)

    def attempt(number: int) -> str:
        if number % 2:
            return outcome(shop.place(code.code, key=f"k-{number}"))
        try:
            in_transaction(lambda: place_order(request=request, contact=Contact(), now=timezone.now()))
        except DomainError as refusal:
            return f"{refusal.status} {refusal.code} {refusal.extra['reason']}"
        finally:
            connection.close()
        return "placed"

    answers = crowd(attempt)

    assert answers == Counter({"placed": LIMIT, "422 promo_code_rejected exhausted": ATTEMPTS - LIMIT})
    assert set(Order.objects.values_list("channel", flat=True)) == {"site", "pos"}
    assert_healthy()


def test_keys_sent_many_times_have_one_effect_each(shop: Shop) -> None:
    """Each key is sent by many clients at once: one order, one answer."""
    keys = ATTEMPTS // 20
    code = live_code(max_uses=keys)
    numbers: list[set[str]] = [set() for _ in range(keys)]

    def attempt(number: int) -> str:
        status, body = shop.place(code.code, key=f"k-{number // 20}")
        numbers[number // 20].add(body["number"])
        return str(status)

    answers = crowd(attempt)

    assert answers == Counter({"201": ATTEMPTS})
    assert [len(found) for found in numbers] == [1] * keys
    assert Order.objects.count() == Redemption.objects.count() == keys
    assert_healthy()


def test_control_read_then_place_overruns(shop: Shop) -> None:
    """The control: a client that reads the count, checks it and then places must pass a limit nobody guards."""
    code = live_code(max_uses=None)

    def attempt(number: int) -> str:
        if shop.get(f"promocodes/{code.code}")["uses"] >= LIMIT:
            return "exhausted"
        return outcome(shop.place(code.code, key=f"k-{number}"))

    answers = crowd(attempt)

    assert answers["placed"] > LIMIT
    assert_healthy()
