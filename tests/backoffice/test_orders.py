"""Orders in the back office: looked up, placed for a customer, paid, cancelled, refunded; “why not?”."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from orders.models import Order
from orders.services import pay_order
from promocodes.models import PromoCode, Redemption
from tests.factories import NOW, PromoCodeFactory

WHY = "admin_why_not"
ASKED = {"promo_code": "K7XQ4M9TWD", "customer": "", "sku": ["SHIRT-1"], "quantity": ["1"], "channel": "site"}


@pytest.fixture
def paid(placed: Order) -> Order:
    return pay_order(number=placed.number, amount=placed.total, provider="test", payment_id="p1", now=NOW)


def _act(client: Client, order: Order, action: str, **data: Any) -> Any:
    return client.post(reverse(f"admin:orders_order_{action}", args=[order.pk]), data)


def test_why_not_gives_every_condition_with_its_verdict(manager: Client, shop: Any, code: PromoCode) -> None:
    code.terms.minimum_order = Decimal(800)
    code.terms.save()
    answer = manager.get(reverse(WHY), ASKED)
    verdict = answer.context["answer"]["verdict"]
    assert {check.name: check.passed for check in verdict.checks} == {
        "known": True,
        "started": True,
        "not_ended": True,
        "uses_left": None,
        "customer_uses_left": None,
        "first_order": None,
        "segment": None,
        "tier": None,
        "owner": None,
        "matching_items": True,
        "minimum": False,
        "budget_left": None,
    }
    assert verdict.failed.text.replace("\N{NO-BREAK SPACE}", " ") == "Add goods for another ₽300."
    assert answer.context["answer"]["quote"].total == Decimal("500.00")
    assert Redemption.objects.count() == 0


def test_why_not_answers_for_another_moment_and_for_drafts(manager: Client, shop: Any) -> None:
    PromoCodeFactory.create(code="DRAFT23456", switch=None)
    asked = {**ASKED, "promo_code": "draft-23456", "at": "2026-05-01T10:00"}
    hidden = manager.get(reverse(WHY), asked).context["answer"]["verdict"]
    early = manager.get(reverse(WHY), {**asked, "include_drafts": "on"}).context["answer"]["verdict"]
    assert (hidden.reason, early.reason) == ("not_found", "not_started")


def test_why_not_judges_for_the_customer_asked_about(manager: Client, placed: Order, code: PromoCode) -> None:
    code.terms.max_uses_per_customer = 1
    code.terms.save()
    answer = manager.get(reverse(WHY), {**ASKED, "customer": "ONE@shop.test"})
    assert answer.context["answer"]["verdict"].failed.held_by_order == placed.number


@pytest.mark.parametrize(
    ("changed", "errors"),
    [
        ({"customer": "nobody@shop.test"}, {"customer": ["No customer has this e-mail, phone or number."]}),
        ({"sku": [""]}, {"__all__": ["Put at least one product into the basket."]}),
        ({"quantity": ["0"]}, {"__all__": ["SHIRT-1: the quantity is a whole number from 1 to 999."]}),
        ({"sku": ["NONE"]}, {"__all__": ["NONE: There is no such product on sale."]}),
        ({"promo_code": " "}, {"promo_code": ["Type the promo code to check."]}),
    ],
)
def test_why_not_says_what_is_wrong_with_the_question(
    changed: dict[str, Any], errors: dict[str, Any], manager: Client, shop: Any, code: PromoCode
) -> None:
    assert manager.get(reverse(WHY), {**ASKED, **changed}).context["form"].errors == errors


def test_staff_place_an_order_at_the_price_they_were_shown(manager: Client, shop: Any, code: PromoCode) -> None:
    typed = {**ASKED, "customer": str(shop["customer"].pk), "delivery": "courier"}
    shown = manager.post(reverse("admin:orders_order_add"), {**typed, "_quote": "1"}).context["quote"]
    assert (shown.total, Order.objects.count()) == (Decimal("775.00"), 0)

    answer = manager.post(reverse("admin:orders_order_add"), {**typed, "_place": "1", "expected_total": "775.00"})
    order = Order.objects.get()
    assert answer.url == reverse("admin:orders_order_page", args=[order.pk])
    assert (order.customer, order.total, order.promo_code, order.placed_by, order.contact_email) == (
        shop["customer"],
        Decimal("775.00"),
        "K7XQ4M9TWD",
        "manager@shop.test",
        "one@shop.test",
    )


def test_a_form_sent_twice_places_one_order(manager: Client, shop: Any) -> None:
    shown = manager.post(reverse("admin:orders_order_add"), {**ASKED, "promo_code": "", "_quote": "1"})
    typed = {**ASKED, "promo_code": "", "_place": "1", "expected_total": "500.00"}
    typed["placing_key"] = str(shown.context["placing_key"])
    answers = [manager.post(reverse("admin:orders_order_add"), typed) for _time in range(2)]
    address = reverse("admin:orders_order_page", args=[Order.objects.get().pk])
    assert [answer.url for answer in answers] == [address, address]


def test_an_order_is_not_placed_at_another_price_than_shown(manager: Client, shop: Any, code: PromoCode) -> None:
    typed = {**ASKED, "_place": "1", "expected_total": "100.00"}
    answer = manager.post(reverse("admin:orders_order_add"), typed)
    assert answer.context["form"].errors == {
        "__all__": ["The price has changed: look at the new one and place the order again."]
    }
    assert (Order.objects.count(), answer.context["quote"].total) == (0, Decimal("475.00"))


def test_limits_hold_for_orders_placed_by_staff(manager: Client, placed: Order, code: PromoCode) -> None:
    PromoCode.objects.filter(pk=code.pk).update(max_uses=1)
    typed = {**ASKED, "_place": "1", "expected_total": "475.00"}
    answer = manager.post(reverse("admin:orders_order_add"), typed)
    assert answer.context["form"].errors == {"promo_code": ["All uses of this code have been taken."]}
    assert Order.objects.count() == 1


def test_a_payment_by_hand_pays_the_order_once(manager: Client, placed: Order) -> None:
    assert _act(manager, placed, "pay", **{"pay-payment_id": "receipt 7"}).status_code == 302
    placed.refresh_from_db()
    assert (placed.status, placed.payment.provider, placed.payment.payment_id) == ("paid", "manual", "receipt 7")
    again = _act(manager, placed, "pay", **{"pay-payment_id": "receipt 8"})
    assert again.status_code == 422


def test_cancelling_asks_for_a_reason_and_frees_the_code(manager: Client, placed: Order, code: PromoCode) -> None:
    assert _act(manager, placed, "cancel").context["cancel_form"].errors == {"reason": ["This field is required."]}
    _act(manager, placed, "cancel", **{"cancel-reason": "asked by phone"})
    placed.refresh_from_db()
    code.refresh_from_db()
    assert (placed.status, placed.cancel_reason, code.uses) == ("cancelled", "asked by phone (manager@shop.test)", 0)


def test_completing_a_paid_order(manager: Client, paid: Order) -> None:
    _act(manager, paid, "complete")
    paid.refresh_from_db()
    assert paid.status == "completed"


def test_an_unpaid_order_is_not_completed(manager: Client, placed: Order) -> None:
    answer = manager.post(reverse("admin:orders_order_complete", args=[placed.pk]), follow=True)
    assert "Only a paid order can be completed." in answer.content.decode()


def test_a_refund_is_shown_before_it_is_made(manager: Client, paid: Order) -> None:
    shirt = paid.lines.get(sku="SHIRT-1")
    typed = {f"refund-quantity_{shirt.pk}": "1", "refund-reason": "a stain"}
    preview = _act(manager, paid, "refund", _preview="1", **typed).context["preview"]
    assert (preview.amount, paid.refunds.count()) == (Decimal("475.00"), 0)
    _act(manager, paid, "refund", _refund="1", **typed)
    refund = paid.refunds.get()
    assert (refund.amount, refund.reason, refund.refunded_by) == (Decimal("475.00"), "a stain", "manager@shop.test")


def test_no_more_is_refunded_than_is_left(manager: Client, paid: Order) -> None:
    shoes = paid.lines.get(sku="SHOES-1")
    typed = {f"refund-quantity_{shoes.pk}": "2", "refund-reason": "too small", "_refund": "1"}
    assert list(_act(manager, paid, "refund", **typed).context["refund_form"].errors) == [f"quantity_{shoes.pk}"]
    assert paid.refunds.count() == 0


def test_support_may_cancel_but_not_touch_money(as_role: Any, placed: Order) -> None:
    support = as_role("support")
    answers = {action: _act(support, placed, action).status_code for action in ("pay", "refund", "cancel")}
    assert answers == {"pay": 403, "refund": 403, "cancel": 422}


@pytest.mark.parametrize("typed", ["№ {number}", "one@shop.test", "Покупатель", "k7xq4m9twd", "+7 912 345-00-01"])
def test_orders_are_found_by_what_people_know(typed: str, manager: Client, placed: Order, shop: Any) -> None:
    shop["customer"].last_name, shop["customer"].phone = "Покупатель", "+79123450001"
    shop["customer"].save()
    Order.objects.create(channel="site", goods_total=1, total=1, placed_at=NOW, pay_until=NOW)
    answer = manager.get(reverse("admin:orders_order_changelist"), {"q": typed.format(number=placed.number)})
    assert list(answer.context["cl"].result_list) == [placed]


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_orders_takes_six_queries(count: int, manager: Client, django_assert_num_queries: Any) -> None:
    for _number in range(count):
        Order.objects.create(channel="site", goods_total=1, total=1, placed_at=NOW, pay_until=NOW)
    with django_assert_num_queries(6):
        manager.get(reverse("admin:orders_order_changelist"))


def test_order_page_explains_the_amounts(manager: Client, placed: Order) -> None:
    answer = manager.get(reverse("admin:orders_order_page", args=[placed.pk]))
    assert [step["step"] for step in answer.context["steps"] if step["applied"]][:2] == ["goods", "promo_code"]
    assert "K7XQ4M9TWD" in answer.content.decode()
