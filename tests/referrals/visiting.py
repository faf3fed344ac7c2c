"""Browsers that come by a link, over HTTP and without JavaScript."""

from typing import Any

import redis
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from customers.models import Customer
from referrals.models import Referrer
from referrals.queries import link_of
from tests.factories import CustomerFactory, UserFactory

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
OPENED = {"user-agent": CHROME, "accept": "text/html", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
PASSWORD = "a long enough secret"


def forget_limits() -> None:
    """Limits live in Redis, which no transaction rolls back."""
    connection = redis.Redis.from_url(settings.REDIS_URL)
    for pattern in ("limit:*", "*allauth:rl:*"):
        for name in connection.scan_iter(pattern):
            connection.delete(name)


def referrer(*, shows_name: bool = True, **given: Any) -> tuple[Customer, str]:
    """A customer with an account, and the code of his link."""
    user = UserFactory.create()
    customer = CustomerFactory.create(**{"user": user, "email": user.email, "first_name": "Анна"} | given)
    if shows_name:
        Referrer.objects.create(customer=customer, shows_name=True)
    return customer, link_of(customer.pk).code


def visit(client: Client, code: str, *, via: str = "", **headers: str) -> HttpResponse:
    """A person opens the link; `headers` change what the browser says."""
    changed = {name.replace("_", "-"): value for name, value in headers.items()}
    given = {name: value for name, value in (OPENED | changed).items() if value}
    return client.get(f"/r/{code}" + (f"?via={via}" if via else ""), headers=given, REMOTE_ADDR="198.51.100.7")


def sign_up(client: Client, email: str, **typed: str) -> HttpResponse:
    """The form sent as a browser shows it: the friend's code is in it already when the link is remembered."""
    page = client.get("/accounts/signup/")
    shown = page.context["form"]["friend_code"].value() or ""
    form = {"email": email, "password1": PASSWORD, "friend_code": shown, **typed}
    return client.post("/accounts/signup/", form, REMOTE_ADDR="198.51.100.7")
