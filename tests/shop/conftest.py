"""A small shop, and a visitor without JavaScript who presses its buttons."""

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
import redis
import time_machine
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from orders.models import Order
from tests.factories import NOW, CategoryFactory, DeliveryMethodFactory, ProductFactory

CONTACT = {"name": "Покупатель 1", "email": "buyer1@shop.test", "phone": "", "delivery": "pickup", "address": ""}
HIDDEN = re.compile(r'<input type="hidden" name="(placing_key|shown|expected_total)" value="([^"]*)"')


class Visitor:
    """One browser with its session."""

    def __init__(self, client: Client | None = None) -> None:
        self.client = client or Client()

    def get(self, path: str, **query: Any) -> HttpResponse:
        return self.client.get(path, query)

    def put(self, sku: str, quantity: int = 1) -> HttpResponse:
        return self.client.post("/basket/lines/", {"sku": sku, "quantity": quantity})

    def press(self, action: str, *, keep: dict[str, str] | None = None, **typed: str) -> HttpResponse:
        """A button of the checkout; hidden fields come from `keep`, else from the page as it is now."""
        hidden = keep if keep is not None else self.hidden(**typed)
        return self.client.post("/checkout/", {**CONTACT, **hidden, **typed, "action": action})

    def hidden(self, **typed: str) -> dict[str, str]:
        """What the form carries unseen after its summary was counted for what is typed."""
        page = self.client.post("/checkout/", {**CONTACT, **typed, "action": "recalculate"})
        return {name: html.unescape(value) for name, value in HIDDEN.findall(text(page))}

    def place(self, **typed: str) -> Order:
        answer = self.press("place", **typed)
        assert answer.status_code == 302, text(answer)
        return Order.objects.get(pk=answer["Location"].strip("/").split("/")[-1])


def text(page: HttpResponse) -> str:
    return page.content.decode()


def words(page: HttpResponse) -> str:
    """What is read on the page: no tags, single spaces, plain spaces for non-breaking ones."""
    bare = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", text(page), flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(bare)).strip()


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


@pytest.fixture(autouse=True)
def _shop_time() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def _no_tries_remembered() -> None:
    """Limits live in Redis, which no transaction rolls back."""
    connection = redis.Redis.from_url(settings.REDIS_URL)
    for name in connection.scan_iter("limit:*"):
        connection.delete(name)


@pytest.fixture(autouse=True)
def shop(db: None) -> None:
    """Clothes with shirts below, kitchen; a shirt reduced from 3 000 to 2 400, a cup for 600; three ways to deliver."""
    clothes = CategoryFactory(slug="clothes", name="Одежда")
    shirts = CategoryFactory(slug="shirts", name="Рубашки", parent=clothes)
    kitchen = CategoryFactory(slug="kitchen", name="Кухня")
    ProductFactory(sku="SHIRT", name="Рубашка белая", price=2400, compare_at_price=3000, category=shirts)
    ProductFactory(sku="CUP", name="Чашка", price=600, category=kitchen)
    ProductFactory(sku="GONE", name="Снято с продажи", price=100, category=kitchen, is_active=False)
    DeliveryMethodFactory(code="courier", name="Курьером", price=300, position=1)
    DeliveryMethodFactory(code="pickup", name="Самовывоз", price=0, needs_address=False, position=2)
