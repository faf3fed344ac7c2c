"""CU-2: a customer agrees to e-mails, and stops them, among his own details."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Consent, Customer
from customers.services import put_consent_text
from tests.factories import CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer() -> Customer:
    return CustomerFactory.create(user=UserFactory.create())


@pytest.fixture
def client(customer: Customer) -> Client:
    browser = Client()
    browser.force_login(customer.user)
    return browser


def history(customer: Customer) -> list[tuple[str, str, bool]]:
    rows = Consent.objects.filter(customer=customer).order_by("pk")
    return [(row.purpose, row.source, row.withdrawn_at is None) for row in rows]


def test_a_tick_is_a_consent_and_its_absence_withdraws(client: Client, customer: Customer) -> None:
    address = reverse("account:profile")
    client.post(address, {"takes_emails": "on"})
    client.post(address, {"takes_emails": "on"})
    assert history(customer) == [("email", "account", True)]
    assert client.get(address).context["form"].initial["takes_emails"] is True
    client.post(address, {})
    assert history(customer) == [("email", "account", False)]
    assert client.get(address).context["form"].initial["takes_emails"] is False


def test_other_consents_stay(client: Client, customer: Customer) -> None:
    Consent.objects.create(customer=customer, purpose="sms", given_at=customer.registered_at, source="api")
    client.post(reverse("account:profile"), {"takes_emails": "on"})
    client.post(reverse("account:profile"), {})
    assert history(customer) == [("sms", "api", True), ("email", "account", False)]


def test_the_words_beside_the_tick_are_those_agreed_to(client: Client, customer: Customer) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "ru"
    address, words = reverse("account:profile"), {"purpose": "email", "by": None, "now": timezone.now()}
    put_consent_text(**words, text="Шлите письма о заказах.", text_en="")
    assert client.get(address).context["form"].fields["takes_emails"].label == "Шлите письма о заказах."

    client.post(address, {"takes_emails": "on"})
    put_consent_text(**words, text="Шлите письма обо всём.", text_en="")

    assert client.get(address).context["form"].fields["takes_emails"].label == "Шлите письма о заказах."
    client.post(address, {})
    assert client.get(address).context["form"].fields["takes_emails"].label == "Шлите письма обо всём."
