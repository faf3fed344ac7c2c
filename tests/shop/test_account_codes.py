"""The account's promo codes: what they give, until when, and what became of them."""

from decimal import Decimal

import pytest

from customers.models import Customer
from promocodes.models import HolderUse
from tests.factories import CustomerFactory, PromoCodeFactory, UserFactory
from tests.points.rows import day
from tests.shop.conftest import Visitor, text, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer() -> Customer:
    user = UserFactory(email="member@shop.test")
    return CustomerFactory(user=user, email=user.email)


@pytest.fixture
def member(visitor: Visitor, customer: Customer) -> Visitor:
    visitor.client.force_login(customer.user)
    return visitor


def test_active_code_is_there_to_copy_to_use_and_to_show(member, customer):
    PromoCodeFactory(code="K7XQ4M9TWD", customer=customer, terms__minimum_order=1000, max_uses=1)
    page = member.get("/account/codes/")
    seen = words(page)
    assert "K7XQ4M9TWD" in seen
    assert "по 1 июля 2026 включительно · осталось 1 применение" in seen
    assert "Применить" in seen
    assert 'data-copy="K7XQ4M9TWD" data-copied="Скопировано"' in text(page)
    assert "promo=K7XQ4M9TWD" in text(page)
    assert 'class="qr' in text(page)
    assert "<script>" not in text(page)
    assert "K7XQ4M9TWD" in words(member.get("/account/"))


def test_code_that_begins_later_is_announced_without_a_button(member, customer):
    PromoCodeFactory(code="K7XQ4M9TWD", customer=customer, terms__starts_at=day(3), terms__ends_at=day(20))
    seen = words(member.get("/account/codes/"))
    assert "с 13 июня 2026 по 30 июня 2026" in seen
    assert "Применить" not in seen
    assert "K7XQ4M9TWD" not in words(member.get("/account/"))


def test_used_and_expired_codes_stay_with_their_fate(member, customer):
    used = PromoCodeFactory(code="USED2345KT", customer=customer, max_uses=1, uses=1)
    HolderUse.objects.create(promo_code=used, holder=f"customer:{customer.pk}", uses=1, last_order_ref="order:77")
    PromoCodeFactory(code="LATE2345KT", customer=customer, terms__ends_at=day(-1))
    page = member.get("/account/codes/")
    past = words(page).split("Использованные и истёкшие")[1]
    assert "USED2345KT использован" in past
    assert "Заказ № 77" in past
    assert 'href="/orders/77/"' in text(page)
    assert "LATE2345KT истёк" in past
    assert "действовал по 9 июня 2026 включительно" in past


def test_codes_of_others_and_codes_that_are_off_are_not_shown(member, customer):
    PromoCodeFactory(code="STRANGER22", customer=CustomerFactory())
    PromoCodeFactory(code="SWITCHED22", customer=customer, switch=None)
    PromoCodeFactory(code="FRALLUSERS", terms__value=Decimal(5))
    seen = words(member.get("/account/codes/"))
    assert "Сейчас личных промокодов нет." in seen
    for code in ("STRANGER22", "SWITCHED22", "FRALLUSERS"):
        assert code not in seen


@pytest.mark.parametrize("count", [1, 3])
def test_codes_page_asks_the_same_for_one_and_three(member, customer, django_assert_num_queries, count):
    for number in range(count):
        PromoCodeFactory(code=f"K7XQ4M9TW{number + 2}", customer=customer)
    with django_assert_num_queries(6):
        member.get("/account/codes/")
