"""A customer pays a part with points and finds every movement in the account, with and without JavaScript."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from customers.models import Customer
from loyalty_site.kernel.transactions import in_transaction
from orders.models import Order
from points.services import earn
from tests.factories import CustomerFactory, MembershipPlanFactory, ProductFactory, PromoCodeFactory, UserFactory
from tests.journeys.conftest import PASSWORD, Host
from tests.journeys.test_pages import check
from tests.journeys.test_till import pay, put_in_basket
from tiers.services import issue_card

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = [
    "/account/",
    "/account/points/",
    "/account/points/?kind=spent&period=30",
    "/account/tiers/",
    "/account/codes/",
    "/account/card/",
    "/checkout/",
]


@pytest.fixture
def member(transactional_db: None) -> Customer:
    """1 000 points, a card, a code of the customer's own, a membership on sale."""
    now = timezone.now()
    user = UserFactory(email="member@shop.test")
    user.set_password(PASSWORD)
    user.save()
    customer = CustomerFactory(user=user, email=user.email, first_name="Покупатель", registered_at=now)
    for amount, fact, waits in ((1000, "gift:1", 0), (50, "gift:2", 14)):
        in_transaction(
            lambda amount=amount, fact=fact, waits=waits: earn(
                customer_id=customer.pk,
                amount=amount,
                kind="holiday",
                fact=fact,
                available_from=now + timedelta(days=waits),
                expires_at=now + timedelta(days=waits + 20),
                now=now,
            )
        )
    in_transaction(lambda: issue_card(customer_id=customer.pk, now=now))
    PromoCodeFactory(
        code="K7XQ4M9TWD",
        customer=customer,
        terms__starts_at=now - timedelta(days=1),
        terms__ends_at=now + timedelta(days=1),
    )
    MembershipPlanFactory(sku="CLUB", name="Клуб на месяц")
    ProductFactory(sku="CLUB", name="Клуб на месяц", price=990)
    return customer


def at_checkout(page: Page, sign_in: Callable[[Page, str], None]) -> None:
    """Signed in, a shirt for 2 400 fetched by oneself."""
    sign_in(page, "member@shop.test")
    put_in_basket(page, "SHIRT")
    page.goto("/checkout/")
    page.locator("[name=delivery][value=pickup]").check()


def place_and_pay(page: Page) -> Order:
    page.fill("[name=name]", "Покупатель 1")
    page.get_by_role("button", name=re.compile("^Оформить заказ: 2.000")).click()
    pay(page)
    return Order.objects.get()


def history(page: Page) -> list[tuple[str, str]]:
    """(movement, balance after it), newest first."""
    page.goto("/account/points/")
    rows = page.locator(".ledger > li")
    return [
        (row.locator("strong.amount").inner_text(), re.sub(r"\D", "", row.locator(".hint.amount").inner_text()))
        for row in rows.all()
    ]


@pytest.mark.parametrize("has_script", [True, False])
def test_points_pay_a_part_and_the_account_tells_it(
    host: Host, member: Customer, sign_in: Callable[[Page, str], None], has_script: bool
):
    page = host.open(width=390, java_script_enabled=has_script)
    at_checkout(page, sign_in)
    page.fill("#points-field", "400")
    if has_script:
        page.press("#points-field", "Tab")
    else:
        page.locator("#points").get_by_role("button", name="Пересчитать").click()
    expect(page.locator("#summary")).to_contain_text("−400")
    order = place_and_pay(page)
    assert (order.status, order.total, order.points_spent) == ("paid", Decimal("2000.00"), 400)
    expect(page.get_by_text(re.compile("Списали: 400.баллов"))).to_be_visible()
    page.goto("/account/")
    # 200 for 2 000 roubles at 10 %, 300 for the first purchase.
    expect(page.locator(".purse-sum")).to_have_text(re.compile("^1.100.баллов$"))
    moves = history(page)
    assert sorted(moves[:2]) in ([("+200", "1150"), ("+300", "950")], [("+200", "850"), ("+300", "1150")])
    assert moves[2:] == [("−400", "650"), ("+50", "1050"), ("+1\xa0000", "1000")]


def test_slider_and_chips_ask_for_the_same(host: Host, member: Customer, sign_in: Callable[[Page, str], None]):
    page = host.open()
    at_checkout(page, sign_in)
    expect(page.get_by_role("button", name=re.compile("Оформить заказ: 2.400"))).to_be_visible()
    page.locator("#points-slider").focus()
    page.keyboard.press("End")
    expect(page.locator("#points-field")).to_have_value("720")
    expect(page.get_by_role("button", name=re.compile("Оформить заказ: 1.680"))).to_be_visible()
    page.click("#points-half")
    expect(page.locator("#points-field")).to_have_value("360")
    expect(page.locator("#points-half")).to_be_focused()
    page.fill("#points-field", "5000")
    page.keyboard.press("Enter")
    expect(page.locator("#points-reason")).to_contain_text(re.compile("720"))
    expect(page.locator("#points-field")).to_have_value("720")
    page.get_by_role("button", name=re.compile("K7XQ4M9TWD")).click()
    expect(page.locator("#summary .pill")).to_contain_text("K7XQ4M9TWD")
    expect(page.locator("#points-field")).to_have_value("684")


def test_code_is_copied_and_said(host: Host, member: Customer, sign_in: Callable[[Page, str], None]):
    page = host.open()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sign_in(page, "member@shop.test")
    page.goto("/account/codes/")
    page.get_by_role("button", name=re.compile("Скопировать промокод")).click()
    expect(page.get_by_role("status").filter(has_text="Скопировано")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "K7XQ4M9TWD"


@pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), (320, "light")])
def test_account_with_everything_in_it_is_fit_for_everybody(
    host: Host, member: Customer, sign_in: Callable[[Page, str], None], width: int, scheme: str
):
    page = host.open(width=width, color_scheme=scheme)
    at_checkout(page, sign_in)
    assert check(page, PAGES) == []


def test_printed_card_is_alone_on_its_page(host: Host, member: Customer, sign_in: Callable[[Page, str], None]):
    page = host.open()
    sign_in(page, "member@shop.test")
    page.goto("/account/card/")
    page.emulate_media(media="print")
    assert page.locator(".bonus-card").is_visible()
    for furniture in ("header.top", "footer.foot", "main nav"):
        assert page.locator(furniture).is_hidden()
