"""Nothing personal and nothing secret reaches a log line or an error report."""

import pytest

from loyalty_site.scrubbing import scrub, scrub_report, scrub_text


@pytest.mark.parametrize(
    ("text", "scrubbed"),
    [
        ("no account for anna.k+shop@mail.example.com", "no account for [email]"),
        ("почта иван@почта.рф, заказ 1042", "почта [email], заказ 1042"),
        ("sent to +7 (912) 345-67-89 today", "sent to [phone] today"),
        ("sent to +79123456789", "sent to [phone]"),
        ("sent to 8 912 345 67 89, order 1042", "sent to [phone], order 1042"),
        ("sent to 9123456789", "sent to [phone]"),
        ("code=SUMMER5 refused", "code=[hidden] refused"),
        ("promo: X7K9QW", "promo: [hidden]"),
        ("api_key=ls_0123abc, page 2", "api_key=[hidden], page 2"),
        ("Authorization: Bearer ls_0123.abc-d", "Authorization: Bearer [hidden]"),
        ("GET /checkout?promo=SUMMER5&step=2", "GET /checkout?promo=[hidden]&step=[hidden]"),
        ("redis://:pa55@127.0.0.1:6379/0", "redis://:[hidden]@127.0.0.1:6379/0"),
        ("postgres://loyalty:pa55@db:5432/loyalty", "postgres://loyalty:[hidden]@db:5432/loyalty"),
        ("Key (code)=(SUMMER5) already exists.", "Key (code)=([hidden]) already exists."),
        ("DETAIL:  Failing row contains (1, Анна).", "DETAIL: [hidden]"),
    ],
)
def test_scrub_text_hides(text: str, scrubbed: str) -> None:
    assert scrub_text(text) == scrubbed


@pytest.mark.parametrize(
    "text",
    [
        "order 1042 paid, 3150.00",
        "batch 17: 250000 of 1000000 codes made in 4.1 s",
        "2026-11-21T21:40:40.383849Z",
        "2026-11-21 21:40",
        "request 3f2b8a9c7d6e4f1098765432109abcde",
        "http://127.0.0.1:8000/readyz",
        "exit code 1",
        "task promocodes.tasks.continue_batches[4b1f-9d] succeeded in 0.02s: None",
    ],
)
def test_scrub_text_keeps(text: str) -> None:
    assert scrub_text(text) == text


def test_scrub_hides_by_name_at_any_depth() -> None:
    event = {
        "event": "quote",
        "customer": "c_1",
        "email": "a@example.com",
        "promo_code": "SUMMER5",
        "error_code": "expired",
        "data": {"delivery_phone": "1", "lines": [{"code": "X", "sku": "SHIRT-1"}], "X-Api-Key": "k"},
        "count": 3,
        "request_id": "79123456789",
    }
    assert scrub(None, "info", event) == {
        "event": "quote",
        "customer": "c_1",
        "email": "[hidden]",
        "promo_code": "[hidden]",
        "error_code": "expired",
        "data": {
            "delivery_phone": "[hidden]",
            "lines": [{"code": "[hidden]", "sku": "SHIRT-1"}],
            "X-Api-Key": "[hidden]",
        },
        "count": 3,
        "request_id": "79123456789",
    }


def test_scrub_reads_what_an_object_would_print() -> None:
    assert scrub(None, "error", {"failure": ValueError("bad address a@example.com")}) == {
        "failure": "bad address [email]"
    }


def test_error_reports_carry_no_request_and_no_user() -> None:
    report = {"message": "for a@example.com", "request": {"url": "/?promo=X"}, "user": {"id": 1}}
    assert scrub_report(report, {}) == {"message": "for [email]"}
