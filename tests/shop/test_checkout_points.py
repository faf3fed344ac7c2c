"""Points at the checkout: how many may be spent and why not more, the field, its chips, and what will be earned."""

import re
from decimal import Decimal

import pytest

from customers.models import Customer
from orders.models import Category, Order
from points.queries import balance
from tests.factories import NOW, CustomerFactory, ProgrammeFactory, PromoCodeFactory, UserFactory
from tests.points.rows import earn, spend
from tests.shop.conftest import Visitor, text, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer() -> Customer:
    user = UserFactory(email="member@shop.test")
    return CustomerFactory(user=user, email=user.email, first_name="Покупатель")


@pytest.fixture
def member(visitor: Visitor, customer: Customer) -> Visitor:
    """Signed in, with 1 000 points, and a shirt for 2 400 in the basket: 30 % of it are 720."""
    visitor.client.force_login(customer.user)
    earn(customer, 1000, "earn:order:1")
    visitor.put("SHIRT")
    return visitor


def field(page) -> str:
    found = re.search(r'id="points-field" name="points" value="([^"]*)"', text(page))
    return found.group(1) if found else "no field"


def available(customer: Customer) -> int:
    return balance(customer.pk, now=NOW).available


def test_checkout_says_how_many_and_why_not_more(member):
    page = member.press("recalculate")
    assert "У вас 1 000 баллов. Баллами можно оплатить не больше 30 % стоимости товаров: здесь до 720 баллов." in words(
        page
    )
    assert field(page) == "0"
    assert "К оплате 2 400 ₽" in words(page)


def test_all_points_there_are_may_be_spent_where_the_cap_allows(visitor, customer):
    visitor.client.force_login(customer.user)
    earn(customer, 21, "earn:order:1")
    visitor.put("SHIRT")
    assert "До 21 для этого заказа, у вас 21 балл." in words(visitor.get("/checkout/"))


def test_typed_points_lower_the_total_and_what_is_earned(member):
    page = member.press("recalculate", points="400")
    assert field(page) == "400"
    assert "Оплата баллами −400 ₽" in words(page)
    assert "К оплате 2 000 ₽" in words(page)
    assert "Начислим 200 баллов сразу после оплаты." in words(page)


def test_points_wait_as_the_programme_says(member):
    ProgrammeFactory(points_hold_days=14)
    assert "Начислим 240 баллов через 14 дней после оплаты." in words(member.get("/checkout/"))


@pytest.mark.parametrize(("chip", "spent"), [("points:0", "0"), ("points:360", "360"), ("points:720", "720")])
def test_chips_need_no_typing(member, chip, spent):
    member.press("recalculate", points="15")
    assert f'value="{chip}"' in text(member.get("/checkout/"))
    assert field(member.press(chip, points="15")) == spent


def test_too_many_are_corrected_beside_the_field(member):
    page = member.press("recalculate", points="5000")
    assert field(page) == "720"
    assert 'aria-invalid="true" aria-describedby="points-reason' in re.sub(r"\s+", " ", text(page))
    assert "5 000" in words(page).split("Минимум")[0]
    assert "К оплате 1 680 ₽" in words(page)
    assert 'value="buyer1@shop.test"' in text(page)


def test_spaces_in_a_number_do_no_harm(member):
    assert field(member.press("recalculate", points=" 7\xa00 0 ")) == "700"


@pytest.mark.parametrize("wrong", ["много", "-5", "1.5", "１２"])
def test_what_is_no_number_is_told_and_kept(member, wrong):
    page = member.press("recalculate", points=wrong)
    assert field(page) == wrong
    assert "Укажите целое число баллов." in words(page)
    assert "К оплате 2 400 ₽" in words(page)
    answer = member.press("place", points=wrong)
    assert answer.status_code == 422
    assert Order.objects.count() == 0


def test_wish_is_kept_while_the_basket_changes(member):
    member.press("recalculate", points="720")
    member.put("SHIRT")
    page = member.get("/checkout/")
    assert field(page) == "720"
    assert "До 1 000 для этого заказа, у вас 1 000 баллов." in words(page)


def test_placing_charges_what_was_shown_and_takes_the_points(member, customer):
    order = member.place(points="300")
    assert (order.total, order.points_spent, order.points_discount) == (Decimal("2100.00"), 300, Decimal("300.00"))
    assert available(customer) == 700
    member.put("CUP")
    assert field(member.get("/checkout/")) == "0"


