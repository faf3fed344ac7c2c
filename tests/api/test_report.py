"""The usage report over HTTP (PC-21)."""

from decimal import Decimal
from typing import Any

import pytest

from tests.api.conftest import Api, problem
from tests.factories import ProductFactory

TERMS = {"type": "percent", "value": "5.00", "starts_on": "2020-01-01", "ends_on": "2099-06-15"}


def test_report_counts_the_uses_of_each_code_and_campaign(api: Api, django_assert_num_queries: Any) -> None:
    ProductFactory(sku="SHIRT-1", price=Decimal("1000.00"))
    codes = [api.post("promocodes", TERMS | {"campaign": name}).json()["code"] for name in ("Summer", "Autumn")]
    for code in codes:
        api.post(f"promocodes/{code}/activate")
    body = {"channel": "site", "lines": [{"sku": "SHIRT-1", "quantity": 1}], "promo_code": codes[0]}
    numbers = [api.post("orders", body, key=f"k-{n}").json()["number"] for n in range(3)]
    api.post("orders", body | {"promo_code": codes[1]}, key="k-other")
    api.post(f"orders/{numbers[0]}/pay", {"amount": "950.00", "payment_id": "p-1"}, key="p-1")
    api.post(f"orders/{numbers[1]}/cancel")

    found = api.get("reports/promocodes?campaign=Summer").json()

    assert [row["code"] for row in found["codes"]] == [codes[0]]
    assert [row["campaign"] for row in found["campaigns"]] == ["Summer"]
    shown = ("uses", "releases", "revenue", "paid_orders", "average_order_with", "average_order_without")
    expected = {
        "uses": found["total"]["uses"], "releases": 1, "revenue": "950.00", "paid_orders": 1,
        "average_order_with": "950.00", "average_order_without": None,
    }  # fmt: skip
    for figures in (found["codes"][0], found["campaigns"][0], found["total"]):
        assert {name: figures[name] for name in shown} == expected
    assert {row["code"] for row in api.get("reports/promocodes").json()["codes"]} == set(codes)
    with django_assert_num_queries(5):
        api.get("reports/promocodes?from=2026-01-01&to=2026-12-31")


@pytest.mark.parametrize(
    "query",
    ["from=x", "to=2026-02-30", "from=2026-02-02&to=2026-02-01", "from=1900-01-01", "campaign=%00", "from=%D9%A1"],
)
def test_wrong_report_is_400(api: Api, query: str) -> None:
    assert problem(api.get(f"reports/promocodes?{query}")) == (400, "invalid")


def test_empty_report(api: Api) -> None:
    found = api.get("reports/promocodes?from=2020-01-01&to=2020-01-31&campaign=").json()

    assert {name: found[name] for name in ("from", "to", "campaign", "codes", "campaigns")} == {
        "from": "2020-01-01", "to": "2020-01-31", "campaign": None, "codes": [], "campaigns": [],
    }  # fmt: skip
    assert found["total"]["uses"] == 0
