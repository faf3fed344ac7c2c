"""The served schema: complete, without warnings, and what the docs page shows without leaving the host."""

import re
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from loyalty_site.kernel.fields import StrictSerializer


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    from drf_spectacular.generators import SchemaGenerator

    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return found


def test_schema_is_valid_and_without_warnings(tmp_path: Any) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yaml"))


def test_every_operation_is_typed(schema: dict[str, Any]) -> None:
    operations = [
        (f"{method.upper()} {path}", operation)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
        if path != "/api/v1/"
    ]

    assert len(operations) > 20
    for name, operation in operations:
        responses = operation["responses"]
        good = [code for code in responses if code.startswith("2")]
        assert good, name
        assert all(responses[code].get("content") for code in good), name
        assert {"400", "401", "403", "429"} <= set(responses), name
        for code in set(responses) - set(good):
            assert set(responses[code]["content"]) == {"application/problem+json"}, f"{name} {code}"
        assert operation["summary"], name
        assert operation["security"][0] == {"apiKey": []}, name
        has_key = any(parameter["name"] == "Idempotency-Key" for parameter in operation.get("parameters", []))
        assert has_key == name.startswith("POST "), name


def test_keys_are_required_where_money_moves(schema: dict[str, Any]) -> None:
    required = {
        path
        for path, methods in schema["paths"].items()
        for parameter in methods.get("post", {}).get("parameters", [])
        if parameter["name"] == "Idempotency-Key" and parameter.get("required")
    }

    assert required == {
        "/api/v1/customers/{customer_id}/points",
        "/api/v1/orders",
        "/api/v1/orders/{number}/pay",
        "/api/v1/orders/{number}/refund",
    }


def test_bodies_refuse_unknown_members(schema: dict[str, Any]) -> None:
    bodies = [name for name in schema["components"]["schemas"] if name.endswith("Request")]

    assert bodies
    assert all(schema["components"]["schemas"][name]["additionalProperties"] is False for name in bodies)
    assert issubclass(StrictSerializer, object)


def test_schema_and_root_are_served_to_everybody(db: None) -> None:
    client = Client()

    root = client.get("/api/v1/").json()
    assert root == {
        "version": "1",
        "schema": "http://testserver/api/v1/schema/",
        "docs": "http://testserver/api/v1/docs/",
    }
    assert client.get("/api/v1/schema/").content.startswith(b"openapi: 3.1")
    assert client.get("/api/v1/schema/", headers={"Accept": "application/json"}).json()["openapi"].startswith("3.1")
    assert client.get("/api/v1/schema/?format=json").json()["info"]["title"] == "Loyalty API"


def test_docs_page_has_no_inline_script_and_no_other_host(db: None) -> None:
    client = Client()

    page = client.get("/api/v1/docs/")
    script = client.get("/api/v1/docs/?script=")

    text = page.content.decode()
    assert page.status_code == script.status_code == 200
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert re.findall(r"<script(?![^>]*\bsrc=)", text) == []
    assert "<style" not in text
    assert re.findall(r"https?://(?!testserver)[^\"'\s]+", text + script.content.decode()) == []
    for address in re.findall(r"(?:src|href)=\"([^\"]+)\"", text):
        answer = client.get(address.replace("&amp;", "&"))
        assert answer.status_code == 200, address


def test_schema_in_a_strange_format_is_no_server_error(db: None) -> None:
    client = Client(raise_request_exception=False)

    for page in ("schema", "docs"):
        assert client.get(f"/api/v1/{page}/", headers={"Accept": "image/png"}).status_code in {200, 406}
        assert client.get(f"/api/v1/{page}/?format=%00").status_code in {200, 404}
