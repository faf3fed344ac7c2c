"""What people and their tools leave in an address or a form: corrected or refused, never a broken page."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import CustomerFactory, SegmentFactory

NO_KEYS = ("²", "٣", "-1", "9" * 5000)
FAR = "period=custom&compare=on&first=9999-12-31&last=9999-12-31"
LONG_AGO = "period=custom&compare=on&first=0001-01-01&last=0001-01-01"
FILTERS = (
    ("admin:customers_customer_changelist", "manager"),
    ("admin:orders_order_changelist", "of"),
    ("admin:promocodes_promocode_changelist", "customer"),
    ("admin:promocodes_promocode_changelist", "campaign"),
    ("admin:promocodes_promocode_changelist", "creator"),
    ("admin:promocodes_promocode_changelist", "batch"),
    ("admin:points_occasiongift_changelist", "occasion"),
    ("admin_audit", "who"),
)
OBJECTS = (
    "admin:customers_customer_change",
    "admin:customers_segment_change",
    "admin:customers_tag_change",
    "admin:customers_consenttext_change",
    "admin:points_occasion_change",
    "admin:points_calendarday_change",
    "admin:referrals_reward_change",
)


@pytest.fixture
def administrator(as_role: Any) -> Client:
    client: Client = as_role("administrator")
    return client


@pytest.mark.parametrize(("name", "parameter"), FILTERS)
def test_a_filter_that_names_no_row_is_left_out(name: str, parameter: str, administrator: Client) -> None:
    CustomerFactory.create()
    for typed in NO_KEYS:
        answer = administrator.get(reverse(name), {parameter: typed}, follow=True)
        assert (typed[:5], answer.status_code) == (typed[:5], 200)


@pytest.mark.parametrize("name", OBJECTS)
def test_an_object_that_cannot_be_leads_elsewhere(name: str, administrator: Client) -> None:
    assert administrator.get(reverse(name, args=["²"])).status_code == 302


@pytest.mark.parametrize("query", [FAR, LONG_AGO])
@pytest.mark.parametrize("name", ["admin_customer_report", "admin_referral_report", "admin_code_report"])
def test_a_report_refuses_days_at_the_ends_of_time(name: str, query: str, administrator: Client) -> None:
    answer = administrator.get(f"{reverse(name)}?{query}")
    assert (answer.status_code, "Choose a day from the years 1900 to 2999." in answer.content.decode()) == (422, True)


@pytest.mark.parametrize("rule", ["9" * 5000, "[" * 5000, "{"])
def test_a_link_to_the_builder_with_a_broken_rule_is_not_found(rule: str, administrator: Client) -> None:
    assert administrator.get(reverse("admin:customers_segment_rule_add"), {"rule": rule}).status_code == 404


def test_the_builder_cannot_start_from_a_segment_that_cannot_be(administrator: Client) -> None:
    address = reverse("admin:customers_segment_rule_add")
    assert [administrator.get(address, {"from": typed}).status_code for typed in NO_KEYS] == [200, 404, 200, 404]


def test_the_builder_counts_nobody_for_a_day_at_the_end_of_time(administrator: Client) -> None:
    days = {"v.0-0.least": "9999-12-31", "v.0-0.most": "9999-12-31"}
    sent = {"how.0": "all", "field.0-0": "registered", "op.0-0": "between", **days}
    found = administrator.post(reverse("admin:customers_segment_count"), sent)
    assert (found.status_code, "Not counted yet: Enter a date." in " ".join(found.content.decode().split())) == (
        200,
        True,
    )


def test_a_list_by_hand_names_the_line_that_is_nobody(administrator: Client) -> None:
    segment = SegmentFactory.create(code="regulars", name="Regulars")
    sent = {"code": "regulars", "name": "Regulars", "added": "²", "removed": ""}
    answer = administrator.post(reverse("admin:customers_segment_change", args=[segment.pk]), sent)
    assert (answer.status_code, "No such customers: ²." in answer.content.decode()) == (422, True)


@pytest.mark.parametrize(("kind", "title"), [("duplicate", "Possible duplicates"), ("tag", "Tags")])
def test_a_list_is_called_in_the_tab_as_above_it(kind: str, title: str, administrator: Client) -> None:
    page = administrator.get(reverse(f"admin:customers_{kind}_changelist")).content.decode()
    head = page.partition("<title>")[2].partition("</title>")[0]
    assert head.split(" | ")[0].strip() == title
