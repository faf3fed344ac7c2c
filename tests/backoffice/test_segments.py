"""The builder of rules and the page of a segment, with and without JavaScript (CU-8)."""

import io
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer, Segment
from customers.services import put_rule_segment, refresh_segment
from tests.customers.segment_rows import leaf, rfm
from tests.factories import NOW, CustomerFactory, PromoCodeFactory, SegmentFactory, SegmentMembershipFactory

ADD = "admin:customers_segment_rule_add"
FORM = {
    "name": "Недавние",
    "name_en": "Recent",
    "code": "recent",
    "note": "for the June letter",
    "how.0": "all",
    "field.0-0": "last_purchase",
    "op.0-0": "within",
    "v.0-0.days": "90",
    "how.0-1": "none",
    "field.0-1-0": "consent",
    "op.0-1-0": "in",
    "v.0-1-0.codes": ["sms", "email"],
}
RULE = {
    "all": [
        leaf("last_purchase", "within", 90),
        {"not": {"any": [leaf("consent", "in", ["sms", "email"])]}},
    ]
}


@pytest.fixture
def buyer() -> Customer:
    buyer = CustomerFactory(email="buyer@shop.test", first_name="=1+1", last_name="Первый")
    rfm(buyer)
    return buyer


@pytest.fixture
def segment(buyer: Customer) -> Segment:
    segment = put_rule_segment(code="recent", name="Недавние", rule=RULE, note="why", by=None, now=NOW)
    refresh_segment(segment_id=segment.pk, now=NOW)
    return segment


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_a_rule_is_made_by_plain_forms(manager: Client) -> None:
    answer = manager.post(reverse(ADD), FORM)

    segment = Segment.objects.get(code="recent")
    assert answer["Location"] == reverse("admin:customers_segment_change", args=[segment.pk])
    assert (segment.kind, segment.rule, segment.name_en, segment.note) == (
        "rule",
        RULE,
        "Recent",
        "for the June letter",
    )
    assert segment.created_by is not None


def test_buttons_of_the_tree_change_it_and_save_nothing(manager: Client) -> None:
    added = text(manager.post(reverse(ADD), {**FORM, "_add": "0-1"}))
    grouped = text(manager.post(reverse(ADD), {**FORM, "_group": "0"}))
    removed = text(manager.post(reverse(ADD), {**FORM, "_remove": "0-1"}))
    chosen = text(manager.post(reverse(ADD), {**FORM, "field.0-0": "spent", "_show": "1"}))
    counted = text(manager.post(reverse(ADD), {**FORM, "_count": "1"}))

    assert 'name="field.0-1-1"' in added
    assert 'name="how.0-2"' in grouped
    assert 'name="field.0-2-0"' in grouped
    assert 'name="field.0-1-0"' not in removed
    assert 'value="90"' in removed
    assert 'name="v.0-0.amount"' in chosen
    assert '<span class="bo-kpi__value">0</span> customers now' in counted
    assert not Segment.objects.filter(kind="rule").exists()


def test_the_tree_and_the_count_come_alone_for_a_page_that_asks(manager: Client, buyer: Customer) -> None:
    tree = manager.post(reverse("admin:customers_segment_builder"), {**FORM, "_add": "0"})
    found = text(manager.post(reverse("admin:customers_segment_count"), FORM))
    empty = text(manager.post(reverse("admin:customers_segment_count"), {"how.0": "all"}))

    assert tree.content.decode().lstrip().startswith("<fieldset")
    assert '<span class="bo-kpi__value">1</span> customer now' in found
    assert "Bought within the last 90 days and not (consent: “SMS” or “e-mail”)." in found
    assert "=1+1 Первый" in found
    assert "Add at least one condition to this group." in empty


