"""A friend's link in a real browser: from the visit to a reward that waits, and what sets nothing (R-1, R-2, R-3)."""

import re

import pytest
from playwright.sync_api import Page, expect

from customers.models import Customer
from referrals.models import Referral, Reward, Visit
from tests.factories import AmbassadorFactory, ProgrammeFactory
from tests.journeys.conftest import PASSWORD, Host
from tests.journeys.test_pages import check
from tests.journeys.test_till import put_in_basket
from tests.referrals.visiting import forget_limits, referrer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def programme(shop: None) -> None:
    forget_limits()
    ProgrammeFactory(referee_reward=200)


def register(page: Page, email: str) -> None:
    page.fill("[name=email]", email)
    page.fill("[name=password1]", PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(lambda url: "/accounts/signup/" not in url)


def remembers(page: Page) -> bool:
    return any(cookie["name"] == "referral" for cookie in page.context.cookies())


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_friend_comes_by_a_link_registers_and_buys(host: Host, scripts: bool):
    customer, code = referrer()
    page = host.open(java_script_enabled=scripts)
    page.goto(f"/r/{code}?via=qr")
    expect(page.get_by_role("heading", name="Вас приглашает Анна")).to_be_visible()
    page.get_by_role("link", name="Осмотреться в магазине").click()
    put_in_basket(page, "SHIRT")
    page.goto("/checkout/")
    page.locator(".notice").get_by_role("link", name="Зарегистрироваться").click()
    expect(page.get_by_text("Вас приглашает Анна")).to_be_visible()
    expect(page.locator("[name=friend_code]")).to_have_value(code)
    register(page, "friend@shop.test")
    assert page.url.endswith("/checkout/")
    assert not remembers(page)
    expect(page.get_by_text("Вас приглашает")).to_have_count(0)

    page.fill("[name=name]", "Покупатель 2")
    page.fill("[name=address]", "Тестовая ул., 2")
    page.get_by_role("button", name=re.compile("^Оформить заказ")).click()
    page.wait_for_url(re.compile(r"/orders/\d+/"))
    page.locator("form[action$='/pay/'] button").click()
    page.get_by_label("Тестовая карта •• 4242").check()
    page.get_by_role("button", name="Оплатить", exact=True).click()
    expect(page.get_by_text(re.compile("^Оплачен "))).to_be_visible(timeout=20_000)

    referral = Referral.objects.get()
    newcomer = Customer.objects.get(email="friend@shop.test")
    visit = Visit.objects.get()
    assert (referral.referrer_id, referral.newcomer_id, referral.via, referral.visit_id) == (
        customer.pk,
        newcomer.pk,
        "qr",
        visit.pk,
    )
    assert list(Reward.objects.order_by("pk").values_list("payee", "amount", "status")) == [
        (newcomer.pk, 200, "paid"),
        (customer.pk, 300, "pending"),
    ]


def test_last_of_two_links_wins(host: Host):
    (_first, one), (second, other) = referrer(), referrer(first_name="Мария")
    page = host.open(width=390)
    page.goto(f"/r/{one}")
    page.goto(f"/r/{other}")
    page.get_by_role("link", name="Зарегистрироваться и получить подарок").click()
    register(page, "friend@shop.test")
    assert Referral.objects.get().referrer_id == second.pk


def test_pictures_frames_and_pages_loaded_ahead_set_nothing(host: Host):
    _customer, code = referrer()
    page = host.open()
    page.goto("/")
    for element, place in (("img", "src"), ("iframe", "src"), ("link", "href")):
        with page.expect_response(re.compile(f"from={element}")):
            page.evaluate(
                """([element, place, address]) => {
                  const made = document.createElement(element);
                  if (element === "link") made.rel = "prefetch";
                  made[place] = address;
                  document.body.append(made);
                }""",
                [element, place, f"/r/{code}?from={element}"],
            )
    page.evaluate("address => fetch(address)", f"/r/{code}")
    # The browser tells that the frame was refused; nothing else is wrong.
    assert all(told.startswith("Framing ") for told in host.complaints)
    host.complaints.clear()
    assert (remembers(page), Visit.objects.count()) == (False, 0)
    page.goto(f"/r/{code}")
    assert (remembers(page), Visit.objects.count()) == (True, 1)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark"), (320, "light")])
def test_pages_of_a_link_are_fit_for_everybody(host: Host, width: int, scheme: str):
    _customer, code = referrer()
    AmbassadorFactory(code="STUDIO24X", name="Студия интерьера", customer=None)
    page = host.open(width=width, color_scheme=scheme)
    put_in_basket(page, "SHIRT")
    paths = [f"/r/{code}", "/r/STUDIO24X", "/r/ABCDEFGH", "/accounts/signup/", "/checkout/"]
    assert check(page, paths) == []


def test_pages_of_a_link_are_whole_in_english(host: Host):
    _customer, code = referrer(first_name="Anna")
    page = host.open()
    page.goto(f"/r/{code}")
    page.get_by_role("button", name="In English").click()
    for path in (f"/r/{code}", "/r/ABCDEFGH", "/accounts/signup/"):
        page.goto(path)
        assert re.findall("[А-Яа-яЁё]+", page.locator("body").inner_text()) == []
    expect(page.get_by_text("Anna invites you")).to_be_visible()
