"""Schema and behaviour agree, and no input at all is a server error (S-2)."""

import contextlib
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from django.conf import settings as site
from django.test import Client
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from loyalty_site.kernel.transactions import in_transaction
from orders.queries import QuoteRequest
from orders.services import Contact, place_order
from points.services import earn
from tests.api.conftest import Api, new_key
from tests.factories import (
    CategoryFactory,
    CustomerFactory,
    DeliveryMethodFactory,
    EarningActionFactory,
    ProductFactory,
    PromoCodeFactory,
    RewardFactory,
    UserFactory,
    VisitFactory,
)
from tests.servers import http_server

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

EXAMPLES = 8
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance]
CALLERS = ["integration", "customer", "anonymous"]


@pytest.fixture
def shop() -> dict[str, Any]:
    """Something of everything, so that addresses lead somewhere: path parameters by name."""
    now = timezone.now()
    CategoryFactory(slug="shirts")
    DeliveryMethodFactory(code="courier")
    ProductFactory(sku="SHIRT-1", price=Decimal("1000.00"))
    user = UserFactory(email="fuzz@shop.test")
    customer = CustomerFactory(user=user, email=user.email)
    code = PromoCodeFactory(terms__starts_at=now - timedelta(1), terms__ends_at=now + timedelta(1)).code
    dates = {"available_from": now - timedelta(1), "expires_at": now + timedelta(9)}
    gift = {"customer_id": customer.pk, "amount": 1000, "kind": "manual", "fact": "gift", "now": now}
    in_transaction(lambda: earn(**gift, **dates))
    RewardFactory(referral__referrer=customer)
    VisitFactory(referrer=customer, visited_at=now)
    request = QuoteRequest(
        channel="site", lines=(("SHIRT-1", 2),), customer_id=customer.pk, promo_code=code, points_to_spend=100
    )
    EarningActionFactory(code="review", limit_per_customer=None)
    order = in_transaction(lambda: place_order(request=request, contact=Contact(), now=now))
    return {
        "customer_id": str(customer.public_id),
        "code": code,
        "number": order.number,
        "slug": "shirts",
        "sku": "SHIRT-1",
        "batch_id": 1,
        "user": user,
    }


def credentials(caller: str, shop: dict[str, Any]) -> dict[str, str]:
    if caller == "integration":
        return {"Authorization": f"Bearer {new_key()}"}
    if caller == "anonymous":
        return {}
    client = Client()
    client.force_login(shop["user"])
    session = client.cookies[site.SESSION_COOKIE_NAME].value
    return {"Cookie": f"{site.SESSION_COOKIE_NAME}={session}; csrftoken={'a' * 32}", "X-CSRFToken": "a" * 32}


@pytest.mark.parametrize("caller", CALLERS)
def test_schema_and_behaviour_agree(caller: str, shop: dict[str, Any]) -> None:
    schema = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(request=None, public=True))
    headers = credentials(caller, shop)
    failures = []
    with http_server() as address:
        for found in schema.get_all_operations():
            operation = found.ok()
            known = {p.name: shop[p.name] for p in operation.path_parameters if p.name in shop}
            is_open = caller == "integration" or (
                caller == "customer" and "customerSession" in str(operation.definition.raw)
            )
            for mode in GenerationMode.POSITIVE, GenerationMode.NEGATIVE:
                for path_parameters in [known, None] if known and is_open else [known or None]:
                    ask = probe(operation, mode, path_parameters, EXAMPLES if is_open else 2)
                    # An operation without input has nothing that could be wrong.
                    with contextlib.suppress(Unsatisfiable):
                        failures += ask(address, headers)
    assert failures == []


def probe(operation: Any, mode: Any, path_parameters: Any, examples: int) -> Any:
    """A function that sends some requests and returns what was wrong with the answers."""

    def send(address: str, headers: dict[str, str]) -> list[str]:
        wrong = []

        @given(case=operation.as_strategy(generation_mode=mode, path_parameters=path_parameters))
        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        def ask(case: Any) -> None:
            answer = case.call(base_url=address, headers=headers, timeout=30)
            try:
                case.validate_response(answer, checks=CHECKS)
            except FailureGroup as failure:
                wrong.append(f"{case.method} {case.formatted_path}: {failure.exceptions} {answer.text[:300]}")

        ask()
        return wrong

    return send


