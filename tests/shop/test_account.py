from datetime import date

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import mail
from django.test import Client

from customers.models import Customer, User
from tests.factories import CustomerFactory, UserFactory
from tests.shop.conftest import Visitor, words

PASSWORD = "a long enough secret"


@pytest.fixture
def member(visitor) -> Visitor:
    user = UserFactory(email="member@shop.test")
    CustomerFactory(user=user, email=user.email, first_name="Покупатель")
    visitor.client.force_login(user)
    return visitor


def sign_up(client: Client, email: str) -> None:
    answer = client.post("/accounts/signup/", {"email": email, "password1": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()


@pytest.mark.parametrize("path", ["/account/", "/account/orders/", "/account/profile/"])
def test_account_asks_to_sign_in(client, path):
    assert client.get(path)["Location"] == f"/accounts/login/?next={path}"


def test_sign_up_makes_a_customer(client):
    sign_up(client, "New@Shop.test")
    assert Customer.objects.get().email == "new@shop.test"
    assert Customer.objects.get().user == User.objects.get()
    assert "Последние заказы" in words(client.get("/account/"))


def test_customer_known_from_the_till_is_joined_after_the_address_is_confirmed(client):
    known = CustomerFactory(email="known@shop.test")
    sign_up(client, "known@shop.test")
    known.refresh_from_db()
    assert known.user is None
    assert "Подтвердите электронную почту" in words(client.get("/account/"))
    assert "Подтвердите электронную почту" in words(client.get("/account/profile/"))
    link = next(word for word in mail.outbox[0].body.split() if "/confirm-email/" in word)
    client.post(link)
    known.refresh_from_db()
    assert known.user == User.objects.get()


def addresses(member: Visitor, *added: str) -> Customer:
    """The member's customer; the account's own address is the main one, those added are confirmed, too."""
    customer = Customer.objects.get(email="member@shop.test")
    for email in ("member@shop.test", *added):
        EmailAddress.objects.create(user=customer.user, email=email, verified=True, primary=email == "member@shop.test")
    return customer


def test_main_address_of_the_account_becomes_the_customers(member):
    customer = addresses(member, "moved@shop.test")
    member.client.post("/accounts/email/", {"email": "moved@shop.test", "action_primary": ""})
    customer.refresh_from_db()
    assert (customer.email, customer.user.email) == ("moved@shop.test", "moved@shop.test")


def test_address_of_another_customer_is_not_made_the_main_one(member):
    customer = addresses(member, "till@shop.test")
    CustomerFactory(email="till@shop.test")
    page = member.client.post("/accounts/email/", {"email": "till@shop.test", "action_primary": ""}, follow=True)
    customer.refresh_from_db()
    assert (customer.email, customer.user.email) == ("member@shop.test", "member@shop.test")
    assert "знает другого покупателя" in words(page)


def test_nobody_is_told_whom_the_shop_knows_by_an_address_that_is_not_his(member):
    addresses(member)
    CustomerFactory(email="till@shop.test")
    page = member.client.post("/accounts/email/", {"email": "till@shop.test", "action_primary": ""}, follow=True)
    assert "знает другого покупателя" not in words(page)


def test_address_that_is_not_confirmed_stays_out_of_the_customers_details(member):
    customer = addresses(member)
    EmailAddress.objects.create(user=customer.user, email="typo@shop.test", verified=False, primary=False)
    member.client.post("/accounts/email/", {"email": "typo@shop.test", "action_primary": ""})
    customer.refresh_from_db()
    assert customer.email == "member@shop.test"


def test_sign_in_by_a_code_from_the_mail(client):
    user = UserFactory(email="member@shop.test")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    client.post("/accounts/login/code/", {"email": "member@shop.test"})
    page = words(client.get("/accounts/login/code/confirm/"))
    assert "member@shop.test" in page
    letter = mail.outbox[0]
    assert letter.subject.startswith(f"{settings.SHOP_NAME}: ")
    assert str(settings.SHOP_NAME) in letter.body
    assert "testserver" not in letter.subject + letter.body
    code = next(line.strip() for line in letter.body.splitlines() if "-" in line and " " not in line.strip())
    client.post("/accounts/login/code/confirm/", {"code": code})
    assert client.get("/account/").status_code == 200


def test_staff_get_no_customers_card(client):
    user = UserFactory(email="staff@shop.test", is_staff=True)
    user.set_password(PASSWORD)
    user.save()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert Customer.objects.count() == 0
    assert "карточки покупателя у неё нет" in words(client.get("/account/profile/"))


def test_profile_is_saved_with_the_phone_in_any_spelling(member):
    answer = member.client.post(
        "/account/profile/",
        {"first_name": "Покупатель", "last_name": "Один", "phone": "8 (912) 345-67-89", "birthday": "1990-02-28"},
    )
    assert answer.status_code == 302
    customer = Customer.objects.get()
    assert (customer.last_name, str(customer.phone), customer.birthday) == (
        "Один",
        "+79123456789",
        date(1990, 2, 28),
    )


@pytest.mark.parametrize("wrong", [{"phone": "12"}, {"birthday": "2990-01-01"}, {"first_name": "a\x01"}])
def test_wrong_details_are_refused_beside_the_field(member, wrong):
    answer = member.client.post("/account/profile/", wrong)
    assert answer.status_code == 422
    assert "errorlist" in answer.content.decode()
    assert Customer.objects.get().first_name == "Покупатель"


def test_phone_of_another_customer_is_refused(member):
    CustomerFactory(phone="+79123456789")
    answer = member.client.post("/account/profile/", {"phone": "+79123456789"})
    assert answer.status_code == 422


def test_orders_are_listed_with_their_states(member):
    member.put("SHIRT")
    order = member.place()
    for path in ("/account/", "/account/orders/"):
        assert f"Заказ № {order.number} 10 июня 2026 ждёт оплаты 2 400 ₽" in words(member.get(path))


def test_orders_of_others_are_not_listed(member):
    guest = Visitor()
    guest.put("SHIRT")
    guest.place()
    assert "Заказов пока нет." in words(member.get("/account/orders/"))


@pytest.mark.parametrize(
    "path",
    ["/accounts/login/", "/accounts/signup/", "/accounts/login/code/", "/accounts/password/reset/"],
)
def test_sign_in_pages_wear_the_shops_look(client, path):
    page = client.get(path).content.decode()
    assert 'class="logo"' in page
    assert 'class="input"' in page


@pytest.mark.parametrize(
    "path", ["/accounts/email/", "/accounts/password/change/", "/accounts/2fa/", "/accounts/logout/"]
)
def test_settings_pages_wear_the_shops_look(member, path):
    member.client.post("/accounts/reauthenticate/", {"password": "x"})
    user = User.objects.get()
    user.set_password(PASSWORD)
    user.save()
    member.client.login(email=user.email, password=PASSWORD)
    page = member.client.get(path, follow=True).content.decode()
    assert 'class="logo"' in page
