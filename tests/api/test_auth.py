"""Keys, scopes and sessions: who may call what."""

from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from loyalty_site.authentication import key_hash
from loyalty_site.models import ApiKey
from tests.api.conftest import Api, problem
from tests.factories import UserFactory

WRONG_HEADERS = [
    "Bearer wrong",
    "Bearer ",
    "Bearer",
    "Basic dXNlcjpwYXNz",
    "Token abc",
    "Bearer a b",
    "Bearer \x00",
    "Bearer ключ",
    "Bearer " + "a" * 5000,
    "",
]


@pytest.mark.parametrize("header", WRONG_HEADERS)
def test_wrong_key_is_401_with_a_challenge(db: None, header: str) -> None:
    answer = Client().get("/api/v1/programme", HTTP_AUTHORIZATION=header)

    assert problem(answer) == (401, "authentication_failed")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'


def test_no_key_is_401_with_a_challenge(db: None) -> None:
    answer = Api().get("programme")

    assert problem(answer) == (401, "not_authenticated")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'


def test_a_wrong_key_does_not_fall_back_to_the_session(shopper: Api) -> None:
    answer = shopper.get("orders", Authorization="Bearer wrong")

    assert problem(answer) == (401, "authentication_failed")


def test_command_prints_the_key_alone_and_stores_its_hash(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("apikey", "create", "Site", "--scope", "orders,catalog")

    text = capsys.readouterr().out.removesuffix("\n")
    stored = ApiKey.objects.get()
    assert (stored.name, stored.scopes, stored.prefix) == ("Site", ["catalog", "orders"], text[:12])
    assert stored.key_hash == key_hash(text)
    assert text not in str(list(ApiKey.objects.values()))
    assert Api(text).get("orders").status_code == 200
    assert problem(Api(text).get("programme")) == (403, "permission_denied")


def test_command_all_stands_for_every_scope(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("apikey", "create", "Site", "--scope", "all")

    assert Api(capsys.readouterr().out.strip()).get("programme").status_code == 200


@pytest.mark.parametrize(
    ("name", "scope"), [("Site", "everything"), ("Site", ""), ("Site", "all,orders"), (" ", "all")]
)
def test_command_refuses_wrong_input(db: None, name: str, scope: str) -> None:
    with pytest.raises(CommandError):
        call_command("apikey", "create", name, "--scope", scope)

    assert not ApiKey.objects.exists()


def test_revoked_key_is_401(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    key = ApiKey.objects.get()

    call_command("apikey", "revoke", str(key.pk))

    assert problem(api.get("programme")) == (401, "authentication_failed")
    call_command("apikey", "list")
    assert f"revoked {datetime.now(UTC):%Y-%m-%d}" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("apikey", "revoke", str(key.pk))
    with pytest.raises(CommandError):
        call_command("apikey", "revoke", "999999")


def test_staff_who_are_no_customers_are_nobody(db: None) -> None:
    client = Client()
    client.force_login(UserFactory(is_staff=True, is_superuser=True))

    assert problem(Api(client=client).get("orders")) == (401, "not_authenticated")


def test_session_post_needs_the_csrf_token(shopper: Api) -> None:
    shopper.client.handler.enforce_csrf_checks = True

    answer = shopper.post("quotes", {"channel": "site", "lines": [{"sku": "A", "quantity": 1}]})
    assert problem(answer) == (403, "permission_denied")

    shopper.client.cookies["csrftoken"] = "a" * 32
    answer = shopper.post(
        "quotes", {"channel": "site", "lines": [{"sku": "A", "quantity": 1}]}, **{"X-CSRFToken": "a" * 32}
    )
    assert problem(answer) == (400, "invalid")


def test_unknown_address_is_a_problem(db: None) -> None:
    for path in ("nothing", "orders/1/dance", "orders/", "customers/42", "promocodes/%00", "../v2/x"):
        assert problem(Api().get(path)) == (404, "not_found"), path


@pytest.mark.parametrize("method", ["DELETE", "PUT", "PATCH", "TRACE", "OPTIONS"])
def test_wrong_method_is_405(api: Api, method: str) -> None:
    answer = api.call(method, "promocodes/ABCDEFGH23")

    assert problem(answer) == (405, "method_not_allowed")
    assert answer.json()["title"] == "There is no such method here"
    assert answer.headers["Allow"] == "GET, HEAD"


def test_language_of_sentences_follows_the_header(api: Api) -> None:
    english = api.get("promocodes/ABCDEFGH23")
    russian = api.get("promocodes/ABCDEFGH23", **{"Accept-Language": "ru"})

    assert english.headers["Content-Language"] == "en"
    assert russian.headers["Content-Language"] == "ru"


def test_requests_beyond_the_rate_are_429(api: Api, settings) -> None:
    settings.API_REQUESTS_PER_SECOND, settings.API_REQUESTS_BURST = 0.01, 2

    answers = [api.get("orders") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert problem(answers[2]) == (429, "too_many_requests")
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 101


def test_limits_are_open_without_redis(api: Api, settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from loyalty_site.kernel import limits

    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    limits._client.cache_clear()
    monkeypatch.setattr(limits, "_closed_until", 0.0)
    try:
        assert api.get("orders").status_code == 200
    finally:
        limits._client.cache_clear()


def test_failures_outside_the_views_are_problems_too(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    assert problem(api.client.get("/api/v1/orders", headers={**api.headers, "Host": "evil.test"})) == (400, "malformed")

    def broken(*_: object) -> None:
        raise RuntimeError("a secret of ours")

    api.client.raise_request_exception = False
    monkeypatch.setattr("loyalty_site.kernel.api.ApiView.dispatch", broken)
    answer = api.get("orders")
    assert problem(answer) == (500, "server_error")
    assert "secret" not in answer.content.decode()
