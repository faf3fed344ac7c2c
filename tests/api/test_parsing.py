"""One strict reader for all bodies: the hostile corpus ends in 4xx problem documents (S-2)."""

import pytest
from django.utils import translation

from loyalty_site.kernel.errors import InvalidInput
from loyalty_site.kernel.input import field_errors
from loyalty_site.kernel.parsing import parse_json
from orders.api.fields import BasketIn, QuoteIn
from promocodes.api.fields import CodeIn
from tests.api.conftest import Api, problem

HOSTILE = {
    "duplicate keys": b'{"name": "a", "name": "b"}',
    "nested duplicate": b'{"a": {"b": 1, "b": 1}}',
    "NaN": b'{"a": NaN}',
    "Infinity": b'{"a": -Infinity}',
    "NUL": b'{"a": "\\u0000"}',
    "raw control": b'{"a": "\x01"}',
    "escaped control": b'{"a": "\\u001b"}',
    "control in a key": b'{"\\u0007": 1}',
    "lone surrogate": b'{"a": "\\ud800"}',
    "lone low surrogate": b'{"a": "x\\udfffy"}',
    "non-character": b'{"a": "\\uffff"}',
    "not UTF-8": b'{"a": "\xff\xfe"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "deep": b"[" * 17 + b"]" * 17,
    "very deep": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "huge integer": b'{"a": ' + b"9" * 5000 + b"}",
    "long fraction": b'{"a": 0.' + b"1" * 5000 + b"}",
    "underscore": b'{"a": 1_000}',
    "leading zero": b'{"a": 01}',
    "Arabic digits": '{"a": ١٢٣}'.encode(),
    "trailing comma": b'{"a": 1,}',
    "two values": b"{} {}",
    "comment": b"{} // a",
    "single quotes": b"{'a': 1}",
    "nothing but space": b"   ",
    "byte order mark": b"\xef\xbb\xbf{}",
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_json_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidInput):
        parse_json(body)


def test_plain_json_is_read() -> None:
    text = '{"имя": "Рубашка\\n«Лето» \\ud83d\\ude00", "n": [1, -2, 1.5, true, null]}'

    assert parse_json(text.encode()) == {"имя": "Рубашка\n«Лето» 😀", "n": [1, -2, 1.5, True, None]}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_body_is_answered_with_a_problem(api: Api, body: bytes) -> None:
    assert problem(api.post("quotes", body)) == (400, "malformed_json")


@pytest.mark.parametrize("body", [b"[]", b"1", b'"text"', b"true", b"null"])
def test_a_body_that_is_no_object_is_refused(api: Api, body: bytes) -> None:
    status, code = problem(api.post("quotes", body))

    assert (status, code) == (400, "invalid")


def test_a_large_body_is_413(api: Api) -> None:
    assert problem(api.post("quotes", b'"' + b"a" * 3_000_000 + b'"')) == (413, "body_too_large")


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
def test_another_content_type_is_415(api: Api, content_type: str) -> None:
    answer = api.client.generic("POST", "/api/v1/quotes", b"{}", content_type=content_type, headers=api.headers)

    assert problem(answer) == (415, "unsupported_media_type")


def test_a_body_in_chunks_is_411(api: Api) -> None:
    answer = api.client.post("/api/v1/quotes", headers={**api.headers, "Transfer-Encoding": "chunked"})

    assert problem(answer) == (411, "length_required")


def test_refusals_of_fields_are_in_our_own_words() -> None:
    """DRF has no Russian for these (S-2)."""
    line = {"sku": "A", "quantity": 1}
    wrong = [
        (BasketIn(data={"lines": []}), "lines", "Give at least 1 here."),
        (BasketIn(data={"lines": [line] * 201}), "lines", "Give at most 200 here."),
        (BasketIn(data={"customer": 1}), "customer", "Give a UUID here."),
        (BasketIn(data={"session": 1}), "session", "Give a string here."),
        (QuoteIn(data={"include_drafts": 1}), "include_drafts", "Give true or false here."),
        (CodeIn(data={"categories": ["a"] * 101}), "categories", "Give at most 100 here."),
    ]
    with translation.override("en"):
        for serializer, field, sentence in wrong:
            assert not serializer.is_valid()
            told = {error.field: str(error.detail) for error in field_errors(serializer.errors)}
            assert told[field] == sentence


def test_every_wrong_field_is_named(api: Api) -> None:
    body = {
        "channel": "fax",
        "lines": [{"sku": "A", "quantity": True}, {"sku": 7, "quantity": 2**63}],
        "colour": 1,
    }

    answer = api.post("quotes", body)

    assert problem(answer) == (400, "invalid")
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [("colour", "unknown_field")]
    del body["colour"]
    answer = api.post("quotes", body)
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [
        ("channel", "invalid_choice"),
        ("lines.0.quantity", "invalid"),
        ("lines.1.sku", "invalid"),
        ("lines.1.quantity", "max_value"),
    ]


MONEY = [
    "1_000",
    "١٠٠",
    "1e3",
    "-1.00",
    "1.001",
    "NaN",
    "Infinity",
    "",
    " 1",
    "0x10",
    "12345678901.00",
    5,
    5.5,
    True,
    ["1.00"],
    {},
]


@pytest.mark.parametrize("amount", MONEY, ids=str)
def test_money_is_a_plain_string(api: Api, amount: object) -> None:
    answer = api.post("orders/1/pay", {"amount": amount, "payment_id": "p-1"}, key="k-1")

    assert problem(answer) == (400, "invalid")
    assert [error["field"] for error in answer.json()["errors"]] == ["amount"]