def test_what_is_wrong_is_said_at_its_condition(manager: Client) -> None:
    answer = manager.post(reverse(ADD), {**FORM, "v.0-0.days": "soon", "field.0-1-0": "", "name": ""})

    said = text(answer)
    assert answer.status_code == 422
    assert '<div id="errors-0-0"><p class="bo-error">Enter a whole number.</p></div>' in said
    assert 'aria-describedby="errors-0-1-0"' in said
    assert 'value="soon"' in said


def test_one_wrong_condition_of_a_form_that_is_right_otherwise_is_said_there(manager: Client) -> None:
    answer = manager.post(reverse(ADD), {**FORM, "v.0-0.days": "-1"})

    assert answer.status_code == 422
    assert text(answer).count("Enter a whole number.") == 1
    assert not Segment.objects.filter(kind="rule").exists()


@pytest.mark.parametrize(
    "rule",
    [
        "[" * 3000,
        "9" * 5000,
        '{"field": "tag", "op": "in", "value": ["\\ud800"]}',
        "NaN",
        "null",
        '{"field": [], "op": {}}',
    ],
)
def test_no_rule_in_an_address_is_a_fault(manager: Client, rule: str) -> None:
    assert manager.get(reverse(ADD), {"rule": rule}).status_code in {200, 404}


def test_a_list_is_made_with_who_and_why(manager: Client, buyer: Customer) -> None:
    sent = {"code": "by-hand", "name": "Список", "note": "for the June letter", "added": "buyer@shop.test"}

    assert 'name="removed"' not in text(manager.get(reverse("admin:customers_segment_add")))
    assert manager.post(reverse("admin:customers_segment_add"), sent).status_code == 302
    listed = Segment.objects.get(code="by-hand")
    told = (listed.kind, listed.name, listed.note, listed.created_by and listed.created_by.email)
    assert told == ("list", "Список", "for the June letter", "manager@shop.test")
    assert list(listed.memberships.values_list("customer", flat=True)) == [buyer.pk]

    address = reverse("admin:customers_segment_change", args=[listed.pk])
    page = text(manager.get(address))
    assert ("for the June letter" in page, 'name="removed"' in page) == (True, True)
    refused = manager.post(address, {"code": "x", "name": "Список", "note": "x" * 501})
    assert refused.status_code == 422
    manager.post(address, {"name": "Другой", "note": ""})
    listed.refresh_from_db()
    assert (listed.code, listed.name, listed.note) == ("by-hand", "Другой", "")


def test_a_number_that_is_none_is_nobody(manager: Client, segment: Segment) -> None:
    listed = SegmentFactory()
    address = reverse("admin:customers_segment_change", args=[listed.pk])

    assert manager.get(reverse(ADD), {"from": "²"}).status_code == 200
    assert manager.get(address.replace(str(listed.pk), "²")).status_code == 302
    assert manager.get(reverse(ADD), {"from": "9" * 40}).status_code == 404
    refused = manager.post(address, {"code": listed.code, "name": "x", "added": "²"})
    assert "No such customers: ²." in text(refused)


def test_strange_paths_are_no_fault(manager: Client) -> None:
    odd = {"how.0": "x", "field.": "a", "field.0-x": "b", "field.9-9": "c", "how.0-0-0-0": "all", "op.0-0": "d"}

    assert manager.post(reverse("admin:customers_segment_builder"), odd).status_code == 200
    assert manager.post(reverse("admin:customers_segment_count"), odd).status_code == 200


def test_a_rule_is_edited_as_it_is_stored(manager: Client, segment: Segment) -> None:
    address = reverse("admin:customers_segment_rule", args=[segment.pk])
    shown = text(manager.get(address))
    manager.post(address, {**FORM, "code": "other", "v.0-0.days": "30"})

    segment.refresh_from_db()
    assert '<option value="none" selected>' in shown
    assert 'value="email" checked' in shown
    assert (segment.code, segment.rule["all"][0]["value"]) == ("recent", 30)


