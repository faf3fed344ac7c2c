"""Every page of the shop: nothing serious for axe, no sideways scroll, targets to hit, little script, keyboard."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.factories import CustomerFactory, UserFactory
from tests.journeys.conftest import PASSWORD, Host

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

GUEST = ["/", "/catalog/clothes/", "/products/SHIRT/", "/search/?q=рояль", "/basket/", "/checkout/?promo=K7XQ4M9TWD"]
SIGN_IN = ["/accounts/login/", "/accounts/signup/", "/accounts/login/code/", "/accounts/password/reset/", "/nowhere/"]
ACCOUNT = [
    "/account/",
    "/account/orders/",
    "/account/profile/",
    "/accounts/email/",
    "/accounts/2fa/",
    "/accounts/logout/",
]

# Boxes smaller than 44 px either way that are neither inside a sentence nor wrapped in a larger target.
SMALL_TARGETS = """() => [...document.querySelectorAll("a, button, input:not([type=hidden]), select, summary")]
  .filter((element) => element.checkVisibility())
  .filter((element) => !element.closest(".sr-only, .skip, p, li.product, li.relative, label, .tick"))
  .filter((element) => !element.matches("[aria-hidden=true]"))
  .map((element) => [element, element.getBoundingClientRect()])
  .filter(([element, box]) => box.width && box.height < 43.5 && getComputedStyle(element).display !== "inline")
  .map(([element, box]) => `${element.outerHTML.slice(0, 80)} ${Math.round(box.height)}`)"""


def faults(page: Page) -> list[str]:
    """What axe calls serious or critical."""
    found = Axe().run(page).response["violations"]
    return [
        f"{page.url} {fault['id']}: {fault['nodes'][0]['html'][:120]}"
        for fault in found
        if fault["impact"] in {"serious", "critical"}
    ]


def check(page: Page, paths: list[str]) -> list[str]:
    found = []
    for path in paths:
        page.goto(path)
        found += faults(page)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{path} scrolls sideways")
        found += [f"{path} {small}" for small in page.evaluate(SMALL_TARGETS)]
    return found


def with_goods(page: Page) -> Page:
    page.goto("/products/SHIRT/")
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("#toast p")).to_be_visible()
    return page


def with_order(page: Page) -> str:
    """The address of an unpaid order's page."""
    with_goods(page)
    page.goto("/checkout/")
    page.fill("[name=name]", "Покупатель 1")
    page.fill("[name=email]", "buyer1@shop.test")
    page.locator("[name=delivery][value=pickup]").check()
    expect(page.locator("#summary")).to_contain_text(re.compile("К оплате|To pay"))
    page.wait_for_timeout(800)
    page.locator("button[name=action][value=place]").click()
    page.wait_for_url(re.compile(r"/orders/\d+/"))
    return page.url


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark"), (320, "light")])
def test_guests_pages_are_fit_for_everybody(host: Host, width: int, scheme: str):
    page = with_goods(host.open(width=width, color_scheme=scheme))
    assert check(page, [*GUEST, *SIGN_IN]) == []


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_order_and_bank_pages_are_fit_for_everybody(host: Host, width: int, scheme: str):
    page = host.open(width=width, color_scheme=scheme)
    order = with_order(page)
    found = check(page, [order, f"{order}?payment=waiting"])
    page.goto(order)
    page.get_by_text("Как посчитано").click()
    found += faults(page)
    page.get_by_role("button", name=re.compile("^Оплатить")).click()
    assert found + check(page, [page.url]) == []


def test_account_pages_are_fit_for_everybody(host: Host, sign_in: Callable[[Page, str], None]):
    user = UserFactory(email="member@shop.test")
    user.set_password(PASSWORD)
    user.save()
    CustomerFactory(user=user, email=user.email, first_name="Покупатель")
    page = host.open(width=390)
    sign_in(page, user.email)
    with_order(page)
    assert check(page, ACCOUNT) == []


def test_english_pages_are_whole(host: Host):
    page = with_goods(host.open())
    page.get_by_role("button", name="In English").click()
    for path in ["/", "/basket/", "/checkout/", "/accounts/login/"]:
        page.goto(path)
        left = page.locator("body").inner_text()
        for name in ("Рубашка белая", "Одежда", "Рубашки", "Чашка", "Курьером", "Самовывоз"):
            left = left.replace(name, "")
        assert re.findall("[А-Яа-яЁё]+", left) == []


def test_checkout_carries_little_script(host: Host):
    page = with_goods(host.open())
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(len(answer.body())) if answer.url.endswith(".js") else None)
    page.goto("/checkout/")
    page.wait_for_load_state("networkidle")
    assert sum(sizes) <= 60_000


def test_theme_is_switched_at_once_and_survives_without_a_flash(host: Host):
    page = host.open(color_scheme="light")
    page.goto("/")
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Светлая или тёмная тема").click()
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert dark != before
    page.reload(wait_until="commit")
    page.wait_for_selector("body")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark


def test_basket_is_changed_with_the_keyboard_alone(host: Host):
    page = with_goods(host.open())
    page.goto("/basket/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className").startswith("skip")
    page.get_by_role("button", name="На один больше").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#basket")).to_contain_text(re.compile("4.800"))


def test_printed_order_leaves_the_furniture_out(host: Host):
    page = host.open()
    page.goto(with_order(page))
    page.emulate_media(media="print")
    assert page.locator("header.top").is_hidden()
    assert page.get_by_role("button", name=re.compile("^Оплатить")).is_hidden()
    assert page.get_by_text("К оплате").is_visible()


def test_control_a_page_with_faults_is_found_out(host: Host):
    page = host.open(width=390)
    page.goto("/basket/")
    page.evaluate(
        """document.querySelector("main").innerHTML =
        '<input name="x"><button class="button-icon"></button><div>x</div>'"""
    )
    page.evaluate('document.querySelector("main div").style.width = "50rem"')
    rules = {fault.split()[1] for fault in faults(page)}
    assert {"label:", "button-name:"} <= rules
    assert page.evaluate("document.documentElement.scrollWidth > innerWidth")
