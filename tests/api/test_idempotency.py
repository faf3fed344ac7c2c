"""One key, one effect, one answer (O-4)."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.utils import timezone

from loyalty_site.kernel.answers import Answer
from loyalty_site.models import IdempotencyRecord
from loyalty_site.tasks import forget_old_answers
from orders.models import Order, Payment
from tests.api.conftest import Api, new_key, problem
from tests.factories import ProductFactory, PromoCodeFactory

BODY = {"channel": "site", "lines": [{"sku": "SHIRT-1", "quantity": 1}]}


@pytest.fixture(autouse=True)
def shirt(db: None) -> Any:
    return ProductFactory(sku="SHIRT-1", price=Decimal("1000.00"))


def test_same_key_gives_the_same_answer_once(api: Api) -> None:
    first = api.post("orders", BODY, key="k-1")
    again = api.post("orders", json.dumps(BODY, indent=2), key="k-1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["Content-Type"] == first.headers["Content-Type"]
    assert Order.objects.count() == 1


def test_another_body_or_address_is_a_mismatch(api: Api) -> None:
    number = api.post("orders", BODY, key="k-1").json()["number"]

    assert problem(api.post("orders", BODY | {"channel": "app"}, key="k-1")) == (409, "idempotency_mismatch")
    assert problem(api.post(f"orders/{number}/cancel", BODY | {"reason": ""}, key="k-1"))[0] == 400
    assert problem(api.post(f"orders/{number}/cancel", {}, key="k-1")) == (409, "idempotency_mismatch")
    assert Order.objects.count() == 1


def test_keys_of_two_callers_do_not_meet(api: Api) -> None:
    other = Api(new_key())

    first, second = api.post("orders", BODY, key="k-1"), other.post("orders", BODY, key="k-1")

    assert first.json()["number"] != second.json()["number"]


@pytest.mark.parametrize("path", ["orders", "orders/1/pay", "orders/1/refund"])
def test_key_is_required_where_money_moves(api: Api, path: str) -> None:
    body = BODY if path == "orders" else {"amount": "1.00", "payment_id": "p"} if "pay" in path else {}

    assert problem(api.post(path, body)) == (400, "idempotency_key_required")
    assert problem(api.post(path, body, **{"Idempotency-Key": ""})) == (400, "idempotency_key_required")


@pytest.mark.parametrize("key", ["a" * 201, " ", "ключ", "a\tb", "a\x7f"])
def test_wrong_key_is_400(api: Api, key: str) -> None:
    answer = api.client.generic(
        "POST",
        "/api/v1/orders",
        json.dumps(BODY),
        content_type="application/json",
        headers=api.headers,
        HTTP_IDEMPOTENCY_KEY=key,
    )

    assert problem(answer) == (400, "idempotency_key_invalid")


def test_refusals_by_the_shop_are_remembered(api: Api) -> None:
    """The code appears later; the key still answers what it answered."""
    body = BODY | {"promo_code": "TESTNEWCODE"}
    first = api.post("orders", body, key="k-1")
    now = timezone.now()
    PromoCodeFactory(code="TESTNEWCODE", terms__starts_at=now - timedelta(1), terms__ends_at=now + timedelta(1))

    again = api.post("orders", body, key="k-1")

    assert problem(first) == (422, "promo_code_rejected")
    assert again.content == first.content
    assert (problem(again), again.headers["Idempotency-Replayed"]) == ((422, "promo_code_rejected"), "true")
    assert api.post("orders", body, key="k-2").status_code == 201


@pytest.mark.django_db(transaction=True)
def test_malformed_requests_are_not_remembered() -> None:
    api = Api(new_key())
    assert problem(api.post("orders", BODY | {"lines": []}, key="k-1"))[0] == 400
    assert problem(api.post("orders", BODY | {"lines": [{"sku": "NONE", "quantity": 1}]}, key="k-1"))[0] == 400
    assert not IdempotencyRecord.objects.exists()

    assert api.post("orders", BODY, key="k-1").status_code == 201


def test_accepted_key_works_for_every_post(api: Api) -> None:
    body = {"email": "anna@shop.test"}

    first, again = api.post("customers", body, key="k-1"), api.post("customers", body, key="k-1")

    assert (first.status_code, again.content) == (201, first.content)
    assert problem(api.post("customers", body)) == (409, "email_taken")


def test_payment_reported_again_under_another_key_pays_once(api: Api) -> None:
    number = api.post("orders", BODY, key="k-1").json()["number"]
    body = {"amount": "1000.00", "payment_id": "p-1"}

    answers = [api.post(f"orders/{number}/pay", body, key=key) for key in ("a", "b", "a")]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert Payment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_server_error_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    api = Api(new_key())
    with monkeypatch.context() as failing:
        failing.setattr("loyalty_site.idempotency.STORE", "SELECT nothing FROM nowhere")
        answer = api.post("orders", BODY, key="k-1")

    assert problem(answer) == (500, "server_error")
    assert "nowhere" not in answer.content.decode()
    assert (Order.objects.count(), IdempotencyRecord.objects.count()) == (0, 0)
    assert api.post("orders", BODY, key="k-1").status_code == 201


@pytest.mark.django_db(transaction=True)
def test_many_at_once_with_one_key_get_one_order() -> None:
    key, count = new_key(), 8
    barrier = Barrier(count)

    def post(_: int) -> tuple[int, bytes, bool]:
        barrier.wait()
        try:
            answer = Api(key, Client()).post("orders", BODY, key="k-1")
            return answer.status_code, answer.content, "Idempotency-Replayed" in answer.headers
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        answers = list(pool.map(post, range(count)))

    assert {status for status, _, _ in answers} == {201}
    assert len({content for _, content, _ in answers}) == 1
    assert sorted(is_replayed for _, _, is_replayed in answers) == [False] + [True] * (count - 1)
    assert Order.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_lock_held_too_long_is_503() -> None:
    key = new_key()
    number = Api(key).post("orders", BODY, key="k-1").json()["number"]

    def cancel() -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = 100")
        try:
            return Api(key, Client()).post(f"orders/{number}/cancel", key="c-1")
        finally:
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        Order.objects.select_for_update().get(pk=number)
        answer = pool.submit(cancel).result()

    assert problem(answer) == (503, "busy")
    assert answer.headers["Retry-After"] == "1"
    assert not IdempotencyRecord.objects.filter(key="c-1").exists()


def test_store_demands_a_transaction(transactional_db: None) -> None:
    from loyalty_site.idempotency import run_once
    from loyalty_site.kernel.transactions import NoTransaction

    with pytest.raises(NoTransaction):
        run_once(caller="key:1", key="k", route="POST /", body_hash="x", work=lambda: Answer(200, "{}"))


def test_deadlocks_are_left_to_the_edge(db: None) -> None:
    """The store must not turn a database error into an answer: the edge runs the whole work again."""
    from loyalty_site.idempotency import run_once

    def deadlocked() -> Answer:
        raise OperationalError("deadlock detected")

    with pytest.raises(OperationalError), transaction.atomic():
        run_once(caller="key:1", key="k", route="POST /", body_hash="x", work=deadlocked)


def test_old_answers_are_forgotten(api: Api) -> None:
    api.post("orders", BODY, key="k-1")
    api.post("orders", BODY, key="k-2")
    IdempotencyRecord.objects.filter(key="k-1").update(created_at=timezone.now() - timedelta(days=31))

    assert forget_old_answers() == 1
    assert list(IdempotencyRecord.objects.values_list("key", flat=True)) == ["k-2"]
