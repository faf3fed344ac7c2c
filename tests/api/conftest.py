"""A caller with a key, a customer with a session, and the little that their requests share."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import redis
from django.conf import settings
from django.test import Client

from loyalty_site.apikeys import create_api_key
from loyalty_site.kernel.transactions import in_transaction
from tests.factories import CustomerFactory, UserFactory


class Api:
    """The API as one caller sees it; every answer has to be JSON or a problem document."""

    def __init__(self, key: str = "", client: Client | None = None) -> None:
        self.client = client or Client()
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}

    def call(self, method: str, path: str, body: Any = None, *, key: str = "", **headers: str) -> Any:
        if key:
            headers["Idempotency-Key"] = key
        raw = body if isinstance(body, bytes | str) else "" if body is None else json.dumps(body)
        return self.client.generic(
            method,
            f"/api/v1/{path}",
            raw,
            content_type=headers.pop("content_type", "application/json"),
            headers={"Accept-Language": "en", **self.headers, **headers},
        )

    def get(self, path: str, **headers: str) -> Any:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **options: str) -> Any:
        return self.call("POST", path, body, **options)


def problem(response: Any) -> tuple[int, str]:
    """Status and code of a problem document, having checked that it is one."""
    assert response.headers["Content-Type"] == "application/problem+json", response.content
    found = response.json()
    assert found["status"] == response.status_code
    assert {"type", "title", "detail", "errors"} <= found.keys()
    return response.status_code, found["code"]


@pytest.fixture(autouse=True)
def no_tries_remembered() -> None:
    """Limits live in Redis, which no transaction rolls back."""
    connection = redis.Redis.from_url(settings.REDIS_URL)
    for name in connection.scan_iter("limit:*"):
        connection.delete(name)


def new_key(*scopes: str) -> str:
    return in_transaction(lambda: create_api_key(name="till", scopes=scopes or {"all"}))[1]


@pytest.fixture
def api(db: None) -> Api:
    """An integration that may do everything."""
    return Api(new_key())


@pytest.fixture
def api_with(db: None) -> Callable[..., Api]:
    """An integration with these scopes only."""
    return lambda *scopes: Api(new_key(*scopes))


@pytest.fixture
def shopper(db: None) -> Api:
    """A signed-in customer in a browser, with `customer` beside it."""
    user = UserFactory()
    client = Client()
    client.force_login(user)
    caller = Api(client=client)
    caller.customer = CustomerFactory(user=user, email=user.email)  # type: ignore[attr-defined]
    return caller
