"""Scope × route, from the table of addresses itself: a new route without a row here fails."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver

from loyalty_site.api import urls
from loyalty_site.kernel.api import ApiView
from loyalty_site.models import Scope
from tests.api.conftest import Api, problem

# address: (scope of keys, methods of integrations, methods of customers for themselves)
ROUTES: dict[str, tuple[str, str, str]] = {
    "catalog/categories/<slug:slug>": ("catalog", "PUT", ""),
    "catalog/products/<plain:sku>": ("catalog", "PUT", ""),
    "catalog/import": ("catalog", "POST", ""),
    "customers": ("customers", "POST", ""),
    "customers/<uuid:customer_id>": ("customers", "GET PATCH", ""),
    "segments": ("customers", "GET", ""),
    "segments/<slug:code>/customers": ("customers", "GET", ""),
    "customers/<uuid:customer_id>/points": ("points", "GET POST", "GET"),
    "customers/<uuid:customer_id>/actions": ("points", "POST", ""),
    "points/actions": ("points", "GET", ""),
    "customers/<uuid:customer_id>/tier": ("customers", "GET", "GET"),
    "customers/<uuid:customer_id>/cards": ("customers", "GET", "GET"),
    "customers/<uuid:customer_id>/referrals": ("customers", "GET", "GET"),
    "cards/<plain:number>": ("customers", "GET", ""),
    "tiers": ("programme", "GET PUT", ""),
    "tiers/preview": ("programme", "POST", ""),
    "quotes": ("orders", "POST", "POST"),
    "orders": ("orders", "GET POST", "GET POST"),
    "orders/<plain:number>": ("orders", "GET", "GET"),
    "orders/<plain:number>/pay": ("orders", "POST", ""),
    "orders/<plain:number>/complete": ("orders", "POST", ""),
    "orders/<plain:number>/cancel": ("orders", "POST", ""),
    "orders/<plain:number>/refund": ("orders", "POST", ""),
    "promocodes": ("promocodes", "POST", ""),
    "promocodes/batches": ("promocodes", "POST", ""),
    "promocodes/batches/<int64:batch_id>": ("promocodes", "GET", ""),
    "promocodes/batches/<int64:batch_id>/codes.csv": ("promocodes", "GET", ""),
    "promocodes/batches/<int64:batch_id>/activate": ("promocodes", "POST", ""),
    "promocodes/<plain:code>": ("promocodes", "GET", ""),
    "promocodes/<plain:code>/activate": ("promocodes", "POST", ""),
    "promocodes/<plain:code>/deactivate": ("promocodes", "POST", ""),
    "promocodes/<plain:code>/uses": ("promocodes", "GET", ""),
    "reports/promocodes": ("reports", "GET", ""),
    "reports/referrals": ("reports", "GET", ""),
    "programme": ("programme", "GET PATCH", ""),
}
# Other scopes that are enough to read.
READERS = {"tiers": {"customers"}}
PUBLIC = {"", "schema/", "docs/"}
SAMPLES = {
    "<slug:slug>": "shirts",
    "<slug:code>": "nobody",
    "<plain:sku>": "SHIRT-1",
    "<plain:number>": "999999",
    "<plain:code>": "ABCDEFGH23",
    "<int64:batch_id>": "999999",
    "<uuid:customer_id>": "00000000-0000-4000-8000-000000000000",
}
# Whatever was wrong with the request, it was let in.
LET_IN = {200, 201, 202, 400, 404, 409, 422}


def _views(patterns: list[Any], path: str = "") -> Iterator[tuple[str, type]]:
    for entry in patterns:
        if isinstance(entry, URLResolver):
            yield from _views(entry.url_patterns, path + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield path + str(entry.pattern), entry.callback.view_class


VIEWS = dict(_views(urls.v1))
CASES = [(path, method) for path, (_scope, methods, _customers) in ROUTES.items() for method in methods.split()]


def test_every_route_has_its_row() -> None:
    assert set(VIEWS) == set(ROUTES) | PUBLIC


def test_every_view_says_what_the_table_says() -> None:
    for path, (scope, methods, customers) in ROUTES.items():
        view = VIEWS[path]
        assert issubclass(view, ApiView), path
        implemented = {name.upper() for name in view.http_method_names if hasattr(view, name)} - {"HEAD"}
        assert (view.scope, implemented, view.customer_methods, view.reading_scopes) == (
            scope,
            set(methods.split()),
            frozenset(customers.split()),
            READERS.get(path, set()),
        ), path


@pytest.mark.parametrize(("path", "method"), CASES)
def test_route_lets_in_its_scope_alone(api_with, db: None, path: str, method: str) -> None:
    allowed = {ROUTES[path][0]} | (READERS.get(path, set()) if method == "GET" else set())
    others = set(Scope.values) - allowed

    for scope in allowed:
        assert _call(api_with(scope), method, path).status_code in LET_IN
    assert problem(_call(api_with(*others), method, path)) == (403, "permission_denied")
    assert problem(_call(Api(), method, path)) == (401, "not_authenticated")


@pytest.mark.parametrize(("path", "method"), CASES)
def test_route_lets_customers_in_where_it_is_theirs(shopper: Api, path: str, method: str) -> None:
    answer = _call(shopper, method, path)

    if method in ROUTES[path][2].split():
        assert answer.status_code in LET_IN
    else:
        assert problem(answer) == (403, "permission_denied")


def _call(caller: Api, method: str, path: str) -> Any:
    for pattern, sample in SAMPLES.items():
        path = path.replace(pattern, sample)
    return caller.call(method, path, {} if method != "GET" else None, key="k-1" if method == "POST" else "")
