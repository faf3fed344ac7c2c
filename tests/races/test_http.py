"""Limits over real HTTP: many clients against gunicorn, each entry point, ended by the doctor (PC-13, O-4).

The short form runs in CI; CHAOS=1 makes it 2,000 attempts by 16 clients.
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
from django.db import OperationalError, connection
from django.utils import timezone

from loyalty_site.kernel.transactions import in_transaction
from orders.models import Order
from orders.queries import QuoteRequest
from orders.services import Contact, place_order
from promocodes.models import PromoCode, Redemption
from promocodes.services import CodeRejected
from tests.api.conftest import new_key
from tests.factories import CustomerFactory, ProductFactory, PromoCodeFactory
from tests.servers import http_server

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

CHAOS = bool(os.environ.get("CHAOS"))
MANY, FEW, CLIENTS = (2_000, 2_000, 16) if CHAOS else (640, 320, 16)
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
        for _again in range(1 if CHAOS else 20):
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:
                    return answer.status, json.load(answer)
            except urllib.error.HTTPError as refusal:
                answered = refusal.code, json.load(refusal)
            # A machine too slow for the lock timeout says so, and a client asks again with the same key.
            if answered[0] != 503:
                break
        return answered

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


def crowd(attempt: Callable[[int], str], attempts: int = FEW) -> Counter[str]:
    """`attempts` calls by `CLIENTS` at once, started together."""
    gate = threading.Barrier(CLIENTS)

    def work(client: int) -> list[str]:
        gate.wait()
        return [attempt(number) for number in range(client, attempts, CLIENTS)]

    with ThreadPoolExecutor(CLIENTS) as clients:
        return Counter(answer for share in clients.map(work, range(CLIENTS)) for answer in share)


def outcome(answered: Answered) -> str:
    status, body = answered
    return "placed" if status == 201 else f"{status} {body['code']} {body.get('reason', '')}".strip()


def assert_healthy() -> None:
    call_command("doctor", stdout=StringIO())


def test_a_limit_of_100_holds_over_http(shop: Shop) -> None:
    code = live_code(max_uses=LIMIT)

    answers = crowd(lambda number: outcome(shop.place(code.code, key=f"k-{number}")), MANY)

    assert answers == Counter({"placed": LIMIT, "422 promo_code_rejected exhausted": MANY - LIMIT})
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
    code = live_code(max_uses=LIMIT)
    request = QuoteRequest(channel="pos", lines=(("SHIRT-1", 1),), promo_code=code.code)

    def at_the_till() -> str:
        try:
            in_transaction(lambda: place_order(request=request, contact=Contact(), now=timezone.now()))
        except CodeRejected as refusal:
            return f"422 promo_code_rejected {refusal.reason}"
        except OperationalError:
            return "busy"
        finally:
            connection.close()
        return "placed"

    def attempt(number: int) -> str:
        if number % 2:
            return outcome(shop.place(code.code, key=f"k-{number}"))
        answers = (at_the_till() for _again in range(20))
        return next(answer for answer in answers if answer != "busy")

    answers = crowd(attempt)

    assert answers == Counter({"placed": LIMIT, "422 promo_code_rejected exhausted": FEW - LIMIT})
    assert set(Order.objects.values_list("channel", flat=True)) == {"site", "pos"}
    assert_healthy()


def test_keys_sent_many_times_have_one_effect_each(shop: Shop) -> None:
    """Each key is sent by many clients at once: one order, one answer."""
    keys = FEW // 20
    code = live_code(max_uses=keys)
    numbers: list[set[str]] = [set() for _ in range(keys)]

    def attempt(number: int) -> str:
        status, body = shop.place(code.code, key=f"k-{number // 20}")
        numbers[number // 20].add(body["number"])
        return str(status)

    answers = crowd(attempt)

    assert answers == Counter({"201": FEW})
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
