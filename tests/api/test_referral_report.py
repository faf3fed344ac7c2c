"""The report on referrals over HTTP (R-6)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.api.conftest import Api, problem
from tests.factories import (
    NOW,
    AmbassadorFactory,
    CustomerFactory,
    PurchaseFactory,
    ReferralFactory,
    RewardFactory,
    VisitFactory,
)

JUNE = "reports/referrals?from=2026-06-01&to=2026-06-30"
NOTHING = {
    "visits": 0, "led_visits": 0, "registrations": 0, "first_orders": 0, "paid": 0, "buyers": 0, "points": 0,
    "welcome_points": 0, "code_discount": "0.00", "money": "0.00", "cost": "0.00", "revenue": "0.00",
    "cost_per_buyer": None, "revenue_ratio": None,
}  # fmt: skip


def test_report_tells_the_way_by_channel_and_referrer(api: Api, django_assert_num_queries: Any) -> None:
    anna = CustomerFactory.create(first_name="Buyer", last_name="One", registered_at=NOW)
    partner = AmbassadorFactory.create(name="Partner")
    VisitFactory.create(referrer=None, ambassador=partner, via="vk")
    visit = VisitFactory.create(referrer=anna, via="telegram")
    friend = ReferralFactory.create(
        referrer=anna,
        newcomer=CustomerFactory.create(registered_at=NOW),
        visit=visit,
        via="telegram",
        first_order_ref="order:1",
        first_ordered_at=NOW,
    )
    RewardFactory.create(referral=friend, status="paid", paid_at=NOW + timedelta(days=14))
    PurchaseFactory.create(customer=friend.newcomer, goods_amount=Decimal(1000), refunded_amount=Decimal(100))

    found = api.get(JUNE).json()

    brought = NOTHING | {
        "visits": 1, "led_visits": 1, "registrations": 1, "first_orders": 1, "paid": 1, "buyers": 1, "points": 300,
        "cost": "300.00", "revenue": "900.00", "cost_per_buyer": "300.00", "revenue_ratio": "3.00",
    }  # fmt: skip
    assert found == {
        "from": "2026-06-01",
        "to": "2026-06-30",
        "via": None,
        "channels": [brought | {"via": "telegram"}, NOTHING | {"visits": 1, "via": "vk"}],
        "referrers": [
            brought | {"name": "Buyer One", "kind": "customer"},
            NOTHING | {"visits": 1, "name": "Partner", "kind": "ambassador"},
        ],
        "total": brought | {"visits": 2, "k_factor": "0.500"},
    }
    assert [row["via"] for row in api.get(f"{JUNE}&via=vk").json()["channels"]] == ["vk"]
    with django_assert_num_queries(5):
        api.get(JUNE)


@pytest.mark.parametrize(
    "query", ["from=x", "to=2026-02-30", "from=2026-02-02&to=2026-02-01", "from=1900-01-01", "via=pigeon", "via=%00"]
)
def test_wrong_report_is_400(api: Api, query: str) -> None:
    assert problem(api.get(f"reports/referrals?{query}")) == (400, "invalid")


def test_empty_report(api: Api) -> None:
    found = api.get("reports/referrals?from=2020-01-01&to=2020-01-31").json()

    assert found == {
        "from": "2020-01-01", "to": "2020-01-31", "via": None, "channels": [], "referrers": [],
        "total": NOTHING | {"k_factor": None},
    }  # fmt: skip
