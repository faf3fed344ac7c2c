"""The main job, whole: a code from its making in the back office to a paid order, seen again in the report."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from orders.models import Order, Product
from promocodes.models import PromoCode
from tests.factories import PromoCodeFactory
from tests.journeys.conftest import Host

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# What comes out when the Latin letters of a code are typed with the Russian layout on.
RUSSIAN_LAYOUT = dict(zip("QWERTYUPASDFGHJKZXCVBNM", "ЙЦУКЕНГЗФЫВАПРОЛЯЧСМИТЬ", strict=True))


def typed_wrong(code: str) -> str:
    """Lower case, the wrong layout, a space in the middle."""
    letters = "".join(RUSSIAN_LAYOUT.get(letter, letter) for letter in code).lower()
    return f" {letters[:5]} {letters[5:]} "


def make_code(page: Page) -> str:
    """5 % on the whole order from 1 000 ₽, made and activated in the back office."""
    page.goto("/admin/promocodes/promocode/add/")
    today = timezone.localdate()
    page.locator("[name=type][value=percent]").check(force=True)
    page.fill("[name=value]", "5")
    page.fill("[name=minimum_order]", "1000")
    page.fill("[name=starts_on]", today.isoformat())
    page.fill("[name=ends_on]", (today + timedelta(days=14)).isoformat())
    page.fill("[name=campaign]", "Июнь")
    page.locator("form[data-editor] button[type=submit]:not([name])").click()
    page.wait_for_url(re.compile(r"/promocode/\d+/change/"))
    code = PromoCode.objects.get()
    assert not code.switch
    page.locator("form[action$='/activate/'] button").click()
    expect(page.locator("form[action$='/deactivate/']")).to_be_visible()
    return code.code


def put_in_basket(page: Page, *skus: str) -> None:
    for sku in skus:
        page.goto(f"/products/{sku}/")
        page.locator("main form button[type=submit]").first.click()
        expect(page.get_by_text("Добавлено в корзину.").first).to_be_visible()


def fill_contact(page: Page) -> None:
    page.fill("[name=name]", "Покупатель 1")
    page.fill("[name=email]", "buyer1@shop.test")
    page.fill("[name=address]", "Тестовая ул., 1")


def pay(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Оплатить")).click()
    expect(page.get_by_role("heading", name=re.compile("Оплата заказа"))).to_be_visible()
    page.get_by_role("button", name="Оплатить", exact=True).click()
    expect(page.get_by_text(re.compile("^Оплачен "))).to_be_visible(timeout=20_000)


def test_code_from_the_back_office_to_a_paid_order_and_the_report(
    host: Host, manager: str, sign_in: Callable[[Page, str], None]
):
    office = host.open()
    sign_in(office, manager)
    code = make_code(office)

    page = host.open()
    put_in_basket(page, "SHIRT", "CUP")
    page.goto("/checkout/")
    fill_contact(page)
    page.get_by_text("Есть промокод?").click()
    page.fill("#promo-code", typed_wrong(code))
    page.press("#promo-code", "Enter")
    expect(page.locator("#summary .pill")).to_contain_text(code)
    expect(page.locator("#summary")).to_contain_text("−150")
    page.get_by_role("button", name=re.compile("^Оформить заказ")).click()
    expect(page.get_by_role("heading", name=re.compile("^Заказ №"))).to_be_visible()
    order = Order.objects.get()
    assert (order.total, order.promo_code, order.status) == (Decimal("3150.00"), code, "new")
    pay(page)
    order.refresh_from_db()
    assert order.status == "paid"

    office.reload()
    use = office.get_by_role("row").filter(has_text=f"№ {order.number}")
    expect(use).to_contain_text("150")
    expect(use).to_contain_text(re.compile("3.150"))
    office.goto("/admin/reports/promocodes/?group=code")
    expect(office.get_by_role("row").filter(has_text=code)).to_contain_text("150")


def test_total_follows_the_delivery_without_a_reload(host: Host):
    page = host.open()
    put_in_basket(page, "SHIRT")
    page.goto("/checkout/")
    page.evaluate("window.stayed = true")
    page.locator("[name=delivery][value=pickup]").check()
    expect(page.get_by_role("button", name=re.compile("Оформить заказ: 2.400"))).to_be_visible()
    expect(page.locator("[name=address]")).to_be_hidden()
    assert page.evaluate("window.stayed")


def test_reason_is_told_and_the_typed_code_stays(host: Host):
    PromoCodeFactory(
        code="K7XQ4M9TWD",
        terms__minimum_order=5000,
        terms__starts_at=timezone.now() - timedelta(days=1),
        terms__ends_at=timezone.now() + timedelta(days=1),
    )
    page = host.open(width=390)
    put_in_basket(page, "SHIRT")
    page.goto("/checkout/")
    page.get_by_text("Есть промокод?").click()
    page.fill("#promo-code", "k7xq 4m9twd")
    page.click("#promo-apply")
    expect(page.locator("#promo-reason")).to_contain_text(re.compile("ещё на 2.600"))
    expect(page.locator("#promo-code")).to_have_value("k7xq 4m9twd")
    expect(page.locator("#checkout-status")).to_contain_text("ещё на")


def test_price_that_moved_is_shown_and_asked_again(host: Host):
    page = host.open()
    put_in_basket(page, "SHIRT")
    page.goto("/checkout/")
    fill_contact(page)
    page.wait_for_timeout(600)
    Product.objects.filter(sku="SHIRT").update(price=2500)
    page.get_by_role("button", name=re.compile("^Оформить заказ")).click()
    expect(page.get_by_role("heading", name=re.compile("Сумма изменилась"))).to_be_visible()
    expect(page.locator("[name=name]")).to_have_value("Покупатель 1")
    page.get_by_role("button", name=re.compile("Оформить заказ: 2.800")).click()
    expect(page.get_by_role("heading", name=re.compile("^Заказ №"))).to_be_visible()
    assert Order.objects.get().total == Decimal("2800.00")


def test_declined_payment_is_made_at_the_second_try(host: Host):
    page = host.open()
    put_in_basket(page, "SHIRT")
    page.goto("/checkout/")
    fill_contact(page)
    page.get_by_role("button", name=re.compile("^Оформить заказ")).click()
    page.get_by_role("button", name=re.compile("^Оплатить")).click()
    page.get_by_role("button", name="Отклонить платёж").click()
    expect(page.get_by_text("Банк отклонил платёж.")).to_be_visible(timeout=20_000)
    page.get_by_role("button", name=re.compile("^Оплатить")).click()
    page.get_by_role("link", name="Вернуться позже").click()
    pay(page)
    assert Order.objects.get().status == "paid"


def test_double_click_places_one_order(host: Host):
    page = host.open()
    put_in_basket(page, "SHIRT")
    page.goto("/checkout/")
    fill_contact(page)
    page.get_by_role("button", name=re.compile("^Оформить заказ")).dblclick()
    expect(page.get_by_role("heading", name=re.compile("^Заказ №"))).to_be_visible()
    assert Order.objects.count() == 1


def test_whole_purchase_without_javascript(host: Host):
    code = PromoCodeFactory(
        code="K7XQ4M9TWD",
        terms__starts_at=timezone.now() - timedelta(days=1),
        terms__ends_at=timezone.now() + timedelta(days=1),
    )
    page = host.open(width=390, java_script_enabled=False)
    put_in_basket(page, "SHIRT")
    page.goto("/basket/")
    page.fill("[name=quantity][type=number]", "2")
    page.get_by_role("button", name="Пересчитать").first.click()
    page.goto(f"/checkout/?promo={code.code.lower()}")
    fill_contact(page)
    page.locator("[name=delivery][value=courier]").check()
    page.locator("button:visible", has_text="Пересчитать").last.click()
    page.get_by_role("button", name=re.compile("Оформить заказ: 4.860")).click()
    expect(page.get_by_role("heading", name=re.compile("^Заказ №"))).to_be_visible()
    pay(page)
    order = Order.objects.get()
    assert (order.status, order.total, order.promo_code) == ("paid", Decimal("4860.00"), code.code)