TEXTS = [
    "", "\x00", "\x1b[31m", "\uffff", "\u202etxt", "١٢٣", "NaN", "-1", str(2**63), "a" * 5000, "%s%n{{7*7}}'; --",
    "=1+1<script>", "😀" * 50, "9999-12-31", "0001-01-01T00:00:00+23:59",
]  # fmt: skip
HOSTILE = [
    *TEXTS, "\ud800", None, True, 0, -1, 1.5, 1e308, 2**31, 2**63, [], {}, [None], [{}], {"a": 1}, ["a"] * 20_000,
]  # fmt: skip
UNDOCUMENTED = ["format", "page", "limit", "cursor", "id", "pk", "ordering", "search", "_method", "customer__email"]
HEADERS = ["Accept", "Accept-Language", "Content-Language", "X-Request-ID", "X-Forwarded-For", "X-HTTP-Method-Override"]


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    schema = SchemaGenerator().get_schema(request=None, public=True)
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            reference = (
                operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            )
            name = reference.get("$ref", "").rpartition("/")[2]
            members = schema["components"]["schemas"].get(name, {}).get("properties", {})
            queries = [p["name"] for p in operation.get("parameters", []) if p["in"] == "query"]
            callers = [name for scheme in operation.get("security", []) for name in scheme]
            yield method.upper(), path.removeprefix("/api/v1/"), {"body": members, "query": queries, "callers": callers}


GOOD = {
    "channel": "site", "lines": [{"sku": "SHIRT-1", "quantity": 1}], "type": "percent", "value": "5.00",
    "starts_on": "2026-06-01", "ends_on": "2099-06-15", "count": 5, "name": "Shirt", "price": "10.00",
    "email": "x@shop.test", "amount": "1.00", "payment_id": "p-1", "reason": "fuzz", "action": "review",
    "reference": "r-1", "basis": "spend", "window_days": 365, "grace_days": 30,
    "tiers": [{"code": "standard", "name": "Standard", "threshold_amount": "0.00"}],
}  # fmt: skip
# What means something else at some addresses.
GOOD_AT: dict[str, dict[str, Any]] = {"customers/{customer_id}/points": {"amount": 5}}


@pytest.mark.parametrize("scheme", ["apiKey", "customerSession"])
def test_hostile_values_are_no_server_errors(scheme: str, shop: dict[str, Any]) -> None:
    client = Client(raise_request_exception=False)
    if scheme == "apiKey":
        api = Api(new_key(), client)
    else:
        api = Api(client=client)
        client.force_login(shop["user"])
    failed = []
    for method, path, parameters in operations():
        if scheme not in parameters["callers"]:
            continue
        for label, answer in hostile_calls(api, method, path, parameters, shop):
            kind = answer.headers["Content-Type"]
            if answer.status_code >= 500 or (answer.status_code >= 400 and kind != "application/problem+json"):
                failed.append((method, path, label, answer.status_code, kind))
    assert failed == []


def hostile_calls(
    api: Api, method: str, path: str, parameters: dict[str, Any], shop: dict[str, Any]
) -> Iterator[tuple[str, Any]]:
    full = path
    for name, value in shop.items():
        full = full.replace(f"{{{name}}}", str(value))
    known = GOOD | GOOD_AT.get(path, {})
    good = {name: known[name] for name in parameters["body"] if name in known} if method != "GET" else None
    keys = (f"k-{number}" for number in count())
    if "{" in path:
        start, _, rest = path.partition("{")
        for value in filter(None, TEXTS):
            address = f"{start}{quote(value, safe='')}{rest.partition('}')[2]}"
            yield f"path {value[:20]!r}", api.call(method, address, good, key=next(keys))
    for value in TEXTS:
        for name in parameters["query"]:
            yield (
                f"query {name} {value[:20]!r}",
                api.call(method, f"{full}?{name}={quote(value)}", good, key=next(keys)),
            )
        everything = "&".join(f"{name}={quote(value)}" for name in UNDOCUMENTED)
        yield f"query {value[:20]!r}", api.call(method, f"{full}?{everything}", good, key=next(keys))
    for value in ("", "a" * 5000, "\x01", "é", "*/*;q=x", "-1"):
        yield f"headers {value[:20]!r}", api.call(method, full, good, key=next(keys), **dict.fromkeys(HEADERS, value))
        yield f"key {value[:20]!r}", api.call(method, full, good, **{"Idempotency-Key": value})
    for name in [*parameters["body"], "undocumented"] if method != "GET" else []:
        for value in HOSTILE:
            body = (good or {}) | {name: value}
            yield f"body {name} {str(value)[:20]!r}", api.call(method, full, body, key=next(keys))
