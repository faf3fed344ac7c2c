"""Invitations in a real browser: copying, the share sheet, the switch, without JavaScript, fit for everybody (R-1)."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from customers.models import Customer
from referrals.models import Referrer
from referrals.queries import link_of
from tests.factories import (
    AmbassadorFactory,
    CustomerFactory,
    PromoCodeFactory,
    ReferralFactory,
    RewardFactory,
    UserFactory,
    VisitFactory,
)
from tests.journeys.conftest import PASSWORD, Host
from tests.journeys.test_pages import check

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGE = "/account/referrals/"
NEVER_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', { value: undefined })"
SHEET = """
  window.sent = [];
  navigator.share = async (given) => { window.sent.push(given); throw new DOMException("closed", "AbortError"); };
"""


@pytest.fixture
def member(transactional_db: None) -> Customer:
    """Friends of every state, one with a very long name; an ambassador, so that there is a statement."""
    now = timezone.now()
    user = UserFactory(email="member@shop.test")
    user.set_password(PASSWORD)
    user.save()
    customer = CustomerFactory(user=user, email=user.email, first_name="Покупатель", registered_at=now)
    row = AmbassadorFactory(customer=customer, every_order=True, period_days=90)
    VisitFactory(referrer=customer, visited_at=now)
    ReferralFactory(referrer=customer, registered_at=now)
    for status in ("pending", "held", "cancelled", "rejected", "paid", "taken_back"):
        newcomer = CustomerFactory(first_name="Константин-Александр" * 5, last_name="К")
        referral = ReferralFactory(
            referrer=customer, newcomer=newcomer, ambassador=row, registered_at=now, first_order_ref="order:1",
            first_ordered_at=now,
        )  # fmt: skip
        paid = {"paid_at": now} if status in {"paid", "taken_back"} else {}
        code = PromoCodeFactory(customer=customer, terms__ends_at=now + timedelta(days=9)) if status == "paid" else None
        RewardFactory(
            referral=referral, ambassador=row, status=status, kind="fixed_code" if code else "points",
            promo_code=code, qualified_at=now - timedelta(days=20), **paid,
        )  # fmt: skip
    return customer


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light"), (320, "light")])
def test_pages_are_fit_for_everybody(
    host: Host, member: Customer, sign_in: Callable[[Page, str], None], width: int, scheme: str
):
    page = host.open(width=width, color_scheme=scheme)
    sign_in(page, "member@shop.test")
    paths = [PAGE, f"{PAGE}?state=paid", f"{PAGE}?state=visited", f"{PAGE}qr/", f"{PAGE}statement/", "/account/"]
    assert check(page, paths) == []


def test_link_is_copied_and_said(host: Host, member: Customer, sign_in: Callable[[Page, str], None]):
    page = host.open()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sign_in(page, "member@shop.test")
    page.goto(PAGE)
    page.get_by_role("button", name="Скопировать", exact=True).press("Enter")
    expect(page.get_by_role("status").get_by_text("Скопировано")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == link_of(member.pk).url


def test_link_is_copied_where_the_browser_keeps_the_clipboard(
    host: Host, member: Customer, sign_in: Callable[[Page, str], None]
):
    page = host.open()
    page.add_init_script(NEVER_CLIPBOARD)
    sign_in(page, "member@shop.test")
    page.goto(PAGE)
    page.evaluate(
        "document.addEventListener('copy', () => { window.copied = document.activeElement.value; }, { once: true })"
    )
    button = page.get_by_role("button", name="Скопировать", exact=True)
    button.click()
    expect(page.get_by_role("status").get_by_text("Скопировано")).to_be_visible()
    assert page.evaluate("window.copied") == link_of(member.pk).url
    expect(button).to_be_focused()


def test_share_sheet_is_offered_where_there_is_one(host: Host, member: Customer, sign_in: Callable[[Page, str], None]):
    page = host.open(width=390)
    sign_in(page, "member@shop.test")
    page.goto(PAGE)
    assert page.locator("[data-share]").is_hidden() is page.evaluate("!navigator.share")
    page.add_init_script(SHEET)
    page.goto(PAGE)
    page.get_by_role("button", name="Поделиться").click()
    (sent,) = page.evaluate("window.sent")
    assert sent["url"] == f"{link_of(member.pk).url}?via=share"
    assert sent["text"].startswith("Рекомендую магазин «Комод»")


def test_switch_is_thrown_with_the_keyboard(host: Host, member: Customer, sign_in: Callable[[Page, str], None]):
    page = host.open()
    sign_in(page, "member@shop.test")
    page.goto(PAGE)
    switch = page.get_by_role("switch", name="Показывать друзьям моё имя")
    expect(switch).not_to_be_checked()
    switch.focus()
    page.keyboard.press("Space")
    expect(switch).to_be_checked()
    assert Referrer.objects.get().shows_name is True


def test_everything_works_without_javascript(host: Host, member: Customer, sign_in: Callable[[Page, str], None]):
    page = host.open(width=390, java_script_enabled=False)
    sign_in(page, "member@shop.test")
    page.goto("/account/")
    expect(page.get_by_role("button", name="Понятно")).to_be_visible()
    page.goto(PAGE)
    field = page.get_by_label("Ваша ссылка")
    expect(field).to_have_value(link_of(member.pk).url)
    assert field.get_attribute("readonly") is not None
    expect(page.get_by_role("button", name="Скопировать", exact=True)).to_be_hidden()
    expect(page.locator("[data-share]")).to_be_hidden()
    expect(page.get_by_role("link", name=re.compile("^Отправить через Telegram"))).to_be_visible()
    page.get_by_role("link", name=re.compile("^Ждут")).click()
    expect(page.locator(".friend")).to_have_count(2)
    page.get_by_role("switch").click()
    expect(page.get_by_role("switch")).to_be_checked()
    page.get_by_role("button", name="Понятно").click()
    expect(page.get_by_role("button", name="Понятно")).to_have_count(0)
    page.get_by_role("link", name="Показать крупно").click()
    expect(page.get_by_role("img", name="QR-код с вашей ссылкой")).to_be_visible()


def test_qr_is_downloaded_under_its_name(host: Host, member: Customer, sign_in: Callable[[Page, str], None]):
    page = host.open()
    sign_in(page, "member@shop.test")
    page.goto(PAGE)
    for kind in ("SVG", "PNG"):
        with page.expect_download() as found:
            page.get_by_role("link", name=f"Скачать {kind}").click()
        assert found.value.suggested_filename == f"invitation-{link_of(member.pk).code}.{kind.lower()}"
