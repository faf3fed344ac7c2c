"""The customer's page: one line of time, what staff do there, and the list with its filters (CU-10)."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Consent, Customer, CustomerNote, ErasureRequest, Merge, Rfm, RfmMove, Tag, User
from customers.services import put_tag, set_manager, tag_customer, write_note
from orders.admin.customer.timeline import KINDS
from orders.models import Order
from promocodes.models import PromoCode
from tests.factories import NOW, CustomerFactory, PurchaseFactory
from tests.points.rows import earn, spend

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer() -> Customer:
    return CustomerFactory.create(first_name="Buyer", last_name="One", email="one@shop.test")


def page(client: Client, customer: Customer, **asked: Any) -> Any:
    return client.get(reverse("admin:customers_customer_change", args=[customer.pk]), asked)


def post(client: Client, name: str, key: int, **typed: Any) -> Any:
    return client.post(reverse(f"admin:customers_{name}", args=[key]), typed)


def told(answer: Any) -> list[str]:
    return [item["row"].told.text for item in answer.context["timeline"]["rows"]]


def rfm(customer: Customer, segment: str = "champions", r: int = 5, f: int = 4) -> Rfm:
    return Rfm.objects.create(
        customer=customer, first_paid_at=NOW, last_paid_at=NOW, orders=3, spent=3000, frequency=3, monetary=3000,
        r=r, f=f, m=4, segment=segment, since=NOW, changed_at=NOW,
    )  # fmt: skip


# The line of time


def test_one_line_tells_what_every_app_keeps(manager: Client, placed: Order) -> None:
    customer = Customer.objects.get()
    Consent.objects.create(customer=customer, purpose="email", given_at=NOW, source="site", text_version="1")
    PurchaseFactory.create(customer=customer, ref="import:A-1", paid_at=NOW - timedelta(days=1))
    earn(customer, 60, "earn:order:1")
    earn(customer, 40, "earn:order:2")
    spend(customer, 100, placed.ref)
    write_note(customer_id=customer.pk, text="Rings up", by=None, now=NOW)
    RfmMove.objects.create(customer=customer, to_segment="new", cause="purchase", moved_at=NOW)
    rows = page(manager, customer).context["timeline"]["rows"]
    facts = {(item["row"].source, item["row"].told.text, item["row"].told.detail) for item in rows}
    assert facts >= {
        ("purchase", "Purchase", "₽1,000 · site"),
        ("order placed", "Order placed", "₽4,100 · site"),
        ("code used", "Promo code used: K7XQ4M9TWD", "discount ₽200"),
        ("consent given", "Consent given: e-mail", "on the site, text 1"),
        ("note", "Note", "Rings up"),
        ("registered", "Registered", ""),
    }
    # Two lots were spent, in one movement.
    spent = [item["row"].told.detail for item in rows if item["row"].told.text == "Points: spent"]
    assert spent == ["−100\N{NO-BREAK SPACE}points"]


def test_a_cancelled_order_tells_why_in_words(manager: Client, placed: Order) -> None:
    Order.objects.filter(pk=placed.pk).update(status="cancelled", cancelled_at=NOW, cancel_reason="by:time")
    rows = page(manager, Customer.objects.get(), kind="orders").context["timeline"]["rows"]
    assert ("Order cancelled", "not paid in time") in {
        (item["row"].told.text, item["row"].told.detail) for item in rows
    }


def test_pages_lose_nothing_of_one_moment_and_repeat_nothing(manager: Client, customer: Customer) -> None:
    for number in range(60):
        write_note(customer_id=customer.pk, text=f"Note {number}", by=None, now=NOW)
        PurchaseFactory.create(customer=customer)
    seen: list[tuple[str, int]] = []
    before = ""
    while True:
        part = page(manager, customer, before=before).context["timeline"]
        seen += [(item["row"].source, item["row"].key) for item in part["rows"]]
        before = part["older"]
        if not before:
            break
    assert (len(seen), len(set(seen))) == (121, 121)


def test_a_kind_is_kept_and_the_part_alone_is_given(manager: Client, customer: Customer) -> None:
    write_note(customer_id=customer.pk, text="x", by=None, now=NOW)
    assert told(page(manager, customer, kind="notes")) == ["Note"]
    assert told(page(manager, customer, kind="nonsense", before="~")) == ["Registered", "Note"]
    address = reverse("admin:customers_customer_timeline", args=[customer.pk])
    part = manager.get(address, {"kind": "notes"})
    assert part.templates[0].name == "orders/admin/customer/_timeline.html"


@pytest.mark.parametrize("kind", list(KINDS))
def test_one_kind_alone_is_told_by_pages(kind: str, manager: Client, customer: Customer) -> None:
    """A kind of a single source, too, which stands in the statement without the others."""
    address = reverse("admin:customers_customer_timeline", args=[customer.pk])
    for at in ("", f"{NOW.isoformat()}~note~1"):
        assert manager.get(address, {"kind": kind, "before": at}).status_code == 200
    answer = page(manager, customer, kind=kind)
    assert (answer.status_code, answer.context["timeline"]["kind"]) == (200, kind)
    assert {item["row"].kind for item in answer.context["timeline"]["rows"]} <= {kind}


def test_a_change_tells_what_was_before(manager: Client, customer: Customer, staff: Any) -> None:
    form = {"first_name": "Buyer", "last_name": "Two", "email": "one@shop.test"}
    manager.post(reverse("admin:customers_customer_change", args=[customer.pk]), form)
    changed = page(manager, customer, kind="details").context["timeline"]["rows"]
    assert [(item["row"].told.detail, item["row"].told.by) for item in changed if item["row"].source == "details"] == [
        ("Last name: One → Two", str(staff("manager")))
    ]


# What staff do


def test_a_note_is_written_put_on_top_and_struck(manager: Client, customer: Customer, staff: Any) -> None:
    post(manager, "customer_note", customer.pk, **{"note-text": "Rings up", "note-is_pinned": "on"})
    note = CustomerNote.objects.get()
    assert (note.text, note.is_pinned, note.author) == ("Rings up", True, staff("manager"))
    post(manager, "note_pin", note.pk, pinned="0")
    post(manager, "note_strike", note.pk)
    note.refresh_from_db()
    assert (note.is_pinned, note.struck_by) == (False, staff("manager"))


def test_a_refused_note_keeps_what_was_typed(manager: Client, customer: Customer) -> None:
    answer = post(manager, "customer_note", customer.pk, **{"note-text": "x" * 2001})
    assert answer.status_code == 422
    assert list(answer.context["note_form"].errors) == ["text"]
    assert "x" * 2001 in answer.content.decode()


def test_tags_and_the_manager_are_set_on_the_page(manager: Client, customer: Customer, staff: Any) -> None:
    tag: Tag = put_tag(tag_id=None, name="Blogger")
    post(manager, "customer_tag", customer.pk, **{"tag-tag": tag.pk})
    assert [row.tag for row in customer.tagged.all()] == [tag]
    post(manager, "customer_untag", customer.pk, tag=tag.pk)
    assert not customer.tagged.exists()
    clerk: User = staff("support")
    post(manager, "customer_manager", customer.pk, **{"manager-manager": clerk.pk})
    customer.refresh_from_db()
    assert customer.manager == clerk
    assert post(manager, "customer_manager", customer.pk, **{"manager-manager": "0"}).status_code == 422


@pytest.mark.parametrize(("role", "switch"), [("manager", True), ("marketer", None)])
def test_a_code_is_given_and_works_where_one_may_activate(
    role: str, switch: bool | None, as_role: Any, customer: Customer
) -> None:
    typed = {"code-type": "percent", "code-value": "10", "code-ends_on": "2026-06-30"}
    post(as_role(role), "customer_code", customer.pk, **typed)
    code = PromoCode.objects.get()
    assert (code.customer, code.switch, code.max_uses, code.terms.value) == (customer, switch, 1, 10)


def test_a_code_without_a_value_is_refused_beside_the_field(manager: Client, customer: Customer) -> None:
    answer = post(manager, "customer_code", customer.pk, **{"code-type": "percent", "code-ends_on": "2026-06-30"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["value"])
    assert not PromoCode.objects.exists()


def test_who_was_merged_or_forgotten_is_told_and_not_written(manager: Client, customer: Customer) -> None:
    gone = CustomerFactory.create(email=None, merged_into=customer)
    Merge.objects.create(survivor=customer, absorbed=gone, reason="One phone", merged_at=NOW)
    answer = page(manager, gone)
    assert "Open the record that stayed" in answer.content.decode()
    assert (answer.context["may_write"], answer.context["note_form"]) == (False, None)
    assert answer.context["links"][0][1] == "Download the data"
    assert page(manager, customer).context["absorbed"] == [gone.pk]
    ErasureRequest.objects.create(customer=customer, source="staff", asked_at=NOW, due_at=NOW + timedelta(days=30))
    assert "Asked to be forgotten" in page(manager, customer).content.decode()


# The list


def listed(client: Client, **asked: Any) -> list[Customer]:
    return list(client.get(reverse("admin:customers_customer_changelist"), asked).context["cl"].result_list)


def test_the_list_is_filtered(manager: Client, customer: Customer, staff: Any) -> None:
    other = CustomerFactory.create()
    rfm(customer)
    rfm(other, "lost", 1, 1)
    tag = put_tag(tag_id=None, name="Blogger")
    tag_customer(customer_id=customer.pk, tag_id=tag.pk, by=None, now=NOW)
    set_manager(customer_id=customer.pk, manager_id=staff("manager").pk, now=NOW)
    for asked in ({"rfm": "champions"}, {"cell": "5-4"}, {"tag": "blogger"}, {"manager": "mine"}):
        assert listed(manager, **asked) == [customer], asked
    assert listed(manager, rfm="lost", q="one@shop") == []


def test_the_list_leaves_out_who_is_gone_but_for_his_number(manager: Client, customer: Customer) -> None:
    gone = CustomerFactory.create(email=None, merged_into=customer)
    assert listed(manager) == [customer]
    assert listed(manager, q=f"№{gone.pk}") == [gone]


def test_the_best_stand_first(manager: Client) -> None:
    longer = CustomerFactory.create(last_name="Комаровская")
    equal = CustomerFactory.create(last_name="Комаров")
    CustomerFactory.create(last_name="Другой")
    assert listed(manager, q="комаров") == [equal, longer]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_as_many_queries_for_three_as_for_one(
    rows: int, manager: Client, django_assert_num_queries: Any
) -> None:
    tag = put_tag(tag_id=None, name="Blogger")
    for _number in range(rows):
        customer = CustomerFactory.create()
        rfm(customer)
        tag_customer(customer_id=customer.pk, tag_id=tag.pk, by=None, now=NOW)
    with django_assert_num_queries(17):
        listed(manager)


@pytest.mark.parametrize("rows", [1, 30])
def test_the_page_takes_as_many_queries_for_any_history(
    rows: int, manager: Client, customer: Customer, django_assert_num_queries: Any
) -> None:
    rfm(customer)
    for number in range(rows):
        write_note(customer_id=customer.pk, text="x", by=None, now=NOW)
        PurchaseFactory.create(customer=customer)
        earn(customer, 10, f"earn:order:{number}")
        tag_customer(customer_id=customer.pk, tag_id=put_tag(tag_id=None, name=f"Tag {number}").pk, by=None, now=NOW)
        Consent.objects.create(
            customer=customer, purpose="email", given_at=NOW, withdrawn_at=NOW, source="site", text_version="1"
        )
        RfmMove.objects.create(customer=customer, to_segment="new", cause="purchase", moved_at=NOW)
    page(manager, customer)
    with django_assert_num_queries(55):
        page(manager, customer, kind="notes")


@pytest.mark.parametrize("rows", [1, 30])
def test_one_kind_takes_as_many_queries_for_any_history(
    rows: int, manager: Client, customer: Customer, django_assert_num_queries: Any
) -> None:
    for _number in range(rows):
        write_note(customer_id=customer.pk, text="x", by=None, now=NOW)
    with django_assert_num_queries(7):
        manager.get(reverse("admin:customers_customer_timeline", args=[customer.pk]), {"kind": "notes"})
