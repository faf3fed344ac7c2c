"""Signing in, the second factor, the content policy, language."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse


def test_strangers_sign_in_through_the_site(client: Client) -> None:
    answer = client.get("/admin/")
    assert (answer.status_code, answer.url) == (302, "/admin/login/?next=/admin/")
    assert client.get(answer.url).url.startswith(reverse("account_login"))


def test_a_customer_gets_no_page(as_role: Any) -> None:
    answer = as_role("customer").get("/admin/")
    assert answer.status_code == 302


def test_staff_without_a_second_factor_are_sent_to_set_it_up(settings: Any, as_role: Any, staff: Any) -> None:
    settings.STAFF_SECOND_FACTOR_REQUIRED = True
    manager = as_role("manager")
    answer = manager.get(reverse("admin:promocodes_promocode_changelist"))
    assert (answer.status_code, answer.url) == (302, reverse("mfa_activate_totp"))
    Authenticator.objects.create(user=staff("manager"), type="totp", data={"secret": "x"})
    assert manager.get(reverse("admin:promocodes_promocode_changelist")).status_code == 200


def test_without_the_requirement_staff_come_in(manager: Client) -> None:
    assert manager.get("/admin/").status_code == 200


def test_pages_load_nothing_from_another_host(manager: Client) -> None:
    policy = manager.get("/admin/")["Content-Security-Policy"]
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert parts == {
        "default-src": "'self'",
        "script-src": "'self' 'unsafe-eval'",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "form-action": "'self'",
    }


def test_the_shop_keeps_its_stricter_policy(client: Client) -> None:
    assert "unsafe-eval" not in client.get("/accounts/login/")["Content-Security-Policy"]


@pytest.mark.parametrize(("language", "word"), [("ru", "Промокоды"), ("en", "Promo codes")])
def test_the_back_office_speaks_both_languages(language: str, word: str, manager: Client) -> None:
    manager.cookies["django_language"] = language
    assert word in manager.get(reverse("admin:promocodes_promocode_changelist")).content.decode()


def test_a_refused_page_leads_staff_back_to_the_back_office(as_role: Any) -> None:
    answer = as_role("support").get(reverse("admin:promocodes_promocode_add"))
    assert answer.status_code == 403
    assert 'href="/admin/"' in answer.text.split("<main", 1)[1].split("</main>", 1)[0]