def test_points_and_a_code_go_together(member, customer):
    PromoCodeFactory(code="K7XQ4M9TWD", terms__value=Decimal(50))
    member.press("apply", promo_code="K7XQ4M9TWD")
    page = member.press("recalculate", promo_code="K7XQ4M9TWD", points="300")
    assert "здесь до 360 баллов" in words(page)
    assert "К оплате 900 ₽" in words(page)
    assert member.place(promo_code="K7XQ4M9TWD", points="300").total == Decimal("900.00")


def test_points_spent_elsewhere_meanwhile_are_refused_and_nothing_is_lost(member, customer):
    shown = member.hidden(points="700")
    spend(customer, 900, "order:900")
    answer = member.press("place", points="700", keep=shown)
    assert answer.status_code == 422
    assert field(answer) == "100"
    assert 'value="buyer1@shop.test"' in text(answer)
    assert Order.objects.count() == 0


def test_points_typed_but_not_counted_yet_are_told_before_anything_is_placed(member):
    answer = member.press("place", points="300", keep=member.hidden())
    assert answer.status_code == 409
    assert "Баллами было оплачено 0 ₽, теперь 300 ₽." in words(answer)
    assert Order.objects.count() == 0


def test_goods_that_points_do_not_pay_are_named(member):
    Category.objects.filter(slug="shirts").update(payable_with_points=False)
    page = member.get("/checkout/")
    assert field(page) == "no field"
    assert "Эти товары нельзя оплатить баллами." in words(page)


def test_nothing_to_spend_is_said(visitor, customer):
    visitor.client.force_login(customer.user)
    visitor.put("SHIRT")
    page = visitor.get("/checkout/")
    assert field(page) == "no field"
    assert "Баллов, которые можно потратить, пока нет." in words(page)


def test_guests_learn_what_signing_in_would_bring(visitor):
    visitor.put("SHIRT")
    page = visitor.press("recalculate", points="100")
    assert field(page) == "no field"
    assert "Войдите, и этот заказ принесёт вам 240 баллов." in words(page)
    assert "К оплате 2 400 ₽" in words(page)


def test_order_page_tells_what_happened_to_points(member, customer):
    order = member.place(points="300")
    page = words(member.get(f"/orders/{order.number}/"))
    assert "Оплата баллами −300 ₽" in page
    assert "Списали: 300 баллов" in page
    assert "Начислим 210 баллов после оплаты заказа" in page
    assert "и 300 баллов" in words(member.get("/account/orders/"))


def test_part_sent_by_htmx_has_the_points(member):
    answer = member.client.post(
        "/checkout/", {"action": "points:360", "delivery": "pickup"}, headers={"HX-Request": "true"}
    )
    assert text(answer).lstrip().startswith('<aside class="panel sticky-column')
    assert field(answer) == "360"


def test_checkout_asks_the_same_for_one_line_and_three(member, django_assert_num_queries):
    member.press("recalculate", points="100")
    with django_assert_num_queries(12):
        member.get("/checkout/")
    member.put("CUP", 3)
    with django_assert_num_queries(12):
        member.get("/checkout/")


def test_own_codes_are_there_to_press(member, customer):
    PromoCodeFactory(code="K7XQ4M9TWD", customer=customer, terms__value=Decimal(50))
    assert "Ваши промокоды K7XQ4M9TWD" in words(member.get("/checkout/"))
    page = member.press("code:K7XQ4M9TWD")
    assert "К оплате 1 200 ₽" in words(page)
    assert "Ваши промокоды" not in words(page)


def test_order_page_tells_the_gift_for_a_first_purchase_from_its_cashback(member, customer):
    order = member.place(points="300")
    Order.objects.filter(pk=order.pk).update(status=Order.Status.PAID, paid_at=NOW)
    for amount, fact in ((210, f"earn:{order.ref}"), (300, f"first_purchase:{order.ref}")):
        earn(customer, amount, fact, order_ref=order.ref)
    page = words(member.get(f"/orders/{order.number}/"))
    assert "Начислили: 510 баллов, из них 300 баллов — подарок за первую покупку" in page
    assert "Без промокода." not in page
