"""Registering through the site by a link or with a code typed (R-2)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.conf import settings
from django.test import Client

from customers.models import Customer, User
from points.queries import balance
from referrals.models import Referral, Referrer, Trait, Visit
from referrals.queries.remembered import VISIT_COOKIE
from referrals.rules.traits import hashed
from tests.factories import NOW, AmbassadorFactory, CustomerFactory, ProgrammeFactory, UserFactory
from tests.referrals.test_landing import text, words
from tests.referrals.visiting import PASSWORD, forget_limits, referrer, sign_up, visit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    forget_limits()
    with time_machine.travel(NOW, tick=False):
        yield


def brought() -> list[tuple[Any, ...]]:
    return list(Referral.objects.order_by("pk").values_list("referrer", "ambassador", "code", "via", "visit"))


def test_who_comes_by_a_link_is_brought_by_it():
    customer, code = referrer()
    client = Client()
    visit(client, code, via="whatsapp")
    answer = sign_up(client, "friend@shop.test")
    assert answer.status_code == 302
    assert brought() == [(customer.pk, None, code, "whatsapp", Visit.objects.get().pk)]
    assert Referral.objects.get().newcomer.email == "friend@shop.test"


def test_cookie_is_used_once():
    _customer, code = referrer()
    client = Client()
    visit(client, code)
    answer = sign_up(client, "friend@shop.test")
    assert (answer.cookies[VISIT_COOKIE].value, answer.cookies[VISIT_COOKIE]["max-age"]) == ("", 0)
    client.logout()
    sign_up(client, "second@shop.test")
    assert Referral.objects.count() == 1
    assert Customer.objects.filter(email="second@shop.test").exists()


def test_last_link_brings():
    first, second = referrer(), referrer()
    client = Client()
    visit(client, first[1])
    visit(client, second[1])
    sign_up(client, "friend@shop.test")
    assert brought() == [(second[0].pk, None, second[1], "link", Visit.objects.get(code=second[1]).pk)]


def test_after_thirty_days_nobody_brings():
    _customer, code = referrer()
    client = Client()
    visit(client, code)
    with time_machine.travel(NOW + timedelta(days=31), tick=False):
        sign_up(client, "friend@shop.test")
    assert brought() == []


@pytest.mark.parametrize("change", ["", "x", "cut", "other salt", "nonsense"])
def test_forged_cookie_is_ignored(change):
    _customer, code = referrer()
    client = Client()
    visit(client, code)
    value = client.cookies[VISIT_COOKIE].value
    client.cookies[VISIT_COOKIE] = {
        "": "",
        "x": value + "x",
        "cut": value[5:],
        "other salt": client.cookies["device"].value,
        "nonsense": "\u00e9" * 3000,
    }[change]
    page = client.get("/accounts/signup/")
    assert (page.status_code, page.context["form"].invitation) == (200, None)
    assert sign_up(client, "friend@shop.test").status_code == 302
    assert brought() == []


def test_form_says_who_invites_and_what_it_brings():
    ProgrammeFactory(referee_reward=200)
    _customer, code = referrer()
    client = Client()
    visit(client, code)
    page = client.get("/accounts/signup/")
    assert "Вас приглашает Анна Сразу после регистрации вы получите 200 баллов." in words(page)
    assert f'value="{code}"' in text(page)
    assert "приглашает" not in words(Client().get("/accounts/signup/"))


def test_welcome_reward_is_there_at_once():
    ProgrammeFactory(referee_reward=200)
    client = Client()
    visit(client, referrer()[1])
    sign_up(client, "friend@shop.test")
    customer = Customer.objects.get(email="friend@shop.test")
    assert balance(customer.pk, now=NOW).available == 200
    assert "+200 баллов за регистрацию по приглашению" in words(client.get("/"))


def test_without_a_welcome_nothing_is_told():
    ProgrammeFactory(referee_reward=0)
    client = Client()
    visit(client, referrer()[1])
    sign_up(client, "friend@shop.test")
    assert "по приглашению" not in words(client.get("/"))


@pytest.mark.parametrize("typed", ["{code}", " {lower} ", "https://shop.test/r/{code}?via=vk", "shop.test/r/{lower}/"])
def test_friends_code_can_be_typed_or_pasted(typed):
    customer, code = referrer()
    sign_up(Client(), "friend@shop.test", friend_code=typed.format(code=code, lower=code.lower()))
    assert brought() == [(customer.pk, None, code, "link", None)]


def test_typed_code_goes_before_the_link():
    _first, by_link = referrer()
    customer, typed = referrer()
    client = Client()
    visit(client, by_link, via="vk")
    sign_up(client, "friend@shop.test", friend_code=typed)
    assert brought() == [(customer.pk, None, typed, "link", None)]


def test_who_empties_the_field_is_brought_by_nobody():
    client = Client()
    visit(client, referrer()[1])
    sign_up(client, "friend@shop.test", friend_code="")
    assert brought() == []


@pytest.mark.parametrize("code", ["WRONG123", "что-то", "<script>", "💥", "A" * 201, "x\x00y"])
def test_wrong_code_is_told_beside_the_field_and_loses_nothing(code):
    page = sign_up(Client(), "friend@shop.test", friend_code=code)
    form = page.context["form"]
    assert page.status_code == 200
    assert form.errors["password1"] == ["Введите пароль ещё раз: в целях безопасности он не сохраняется на странице."]
    assert list(form.errors) == ["friend_code", "password1"]
    assert 'value="friend@shop.test"' in text(page)
    assert PASSWORD not in text(page)
    assert "no-store" in page["Cache-Control"]
    assert not User.objects.filter(email="friend@shop.test").exists()


def test_wrong_mailbox_asks_for_the_password_again_too():
    _customer, code = referrer()
    page = sign_up(Client(), "no mailbox", friend_code=code)
    assert set(page.context["form"].errors) == {"email", "password1"}
    assert f'value="{code}"' in text(page)
    assert PASSWORD not in text(page)


def test_password_that_is_wrong_itself_is_told_so_and_not_shown_again():
    page = sign_up(Client(), "friend@shop.test", friend_code="WRONG123", password1="short")
    form = page.context["form"]
    assert set(form.errors) == {"friend_code", "password1"}
    assert "ещё раз" not in str(form.errors["password1"])
    assert "short" not in text(page)


def test_code_that_ends_meanwhile_keeps_nobody_from_registering():
    partner = AmbassadorFactory(code="STUDIO24X", customer=None)
    client = Client()
    visit(client, "STUDIO24X")
    partner.is_active = False
    partner.save()
    assert sign_up(client, "friend@shop.test").status_code == 302
    assert brought() == []


def test_who_was_stopped_brings_nobody():
    customer, code = referrer()
    client = Client()
    visit(client, code)
    Referrer.objects.filter(customer=customer).update(stopped_at=NOW, stop_reason="накрутка")
    assert "приглашает" not in words(client.get("/accounts/signup/"))
    assert sign_up(client, "friend@shop.test", friend_code=code).status_code == 302
    assert brought() == []


def test_customer_who_was_there_before_is_brought_by_nobody():
    """He came from the till; registering on the site only opens his account."""
    CustomerFactory(email="friend@shop.test")
    client = Client()
    visit(client, referrer()[1])
    sign_up(client, "friend@shop.test")
    assert brought() == []


def test_sign_in_notes_the_browser_and_keeps_the_invitation():
    user = UserFactory(email="member@shop.test")
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    customer = CustomerFactory(user=user, email=user.email)
    client = Client()
    answer = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD}, REMOTE_ADDR="198.51.100.7")
    device = answer.cookies["device"].value.partition(":")[0]
    assert answer.cookies["device"]["httponly"]
    assert set(Trait.objects.filter(customer=customer).values_list("kind", "value")) == {
        ("device", hashed("device", device, settings.HOLDER_SECRET)),
        ("network", hashed("network", "198.51.100.7", settings.HOLDER_SECRET)),
    }
    assert brought() == []


def test_new_customer_is_noted_with_his_browser():
    client = Client()
    visit(client, referrer()[1])
    device = client.cookies["device"].value.partition(":")[0]
    sign_up(client, "friend@shop.test")
    traits = dict(Trait.objects.filter(customer__email="friend@shop.test").values_list("kind", "value"))
    assert traits["device"] == Visit.objects.get().device == hashed("device", device, settings.HOLDER_SECRET)
    assert traits["network"] == Visit.objects.get().network
