"""The usage report as a page and as files, and the first page of the back office (PC-21)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from loyalty_site.backoffice.home import delta, sparkline
from orders.models import Order
from orders.services import pay_order
from promocodes.models import PromoCode, QuoteTally
from tests.factories import NOW

REPORT = "admin_code_report"


@pytest.fixture
def used(placed: Order, code: PromoCode) -> Order:
    QuoteTally.objects.create(promo_code=code, day=NOW.date(), channel="site", outcome="applied", count=4)
    return pay_order(number=placed.number, amount=placed.total, provider="test", payment_id="p1", now=NOW)


def test_report_shows_the_use_of_the_journey(manager: Client, used: Order) -> None:
    answer = manager.get(reverse(REPORT), {"period": "7", "group": "code"})
    row = answer.context["rows"][0]["row"]
    figures = row.figures
    assert (row.label, figures.quotes, figures.uses, figures.discount) == ("K7XQ4M9TWD", 4, 1, Decimal("200.00"))
    assert figures.revenue == Decimal("3800.00")


def test_report_keeps_its_filter_in_the_address(manager: Client, used: Order) -> None:
    asked = {"period": "custom", "first": "2026-06-01", "last": "2026-06-05", "group": "day", "compare": "on"}
    answer = manager.get(reverse(REPORT), asked)
    found = answer.context["report"].filter
    assert (found.first_day, found.last_day, found.group_by, found.compare) == (
        date(2026, 6, 1),
        date(2026, 6, 5),
        "day",
        True,
    )
    assert answer.context["rows"] == []
    assert "first=2026-06-01" in answer.content.decode()


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ({"period": "custom", "first": "2026-06-05", "last": "2026-06-01"}, "last"),
        ({"period": "custom"}, "first"),
        ({"period": "custom", "first": "2000-01-01", "last": "2026-06-01"}, "last"),
        ({"period": "yesterday"}, "period"),
        ({"campaign": "no such"}, "campaign"),
    ],
)
def test_report_says_what_is_wrong_with_the_filter(asked: dict[str, str], wrong: str, manager: Client) -> None:
    answer = manager.get(reverse(REPORT), asked)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [wrong])


def test_report_as_csv_holds_the_same_filter(manager: Client, used: Order) -> None:
    answer = manager.get(reverse("admin_code_report_csv"), {"period": "7", "group": "channel"})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines == [
        "Group,Quotes,Applied,Uses,Released,Discount,Revenue,Average with,Average without,New customers,Bought again",
        "site,4,4,1,0,200.00,3800.00,3800.00,,1,0.00",
        "Total,4,4,1,0,200.00,3800.00,3800.00,,1,0.00",
    ]
    assert answer["Content-Disposition"] == 'attachment; filename="promo-codes-2026-06-04-2026-06-10.csv"'


def test_report_as_xlsx_is_a_workbook(manager: Client, used: Order) -> None:
    answer = manager.get(reverse("admin_code_report_xlsx"), {"compare": "on"})
    assert b"".join(answer.streaming_content).startswith(b"PK")


def test_marketers_see_the_report_and_support_does_not(as_role: Any) -> None:
    statuses = {role: as_role(role).get(reverse(REPORT)).status_code for role in ("marketer", "support")}
    assert statuses == {"marketer": 200, "support": 403}


def test_home_shows_today_beside_yesterday(manager: Client, used: Order) -> None:
    QuoteTally.objects.create(promo_code=None, day=NOW.date(), channel="site", outcome="not_found", count=2)
    answer = manager.get(reverse("admin:index"))
    values = {one["name"]: one["value"].replace("\N{NO-BREAK SPACE}", " ") for one in answer.context["indicators"]}
    assert {name: values[name] for name in list(values)[:3]} == {
        "Uses of codes": "1",
        "Discount given": "₽200",
        "Revenue with codes": "₽4,100",
    }
    assert answer.context["refusals"] == [("There is no such promo code. Please check the spelling.", 2)]


def test_home_takes_sixteen_queries(manager: Client, used: Order, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(16):
        manager.get(reverse("admin:index"))


def test_sparkline_reaches_from_edge_to_edge() -> None:
    assert sparkline([Decimal(0), Decimal(5), Decimal(10)]) == "0.0,26.0 60.0,14.0 120.0,2.0"
    assert sparkline([Decimal(0), Decimal(0)]) == "0.0,26.0 120.0,26.0"


def test_a_change_is_good_news_only_where_more_is_better() -> None:
    now, before = Decimal(150), Decimal(100)
    assert [delta(now, before, is_more_better) for is_more_better in (True, False, None)] == [
        {"is_good": is_good, "text": "+50%"} for is_good in (True, False, None)
    ]


def test_a_change_that_rounds_to_nothing_is_not_told() -> None:
    assert delta(Decimal(100_001), Decimal(100_000), True) is None
