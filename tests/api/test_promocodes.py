"""Promo codes and batches over HTTP."""

from decimal import Decimal
from typing import Any

import pytest

from promocodes.models import PromoCode
from tests.api.conftest import Api, problem
from tests.factories import CategoryFactory, CustomerFactory, SegmentFactory

JUNE = {"starts_on": "2099-06-01", "ends_on": "2099-06-15"}
FIVE_PERCENT = {"type": "percent", "value": "5.00", "minimum_order": "1000.00", **JUNE}


def test_code_is_born_a_draft_with_the_terms_asked_for(api: Api) -> None:
    CategoryFactory(slug="shirts")
    SegmentFactory(code="vip")
    body = FIVE_PERCENT | {
        "categories": ["shirts"],
        "required_categories": ["shirts"],
        "max_uses": 100,
        "max_uses_per_customer": 1,
        "first_order_only": True,
        "segment": "vip",
        "tier": "gold",
        "campaign": "Summer",
    }

    answer = api.post("promocodes", body)

    assert answer.status_code == 201, answer.content
    found = answer.json()
    made = PromoCode.objects.get()
    assert found == {
        "code": made.code,
        "status": "draft",
        "uses": 0,
        "batch": None,
        "customer": None,
        **body,
        "starts_at": "2099-06-01T00:00:00+03:00",
        "ends_at": "2099-06-16T00:00:00+03:00",
    }
    assert api.get(f"promocodes/{made.code.lower()}").json() == found


def test_personal_code_names_its_customer(api: Api) -> None:
    customer = CustomerFactory()

    made = api.post("promocodes", FIVE_PERCENT | {"customer": str(customer.public_id)}).json()

    assert made["customer"] == str(customer.public_id)
    assert api.get(f"promocodes/{made['code']}").json() == made
    assert PromoCode.objects.get().customer == customer


def test_personal_code_for_nobody_is_refused(api: Api) -> None:
    body = FIVE_PERCENT | {"customer": "00000000-0000-4000-8000-000000000000"}
    answer = api.post("promocodes", body)
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (400, ["customer"])
    assert PromoCode.objects.count() == 0


def test_batch_is_not_for_one_customer(api: Api) -> None:
    body = FIVE_PERCENT | {"customer": str(CustomerFactory().public_id), "count": 2}
    answer = api.post("promocodes/batches", body)
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (400, ["customer"])


def test_minimal_code(api: Api) -> None:
    body = {"type": "free_shipping", "starts_at": "2020-01-01T00:00:00Z", "ends_at": "2099-01-01T10:30:00+03:00"}

    found = api.post("promocodes", body).json()

    assert {
        name: found[name] for name in ("value", "starts_on", "ends_on", "ends_at", "categories", "max_uses", "campaign")
    } == {
        "value": None,
        "starts_on": None,
        "ends_on": None,
        "ends_at": "2099-01-01T10:30:00+03:00",
        "categories": [],
        "max_uses": None,
        "campaign": None,
    }


def test_code_is_activated_and_deactivated(api: Api) -> None:
    code = api.post("promocodes", FIVE_PERCENT | {"starts_on": "2020-01-01"}).json()["code"]

    states = [
        api.post(f"promocodes/{code}/{verb}").json()["status"]
        for verb in ("activate", "activate", "deactivate", "activate")
    ]

    assert states == ["active", "active", "deactivated", "active"]
    assert api.get(f"promocodes/{code}").json()["status"] == "active"
    assert problem(api.call("DELETE", f"promocodes/{code}")) == (405, "method_not_allowed")
    assert PromoCode.objects.count() == 1


def test_code_whose_period_is_over_is_not_activated(api: Api) -> None:
    code = api.post("promocodes", FIVE_PERCENT | {"starts_on": "2020-01-01", "ends_on": "2020-01-02"}).json()["code"]

    answer = api.post(f"promocodes/{code}/activate")

    assert problem(answer) == (409, "wrong_state")
    assert answer.json()["reason"] == "expired"


WRONG = [
    ({"type": "double"}, "type"),
    ({"value": "0.00"}, "value"),
    ({"value": "100.01"}, "value"),
    ({"value": None}, "value"),
    ({"value": 5}, "value"),
    ({"type": "free_shipping"}, "value"),
    ({"type": "fixed", "categories": ["shirts"]}, "categories"),
    ({"categories": ["nothing-such"]}, "categories"),
    ({"required_categories": ["nothing-such"]}, "required_categories"),
    ({"categories": "shirts"}, "categories"),
    ({"minimum_order": "0.00"}, "minimum_order"),
    ({"minimum_order": "-5.00"}, "minimum_order"),
    ({"starts_on": None}, "starts_on"),
    ({"ends_on": "2099-05-31"}, "ends_on"),
    ({"ends_on": "20990615"}, "ends_on"),
    ({"ends_on": "2099-02-30"}, "ends_on"),
    ({"ends_at": "2099-06-20T00:00:00Z"}, "ends_at"),
    ({"starts_on": None, "starts_at": "2099-06-01T00:00:00"}, "starts_at"),
    ({"max_uses": 0}, "max_uses"),
    ({"max_uses": 2**63}, "max_uses"),
    ({"max_uses": "10"}, "max_uses"),
    ({"max_uses_per_customer": True}, "max_uses_per_customer"),
    ({"first_order_only": 1}, "first_order_only"),
    ({"segment": "nobody"}, "segment"),
    ({"tier": "nobody"}, "tier"),
    ({"campaign": "x" * 201}, "campaign"),
    ({"code": "ШУБА500"}, "code"),
]


