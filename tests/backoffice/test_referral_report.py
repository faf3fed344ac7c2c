"""The report on referrals as a page and as files (R-6)."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from referrals.models import Referral
from tests.factories import (
    NOW,
    AmbassadorFactory,
    CustomerFactory,
    PurchaseFactory,
    ReferralFactory,
    RewardFactory,
    VisitFactory,
)

REPORT = "admin_referral_report"
HEADER = (
    'Group,Visits,Visits that led to a registration,"Of the visits, %",Registrations,First orders,'
    '"Of the registrations, %",Rewards paid,"Of the first orders, %",Buyers,Points to referrers,Points to newcomers,'
    '"Points, roubles",Discounts by codes of rewards,Money to ambassadors and partners,Cost,Revenue,'
    "Revenue within the period,Revenue per rouble,Cost per buyer"
)


@pytest.fixture
def friend() -> Referral:
    """Came by Telegram, bought for 1,000; the referrer was paid 300 points. Another reward waits."""
    referrer = CustomerFactory.create(first_name="Buyer", last_name="One", registered_at=NOW)
    visit = VisitFactory.create(referrer=referrer, via="telegram")
    friend = ReferralFactory.create(
        referrer=referrer,
        newcomer=CustomerFactory.create(registered_at=NOW),
        visit=visit,
        via="telegram",
        first_order_ref="order:1",
        first_ordered_at=NOW,
    )
    RewardFactory.create(referral=friend, status="paid", paid_at=NOW + timedelta(days=14))
    RewardFactory.create(referral=friend, role="newcomer", amount=120)
    PurchaseFactory.create(customer=friend.newcomer)
    return friend


def test_report_shows_the_way_the_sums_and_what_is_owed(manager: Client, friend: Referral) -> None:
    answer = manager.get(reverse(REPORT), {"period": "7"})

    assert [(step["value"], step["text"]) for step in answer.context["steps"]] == [(1, "1")] * 4
    assert [one["text"].replace("\xa0", " ") for one in answer.context["sums"]] == ["₽300", "₽1,000", "3.33", "₽300"]
    assert [one["worth"] for one in answer.context["owed"]] == [Decimal(120), Decimal(0)]
    assert answer.context["report"].total.k_factor == Decimal("0.500")


def test_report_leads_from_a_referrer_to_his_page(as_role: Any, friend: Referral) -> None:
    partner = AmbassadorFactory.create(name="Partner")
    VisitFactory.create(referrer=None, ambassador=partner)
    rows = as_role("marketer").get(reverse(REPORT), {"group": "referrer"}).context["rows"]
    assert [(line["row"].label, line["link"]) for line in rows] == [
        ("Buyer One", reverse("admin:customers_customer_change", args=[friend.referrer_id])),
        ("Partner", reverse("admin:referrals_ambassador_page", args=[partner.pk])),
    ]


def test_report_keeps_its_filter_in_the_address(manager: Client, friend: Referral) -> None:
    asked = {
        "period": "custom", "first": "2026-06-01", "last": "2026-06-05", "group": "week", "compare": "on",
        "via": "qr", "who": "customers", "q": "one", "metric": "money",
    }  # fmt: skip
    answer = manager.get(reverse(REPORT), asked)
    found = answer.context["report"].filter
    assert (found.first_day, found.last_day, found.group_by, found.compare) == (
        date(2026, 6, 1),
        date(2026, 6, 5),
        "week",
        True,
    )
    assert (found.via, found.who, found.search) == ("qr", "customers", "one")
    assert answer.context["rows"] == []
    assert "first=2026-06-01" in answer.content.decode()


@pytest.mark.parametrize("metric", ["steps", "money", "visits", "registrations", "cost", "revenue"])
def test_report_draws_what_is_chosen(metric: str, manager: Client, friend: Referral) -> None:
    answer = manager.get(reverse(REPORT), {"metric": metric, "compare": "on"})
    assert (answer.status_code, answer.context["chart_kind"]) == (200, "line")
    assert answer.context["chart"].count('"label"') == {"steps": 3}.get(metric, 2)


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ({"period": "custom", "first": "2026-06-05", "last": "2026-06-01"}, "last"),
        ({"group": "campaign"}, "group"),
        ({"via": "pigeon"}, "via"),
        ({"who": "nobody"}, "who"),
        ({"q": "x" * 101}, "q"),
    ],
)
def test_report_says_what_is_wrong_with_the_filter(asked: dict[str, str], wrong: str, manager: Client) -> None:
    answer = manager.get(reverse(REPORT), asked)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [wrong])


def test_report_as_csv_holds_the_same_filter(manager: Client, friend: Referral) -> None:
    AmbassadorFactory.create(name="=1+1")
    VisitFactory.create(referrer=None, ambassador=AmbassadorFactory.create(name="=2+2"))
    answer = manager.get(reverse("admin_referral_report_csv"), {"period": "7", "group": "referrer"})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines == [
        HEADER,
        "Buyer One,1,1,100.00,1,1,100.00,1,100.00,1,300,0,300.00,0.00,0.00,300.00,1000.00,1000.00,3.33,300.00",
        "'=2+2,1,0,0.00,0,0,,0,,0,0,0,0.00,0.00,0.00,0.00,0.00,0.00,,",
        "Total,2,1,50.00,1,1,100.00,1,100.00,1,300,0,300.00,0.00,0.00,300.00,1000.00,1000.00,3.33,300.00",
    ]
    assert answer["Content-Disposition"] == 'attachment; filename="referrals-2026-06-04-2026-06-10.csv"'


def test_report_as_xlsx_is_a_workbook(manager: Client, friend: Referral) -> None:
    answer = manager.get(reverse("admin_referral_report_xlsx"), {"compare": "on"})
    assert b"".join(answer.streaming_content).startswith(b"PK")


def test_files_send_back_who_asks_wrongly(manager: Client) -> None:
    for kind in ("csv", "xlsx"):
        answer = manager.get(reverse(f"{REPORT}_{kind}"), {"group": "x"})
        assert (answer.status_code, answer["Location"]) == (302, reverse(REPORT) + "?group=x")


def test_marketers_see_the_report_and_support_does_not(as_role: Any) -> None:
    statuses = {role: as_role(role).get(reverse(REPORT)).status_code for role in ("marketer", "support")}
    assert statuses == {"marketer": 200, "support": 403}


def test_home_shows_who_came_by_links_today(manager: Client, friend: Referral) -> None:
    ReferralFactory.create(registered_at=NOW - timedelta(days=1))
    indicators = manager.get(reverse("admin:index")).context["indicators"]
    by_link = [(one["name"], one["value"], one["before"]) for one in indicators if one["link"] == reverse(REPORT)]
    assert by_link == [("Registrations by links", "1", "1")]
