"""Staff of every role, and a small shop to look at."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import translation

from customers.models import User
from loyalty_site.kernel.transactions import in_transaction
from loyalty_site.roles import ROLES, sync_roles
from orders.models import Order
from orders.queries import QuoteRequest
from orders.services import Contact, place_order
from promocodes.models import PromoCode
from tests.factories import (
    NOW,
    CategoryFactory,
    CustomerFactory,
    DeliveryMethodFactory,
    ProductFactory,
    PromoCodeFactory,
    UserFactory,
)

As = Callable[[str], Client]


@pytest.fixture(autouse=True)
def _in_june_in_english(db: None) -> Iterator[None]:
    """The wall clock stands at `NOW`; pages answer in English, whose sentences the tests compare."""
    sync_roles()
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


@pytest.fixture
def staff() -> Callable[[str], User]:
    def of(role: str) -> User:
        found = User.objects.filter(email=f"{role}@shop.test").first()
        if found is None:
            found = UserFactory.create(email=f"{role}@shop.test", is_staff=True)
            found.groups.set(Group.objects.filter(name=role))
        return found

    return of


@pytest.fixture
def as_role(staff: Callable[[str], User]) -> As:
    """A browser signed in as one of the roles; `customer` is an account without any."""

    def of(role: str) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.cookies["django_language"] = "en"
        user = staff(role) if role in ROLES else UserFactory.create()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return of


@pytest.fixture
def manager(as_role: As) -> Client:
    return as_role("manager")


@pytest.fixture
def shop() -> dict[str, Any]:
    """Shirts at 500 inside of cleaning, shoes at 3,000, a courier for 300, one customer."""
    cleaning = CategoryFactory.create(slug="cleaning", name="Cleaning")
    shirts = CategoryFactory.create(slug="shirts", name="Shirts", parent=cleaning)
    return {
        "shirt": ProductFactory.create(sku="SHIRT-1", name="Shirt", price=Decimal(500), category=shirts),
        "shoes": ProductFactory.create(sku="SHOES-1", name="Shoes", price=Decimal(3000)),
        "courier": DeliveryMethodFactory.create(code="courier", name="Courier"),
        "customer": CustomerFactory.create(first_name="Buyer", last_name="One", email="one@shop.test"),
    }


@pytest.fixture
def code() -> PromoCode:
    return PromoCodeFactory.create(code="K7XQ4M9TWD")


@pytest.fixture
def placed(shop: dict[str, Any], code: PromoCode) -> Order:
    """Two shirts and the shoes with 5 % off: 4,000 less 200, and 300 for the courier."""
    request = QuoteRequest(
        channel="site",
        lines=(("SHIRT-1", 2), ("SHOES-1", 1)),
        customer_id=shop["customer"].pk,
        promo_code=code.code,
        delivery_method="courier",
        delivery_price=Decimal(300),
    )
    return in_transaction(lambda: place_order(request=request, contact=Contact(name="Buyer One"), now=NOW))
