import pytest
from django.test import Client

from orders.models import Order
from tests.factories import CustomerFactory, PromoCodeFactory, UserFactory
from tests.shop.conftest import Visitor, text, words

PASSWORD = "a long enough secret"


@pytest.fixture
def order(visitor) -> Order:
    visitor.put("SHIRT")
    return visitor.place()


def member(email: str = "member@shop.test", **customer: object) -> Visitor:
    user = UserFactory(email=email)
    user.set_password(PASSWORD)
    user.save()
    CustomerFactory(user=user, email=email, **customer)
    return Visitor()


def sign_in(visitor: Visitor, email: str = "member@shop.test") -> None:
    answer = visitor.client.post("/accounts/login/", {"login": email, "password": PASSWORD})
    assert answer.status_code == 302, text(answer)


def test_order_shows_lines_sums_and_how_it_was_counted(visitor):
    PromoCodeFactory(code="K7XQ4M9TWD")
    visitor.put("SHIRT")
    order = visitor.place(promo_code="K7XQ4M9TWD")
    page = words(visitor.get(f"/orders/{order.number}/"))
    assert "Рубашка белая 2 400 ₽ × 1 2 400 ₽ Промокод 5 % −120 ₽" in page
    assert "Товары 2 400 ₽ Промокод 5 % −120 ₽ Доставка бесплатно К оплате 2 280 ₽" in page
    assert "Как посчитано" in page
    assert "K7XQ4M9TWD" in page
    assert "Оплатите до 10 июня 2026, 13:00" in page


def test_explanation_is_in_the_readers_language(visitor, order):
    visitor.client.post("/i18n/setlang/", {"language": "en", "next": "/"})
    page = words(visitor.get(f"/orders/{order.number}/"))
    assert "Goods: 1 piece for ₽2,400." in page
    assert "awaiting payment" in page


def test_stranger_finds_no_order(order):
    for number in (order.number, "0", "999999", "abc", "9" * 30):
        assert Client().get(f"/orders/{number}/").status_code == 404
    assert Client().post(f"/orders/{order.number}/pay/").status_code == 404
    assert Client().get(f"/orders/{order.number}/?key=00000000-0000-0000-0000-000000000000").status_code == 404


def test_guests_link_opens_the_order_anywhere_and_leaves_the_address_clean(order):
    other = Client()
    answer = other.get(f"/orders/{order.number}/?key={order.access_token}")
    assert answer["Location"] == f"/orders/{order.number}/"
    assert other.get(answer["Location"]).status_code == 200


def test_customers_order_is_seen_by_its_owner_only():
    owner = member()
    sign_in(owner)
    owner.put("SHIRT")
    order = owner.place()
    assert order.customer.email == "member@shop.test"
    assert owner.get(f"/orders/{order.number}/").status_code == 200
    stranger = member("other@shop.test")
    sign_in(stranger, "other@shop.test")
    assert stranger.get(f"/orders/{order.number}/").status_code == 404
    owner.client.logout()
    assert owner.get(f"/orders/{order.number}/").status_code == 404


def test_guest_who_signs_in_owns_the_unpaid_order(visitor, order):
    member()
    sign_in(visitor)
    order.refresh_from_db()
    assert order.customer.email == "member@shop.test"
    assert visitor.get(f"/orders/{order.number}/").status_code == 200


def test_code_that_falls_off_at_sign_in_says_why_before_payment(visitor):
    code = PromoCodeFactory(code="K7XQ4M9TWD", terms__max_uses_per_customer=1)
    owner = member()
    sign_in(owner)
    owner.put("SHIRT")
    owner.place(promo_code=code.code)
    visitor.put("SHIRT")
    order = visitor.place(promo_code=code.code)
    sign_in(visitor)
    home = words(visitor.get("/"))
    assert f"Заказ № {order.number}: " in home
    assert "Теперь сумма — 2 400 ₽." in home
    page = words(visitor.get(f"/orders/{order.number}/"))
    assert "Промокод K7XQ4M9TWD больше не действует:" in page
    assert "Теперь сумма — 2 400 ₽." in page
    assert "Оплатить 2 400 ₽" in page


def test_cancelled_order_says_so(visitor, order):
    Order.objects.update(status="cancelled", cancelled_at=order.placed_at)
    assert "отменён Отменён 10 июня 2026, 12:00." in words(visitor.get(f"/orders/{order.number}/"))


def test_returned_order_says_that_it_is_closed(visitor):
    visitor.put("SHIRT")
    order = visitor.place()
    Order.objects.filter(pk=order.pk).update(status=Order.Status.REFUNDED, paid_at=order.placed_at)
    assert "возвращён Товары возвращены, заказ закрыт." in words(visitor.get(f"/orders/{order.number}/"))