@pytest.mark.parametrize(("change", "field"), WRONG, ids=str)
def test_wrong_terms_are_refused_by_field(api: Api, change: dict[str, Any], field: str) -> None:
    answer = api.post("promocodes", FIVE_PERCENT | change)

    assert problem(answer) == (400, "invalid")
    assert field in {error["field"] for error in answer.json()["errors"]}
    assert not PromoCode.objects.exists()


@pytest.mark.parametrize("code", ["ABCDEFGH23", "x", "шуба500", "%20", "' OR 1=1--"])
def test_unknown_code_is_404(api: Api, code: str) -> None:
    for method, path in (("GET", ""), ("GET", "/uses"), ("POST", "/activate"), ("POST", "/deactivate")):
        assert problem(api.call(method, f"promocodes/{code}{path}")) == (404, "not_found")


def test_verbs_take_no_body(api: Api) -> None:
    code = api.post("promocodes", FIVE_PERCENT).json()["code"]

    assert problem(api.post(f"promocodes/{code}/activate", {"now": True})) == (400, "invalid")


@pytest.mark.django_db(transaction=True)
def test_batch_is_made_watched_downloaded_and_activated(settings: Any) -> None:
    from promocodes.tasks import fill_batch
    from tests.api.conftest import new_key

    api = Api(new_key())
    settings.CELERY_TASK_ALWAYS_EAGER = True
    answer = api.post("promocodes/batches", FIVE_PERCENT | {"starts_on": "2020-01-01", "count": 250})
    assert answer.status_code == 202, answer.content
    batch = answer.json()
    assert (batch["status"], batch["created"], batch["count"], batch["terms"]["value"]) == ("creating", 0, 250, "5.00")

    fill_batch(batch_id=batch["id"])
    assert {name: api.get(f"promocodes/batches/{batch['id']}").json()[name] for name in ("status", "created")} == {
        "status": "draft",
        "created": 250,
    }
    download = api.get(f"promocodes/batches/{batch['id']}/codes.csv")
    lines = b"".join(download.streaming_content).decode().splitlines()
    assert (download.headers["Content-Type"], lines[0]) == ("text/csv; charset=utf-8", "code")
    assert set(lines[1:]) == set(PromoCode.objects.values_list("code", flat=True))
    assert len(lines) == 251
    assert api.post(f"promocodes/batches/{batch['id']}/activate").json()["status"] == "active"
    assert api.get(f"promocodes/{lines[1]}").json()["status"] == "active"
    assert api.get(f"promocodes/{lines[1]}").json()["batch"] == batch["id"]


@pytest.mark.parametrize("count", [0, 1_000_001, "5", None])
def test_wrong_count_of_a_batch_is_refused(api: Api, count: object) -> None:
    answer = api.post("promocodes/batches", FIVE_PERCENT | {"count": count})

    assert (problem(answer), [error["field"] for error in answer.json()["errors"]]) == ((400, "invalid"), ["count"])


def test_unknown_batch_is_404(api: Api) -> None:
    assert problem(api.get("promocodes/batches/1")) == (404, "not_found")
    assert problem(api.get("promocodes/batches/1/codes.csv")) == (404, "not_found")
    assert problem(api.post("promocodes/batches/1/activate")) == (404, "not_found")


def test_first_example_of_the_documents(api: Api) -> None:
    """5 % on the whole order from 1,000 ₽, both days whole (PC-8, M-4)."""
    code = api.post("promocodes", FIVE_PERCENT).json()["code"]
    api.post(f"promocodes/{code}/activate")
    api.call("PUT", "catalog/products/P-1", {"name": "P", "price": "999.99"})
    api.call("PUT", "catalog/products/P-2", {"name": "P", "price": "1000.00"})

    def quoted(sku: str, at: str) -> tuple[str, str | None]:
        body = {"channel": "site", "lines": [{"sku": sku, "quantity": 1}], "promo_code": code, "at": at}
        found = api.post("quotes", body).json()
        return found["discount_total"], found["promo_code"]["reason"]

    assert quoted("P-2", "2099-06-01T00:00:00+03:00") == ("50.00", None)
    assert quoted("P-2", "2099-06-15T23:59:59+03:00") == ("50.00", None)
    assert quoted("P-2", "2099-06-16T00:00:00+03:00") == ("0.00", "expired")
    assert quoted("P-2", "2099-05-31T23:59:59+03:00") == ("0.00", "not_started")
    assert quoted("P-1", "2099-06-10T12:00:00+03:00") == ("0.00", "below_minimum")


@pytest.mark.parametrize("count", [1, 3])
def test_uses_take_three_queries(api: Api, django_assert_num_queries: Any, count: int) -> None:
    code = api.post("promocodes", FIVE_PERCENT | {"starts_on": "2020-01-01", "minimum_order": None}).json()["code"]
    api.post(f"promocodes/{code}/activate")
    api.call("PUT", "catalog/products/P-1", {"name": "P", "price": str(Decimal("10.00"))})
    for n in range(count):
        body = {"channel": "pos", "lines": [{"sku": "P-1", "quantity": 1}], "promo_code": code}
        assert api.post("orders", body, key=f"k-{n}").status_code == 201

    with django_assert_num_queries(3):
        assert len(api.get(f"promocodes/{code}/uses").json()["results"]) == count