def test_a_segment_is_duplicated_and_made_of_an_address(manager: Client, segment: Segment) -> None:
    listed = SegmentFactory(code="by-hand")
    copy = text(manager.get(reverse(ADD), {"from": segment.pk}))
    narrowed = text(manager.get(reverse(ADD), {"from": listed.pk}))
    linked = text(manager.get(reverse(ADD), {"rule": '{"field": "vip", "op": "yes"}', "name": "VIP"}))

    assert 'value="Недавние (copy)"' in copy
    assert 'value="90"' in copy
    assert 'value="by-hand" checked' in narrowed
    assert '<option value="vip" selected>' in linked
    assert manager.get(reverse(ADD), {"rule": "{"}).status_code == 404


def test_the_page_tells_who_is_in_it_and_what_was_changed(
    manager: Client, segment: Segment, buyer: Customer, django_assert_num_queries: Any
) -> None:
    put_rule_segment(code="recent", name="Недавние", rule=leaf("vip", "yes"), note="why", by=None, now=NOW)

    shown = text(manager.get(reverse("admin:customers_segment_change", args=[segment.pk])))

    assert "VIP." in shown
    assert "is being worked out" in shown
    assert "<del>bought within the last 90 days and not (consent: “SMS” or “e-mail”)</del> → VIP" in shown
    assert "=1+1 Первый" in shown
    assert "data-chart" in shown


def test_members_are_searched_and_taken_away_as_files(manager: Client, as_role: Any, segment: Segment) -> None:
    address = reverse("admin:customers_segment_members", args=[segment.pk])
    csv = b"".join(manager.get(reverse("admin:customers_segment_csv", args=[segment.pk])).streaming_content).decode()  # type: ignore[attr-defined]
    xlsx = manager.get(reverse("admin:customers_segment_xlsx", args=[segment.pk]))
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(xlsx.streaming_content))).active  # type: ignore[attr-defined]

    assert "buyer@shop.test" in text(manager.get(address, {"q": "Перв"}))
    assert "Nobody is found." in text(manager.get(address, {"q": "nobody"}))
    assert "'=1+1,Первый,buyer@shop.test" in csv
    assert sheet is not None
    assert [row[8] for row in sheet.iter_rows(values_only=True)] == ["Spent", 3000]
    assert as_role("marketer").get(reverse("admin:customers_segment_csv", args=[segment.pk])).status_code == 403


def test_what_is_used_cannot_be_put_away(manager: Client, segment: Segment) -> None:
    code = PromoCodeFactory(terms__segment="recent")
    archive = reverse("admin:customers_segment_archive", args=[segment.pk])
    manager.post(archive)
    segment.refresh_from_db()
    shown = text(manager.get(reverse("admin:customers_segment_change", args=[segment.pk])))
    assert segment.archived_at is None
    assert f"Used by: promo code {code.code}" in shown

    code.switch = False
    code.save(update_fields=["switch"])
    manager.post(archive)
    segment.refresh_from_db()
    assert segment.archived_at == NOW
    manager.post(reverse("admin:customers_segment_restore", args=[segment.pk]))
    segment.refresh_from_db()
    assert segment.archived_at is None


def test_a_segment_of_the_map_is_only_renamed(manager: Client, as_role: Any) -> None:
    of_map, _made = Segment.objects.get_or_create(code="rfm-lost", defaults={"name": "x", "kind": "rfm"})
    address = reverse("admin:customers_segment_change", args=[of_map.pk])
    manager.post(address, {"name": "Ушедшие", "name_en": "Gone", "note": ""})

    of_map.refresh_from_db()
    assert (of_map.name, of_map.name_en) == ("Ушедшие", "Gone")
    assert as_role("support").post(address, {"name": "y"}).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_as_often_for_one_segment_as_for_three(
    manager: Client, rows: int, django_assert_num_queries: Any
) -> None:
    for listed in SegmentFactory.create_batch(rows):
        SegmentMembershipFactory(segment=listed)
    address = reverse("admin:customers_segment_changelist")
    manager.get(address)

    with django_assert_num_queries(6):
        shown = text(manager.get(address))
    assert f"{13 + rows} segments" in shown
