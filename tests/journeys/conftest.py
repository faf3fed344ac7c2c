"""A real browser on a real server: the shop with a few goods, a manager, and pages that must stay on this host."""

import os
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
import redis
from django.conf import settings
from django.contrib.auth.models import Group
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from loyalty_site.roles import sync_roles
from loyalty_site.supervisor.assets import build_assets
from tests.factories import CategoryFactory, DeliveryMethodFactory, ProductFactory, UserFactory

PASSWORD = "a long enough secret"
MANAGER = "manager@shop.test"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


@pytest.fixture(scope="session", autouse=True)
def _assets() -> None:
    build_assets()


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    # Playwright's loop runs in this thread; the rows are still read and written by plain calls.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield found
        found.close()


class Host:
    """Opens pages of one server and remembers what they asked of other hosts and what they complained of."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser, self.url = browser, url
        self.strangers: list[str] = []
        self.complaints: list[str] = []
        self.contexts: list[BrowserContext] = []

    def open(self, *, width: int = 1280, **options: object) -> Page:
        context = self.browser.new_context(base_url=self.url, viewport={"width": width, "height": 900}, **options)
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("request", lambda request: self._note(request.url))
        page.on("console", lambda message: self._listen(message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def _note(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in {"http", "https", "ws"} and parts.netloc != urlsplit(self.url).netloc:
            self.strangers.append(url)

    def _listen(self, kind: str, text: str) -> None:
        """htmx reports a request that was given up for a newer one, the browser every refusal: neither is a fault."""
        if kind == "error" and "status of 4" not in text and not text.startswith("htmx:"):
            self.complaints.append(text)


@pytest.fixture
def host(browser: Browser, live_server, settings) -> Iterator[Host]:
    """Ends with: nothing was asked of another host, and no page broke its own security policy."""
    settings.TEST_ACQUIRER_SECRET = "test-only"
    found = Host(browser, live_server.url)
    yield found
    for context in found.contexts:
        context.close()
    assert (found.strangers, found.complaints) == ([], [])


@pytest.fixture(autouse=True)
def shop(transactional_db: None) -> None:
    connection = redis.Redis.from_url(settings.REDIS_URL)
    for name in connection.scan_iter("limit:*"):
        connection.delete(name)
    clothes = CategoryFactory(slug="clothes", name="Одежда")
    shirts = CategoryFactory(slug="shirts", name="Рубашки", parent=clothes)
    ProductFactory(sku="SHIRT", name="Рубашка белая", price=2400, compare_at_price=3000, category=shirts)
    ProductFactory(sku="CUP", name="Чашка", price=600, category=None)
    DeliveryMethodFactory(code="courier", name="Курьером", price=300, position=1)
    DeliveryMethodFactory(code="pickup", name="Самовывоз", price=0, needs_address=False, position=2)


@pytest.fixture
def manager(transactional_db: None) -> str:
    """The e-mail address of a manager."""
    sync_roles()
    user = UserFactory(email=MANAGER, is_staff=True)
    user.set_password(PASSWORD)
    user.save()
    user.groups.add(Group.objects.get(name="manager"))
    return MANAGER


@pytest.fixture
def sign_in() -> Callable[[Page, str], None]:
    def go(page: Page, email: str) -> None:
        page.goto("/accounts/login/")
        page.fill("[name=login]", email)
        page.fill("[name=password]", PASSWORD)
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_url(lambda url: "/accounts/login/" not in url)

    return go
