"""The report on customers and the RFM map as pages and as files (RP-1)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from customers.models import Customer, Segment
from customers.queries.report import ReportFilter, report_key
from tests.customers.rfm_rows import a_run
from tests.customers.test_rfm_map import move, place
from tests.factories import NOW, CustomerFactory, PurchaseFactory, SegmentFactory, SegmentMembershipFactory

REPORT, MAP = "admin_customer_report", "admin_rfm_map"
COHORTS = 'Cohort,Customers,Months since,Bought,"Retention, %",Purchases,Revenue,Revenue so far,LTV,Month is over'
SEGMENTS = (
    'Segment,Customers,"Share of the customers, %",Purchases,Revenue,"Share of the revenue, %",Average order,'
    "Days since the last purchase,Came,Left"
)


@pytest.fixture
def buyer() -> Customer:
    """First bought for 1,000 in April, then for 3,000 in June; another came once in May."""
    buyer = CustomerFactory.create()
    PurchaseFactory.create(customer=buyer, paid_at=NOW - timedelta(days=60))
    PurchaseFactory.create(customer=buyer, paid_at=NOW, goods_amount=Decimal(3000), channel="pos")
    PurchaseFactory.create(customer=CustomerFactory.create(), paid_at=NOW - timedelta(days=30))
    return buyer


def lines(answer: Any) -> list[str]:
    return b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()


def test_report_shows_figures_cohorts_and_frequency(manager: Client, buyer: Customer) -> None:
    answer = manager.get(reverse(REPORT), {"compare": "on"})

    context = answer.context
    assert [one["text"].replace("\xa0", " ") for one in context["figures"]] == [
        "2", "2", "₽2,500", "₽1,666.67", "1.5", "50%", "60",
    ]  # fmt: skip
    assert [(row["label"], row["size"], [cell["text"] for cell in row["cells"]]) for row in context["retention"]] == [
        ("April 2026", "1", ["100%", "0%", "100%"]),
        ("May 2026", "1", ["100%", "0%"]),
    ]
    assert [[cell["text"] for cell in row["cells"]] for row in context["ltv"]] == [
        ["₽1,000", "₽1,000", "₽4,000"],
        ["₽1,000", "₽1,000"],
    ]
    assert [label for label, band in context["bands"] if band.customers] == ["1 purchase", "2 purchases"]


def test_report_keeps_its_filter_in_the_address(manager: Client, buyer: Customer) -> None:
    segment = SegmentFactory.create(code="dear", name="Dear ones")
    SegmentMembershipFactory.create(segment=segment, customer=buyer)
    asked = {"first": "2026-06-01", "last": "2026-06-10", "channel": "pos", "segment": "dear"}
    answer = manager.get(reverse(REPORT), asked)
    found = answer.context["form"].filter()
    assert (str(found.first_day), str(found.last_day), found.channel, found.segment) == (
        *list(asked.values())[:3],
        segment,
    )
    assert answer.context["report"].frequency.total.customers == 1


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ({"period": "custom", "first": "2026-06-05", "last": "2026-06-01"}, "last"),
        ({"period": "week"}, "period"),
        ({"channel": "pigeon"}, "channel"),
        ({"segment": "nobody"}, "segment"),
    ],
)
def test_report_says_what_is_wrong_with_the_filter(asked: dict[str, str], wrong: str, manager: Client) -> None:
    answer = manager.get(reverse(REPORT), asked)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [wrong])
    for kind in ("csv", "xlsx"):
        assert manager.get(reverse(f"{REPORT}_{kind}"), asked).status_code == 302


def test_report_without_purchases_says_so(manager: Client) -> None:
    assert "Nobody bought for the first time" in manager.get(reverse(REPORT)).content.decode()


def test_report_that_takes_long_looks_again_by_itself(manager: Client, buyer: Customer) -> None:
    first, last = NOW.date() - timedelta(days=6), NOW.date()
    asked = {"period": "custom", "first": first.isoformat(), "last": last.isoformat()}
    key = report_key(ReportFilter(first, last), NOW)
    cache.set_many({f"{key}:slow": True, f"{key}:started": True}, 60)
    page = manager.get(reverse(REPORT), asked).content.decode()
    assert 'data-look-again="10"' in page
    assert manager.get(reverse(f"{REPORT}_csv"), asked).status_code == 302
    cache.delete_many([f"{key}:slow", f"{key}:started"])


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (
            "cohorts",
            [
                COHORTS,
                "2026-04,1,0,1,100.00,1,1000.00,1000.00,1000.00,1",
                "2026-04,1,1,0,0.00,0,0,1000.00,1000.00,1",
                "2026-04,1,2,1,100.00,1,3000.00,4000.00,4000.00,0",
                "2026-05,1,0,1,100.00,1,1000.00,1000.00,1000.00,1",
                "2026-05,1,1,0,0.00,0,0,1000.00,1000.00,0",
            ],
        ),
        (
            "frequency",
            [
                'Purchases in the period,Buyers,"Of the buyers, %",Purchases,Revenue',
                "1 purchase,1,50.00,1,1000.00",
                "2 purchases,1,50.00,2,4000.00",
                "3 purchases,0,0.00,0,0",
                "4 purchases,0,0.00,0,0",
                "5 purchases,0,0.00,0,0",
                "6–10 purchases,0,0.00,0,0",
                "11 purchases or more,0,0.00,0,0",
            ],
        ),
        (
            "figures",
            [
                "Figure,In the period,In the period before",
                "Buyers,2,",
                "New buyers,2,",
                "Purchases,3,",
                "Revenue,5000.00,",
                "Average order,1666.67,",
                "Purchases per buyer,1.50,",
                "Revenue per buyer,2500.00,",
                "Repeat rate,50.00,",
                "Days between purchases,60.0,",
            ],
        ),
    ],
)
def test_report_as_csv(table: str, expected: list[str], manager: Client, buyer: Customer) -> None:
    answer = manager.get(reverse(f"{REPORT}_csv"), {"table": table})
    assert lines(answer) == expected
    assert answer["Content-Disposition"] == f'attachment; filename="customers-{table}-2025-07-01-2026-06-10.csv"'


def test_files_are_workbooks_too(manager: Client, buyer: Customer) -> None:
    for name, asked in ((REPORT, {"table": "frequency"}), (MAP, {"table": "moves"})):
        answer = manager.get(reverse(f"{name}_xlsx"), asked)
        assert b"".join(answer.streaming_content).startswith(b"PK")


@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_the_same_whatever_they_show(count: int, manager: Client, django_assert_num_queries: Any) -> None:
    for _ in range(count):
        customer = place(5, 5)
        move(customer, "new", "champions", -1)
        PurchaseFactory.create(customer=customer)
        SegmentFactory.create()
    manager.get(reverse(REPORT))
    with django_assert_num_queries(REPORT_QUERIES):
        manager.get(reverse(REPORT))
    with django_assert_num_queries(MAP_QUERIES):
        manager.get(reverse(MAP))


REPORT_QUERIES, MAP_QUERIES = 11, 8


def test_map_leads_to_customers_and_to_what_can_be_made_of_them(manager: Client) -> None:
    a_run(recency=[5, 30, 60, 90], frequency=[1, 1, 2, 3], monetary=[500, 1000, 2000, 4000])
    move(place(5, 5), "at_risk", "champions", -1)

    answer = manager.get(reverse(MAP), {"since": "2026-06-01"})

    best = answer.context["rows"][0][4]
    champions = answer.context["parts"][0]
    customers = reverse("admin:customers_customer_changelist")
    assert (best["link"], champions["link"]) == (f"{customers}?cell=5-5", f"{customers}?rfm=champions")
    code, campaign, points, segment = (action["link"] for action in champions["actions"])
    assert manager.get(code).context["form"]["segment"].value() == "rfm-champions"
    assert manager.get(campaign).context["form"]["name"].value() == "Champions"
    assert manager.get(points).context["form"]["segment"].value() == Segment.objects.get(code="rfm-champions").pk
    assert [manager.get(link).status_code for link in (best["link"], champions["link"], segment)] == [200] * 3
    assert "between" in manager.get(best["builder"]).content.decode()
    assert answer.context["flows"] == [{"source": "At risk", "target": "Champions", "customers": 1, "moves": 1}]
    assert "<svg" in answer.content.decode()


def test_map_before_the_first_night_offers_to_work_it_out(manager: Client, as_role: Any) -> None:
    page = manager.get(reverse(MAP)).content.decode()
    assert "Work it out now" in page
    assert as_role("support").post(reverse("admin_rfm_map_reckon")).status_code == 403


def test_map_refuses_a_day_to_come(manager: Client) -> None:
    for day in ("2026-06-11", "yesterday"):
        answer = manager.get(reverse(MAP), {"since": day})
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["since"])


def test_map_as_csv(manager: Client) -> None:
    move(place(5, 5, orders=4), "", "champions", -1)
    segments = lines(manager.get(reverse(f"{MAP}_csv")))
    assert segments[:2] == [
        SEGMENTS,
        "Champions,1,100.0,4,1000.00,100.0,250,10,1,0",
    ]
    moves = lines(manager.get(reverse(f"{MAP}_csv"), {"table": "moves"}))
    assert moves == ["From,To,Customers,Moves", "no purchases,Champions,1,1"]


def test_marketers_see_the_reports_and_support_does_not(as_role: Any) -> None:
    for name in (REPORT, MAP):
        assert [as_role(role).get(reverse(name)).status_code for role in ("marketer", "support")] == [200, 403]
