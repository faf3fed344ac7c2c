"""Traces off the beaten track (CU-4): earlier addresses, guests, logs of staff, sessions of others, the list."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.erased_list import keep_list, read_list
from customers.models import Customer, ErasedCustomer, User
from customers.services import erase_at_once, update_customer
from loyalty_site.models import IdempotencyRecord
from orders.models import Order
from orders.services import Contact
from points.models import Entry
from referrals.models import Trait, Visit
from referrals.services import note_traits
from tests.api.conftest import Api, new_key
from tests.customers.merging import merged
from tests.customers.personal import LATIN, MARK, places_of
from tests.factories import AmbassadorFactory, CustomerFactory, ProductFactory, UserFactory, VisitFactory
from tests.orders.ordering import place_at
from tiers.models import Card

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def erased_list(settings: Any, tmp_path: Path) -> Path:
    settings.ERASED_LIST = str(tmp_path / "erased.csv")
    return tmp_path / "erased.csv"


@pytest.fixture
def staff() -> User:
    return UserFactory(is_staff=True, email="staff@shop.test")


def erase(person: Customer) -> None:
    erase_at_once(customer_id=person.pk, source="staff", by=None, reason="", now=timezone.now())


def test_an_address_he_gave_up_is_forgotten_too() -> None:
    person = CustomerFactory(email=f"{LATIN}@old.test", phone="+79160001234")
    told = {"caller": "key:1", "route": "POST /api/v1/orders", "body_hash": "", "status": 201}
    IdempotencyRecord.objects.create(key="a", response=f'{{"contact": "{LATIN}@old.test"}}', **told)
    changes = {"email": "new@shop.test", "phone": None}
    update_customer(customer_id=person.pk, changes=changes, now=timezone.now(), source="api")

    erase(person)

    assert places_of(LATIN, "9160001234") == []


def test_what_staff_did_is_told_by_number(staff: User) -> None:
    person = CustomerFactory(email=f"{LATIN}@shop.test")
    ambassador = AmbassadorFactory(customer=person, name=f"{MARK} блогер")
    card = Card.objects.create(
        number=f"{LATIN}7".upper(), customer=person, kind=Card.Kind.IMPORTED, issued_at=timezone.now()
    )
    for thing, words in ((ambassador, ambassador.name), (card, card.number), (staff, f"{LATIN}@shop.test")):
        LogEntry.objects.log_actions(staff.pk, [thing], CHANGE, change_message=words)

    erase(person)

    assert places_of(MARK, LATIN) == []
    assert LogEntry.objects.count() == 3


def test_reasons_told_by_an_integration_go_and_the_programmes_own_stay() -> None:
    api, person = Api(new_key("all")), CustomerFactory()
    answer = api.post(f"customers/{person.public_id}/points", {"amount": 5, "reason": f"Для {MARK}"}, key="p-1")
    assert answer.status_code == 201

    erase(person)

    assert places_of(MARK) == []
    assert list(Entry.objects.order_by("pk").values_list("kind", "reason")) == [
        ("adjust", ""),
        ("expire", "by:erasure"),
    ]


def test_sessions_of_others_lose_what_they_say_of_him(staff: User) -> None:
    """He has no account: a sign-in by code was begun with his address, and staff have just been told of him."""
    person = CustomerFactory(email=f"{LATIN}@shop.test")
    Client().post(reverse("account_request_login_code"), {"email": f"{LATIN}@shop.test"})
    clerk = Client()
    clerk.force_login(staff)
    told = clerk.session
    told["_messages"] = f"{LATIN}@shop.test is saved"
    told.save()
    assert len([row for row in Session.objects.all() if LATIN in str(row.get_decoded())]) == 2

    erase(person)

    assert places_of(LATIN) == []
    assert clerk.session["_auth_user_id"] == str(staff.pk)


def test_the_other_account_of_a_merge_says_nothing_of_him() -> None:
    users = [UserFactory(email=f"{LATIN}{number}@shop.test", first_name=MARK, last_name=MARK) for number in (1, 2)]
    two = [CustomerFactory(user=user, email=user.email) for user in users]
    for user in users:
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    Authenticator.objects.create(user=users[1], type="totp", data={"secret": LATIN})
    merged(*two)

    erase(two[0])

    assert places_of(MARK, LATIN) == []


def test_orders_as_a_guest_under_the_address_of_a_merged_record_go_too() -> None:
    ProductFactory(sku="SHIRT-1", price=Decimal("1500.00"))
    older = CustomerFactory(email="kept@shop.test")
    newer = CustomerFactory(email=f"{LATIN}@shop.test", phone="+79160001234")
    place_at(timezone.now(), "SHIRT-1", contact=Contact(name=MARK, email=f"{LATIN}@shop.test"))
    place_at(timezone.now(), "SHIRT-1", contact=Contact(name=MARK, phone="+79160001234"))
    merged(older, newer)

    erase(older)

    assert places_of(MARK, LATIN, "9160001234") == []


def test_a_phone_typed_in_the_account_takes_no_parcel_its_address() -> None:
    """Anybody may write the number of another into his account; who gave it to the shop without one is believed."""
    ProductFactory(sku="SHIRT-1", price=Decimal("1500.00"))
    user = UserFactory(email="sly@shop.test")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    sly = CustomerFactory(user=user, email=user.email, phone="+79160001234")
    contacts = [
        Contact(name="Покупатель 1", phone="+79160001234"),
        Contact(name="Покупатель 2", phone="+79160001234", email="other@shop.test"),
        Contact(name="Покупатель 3", email="sly@shop.test"),
        Contact(name="Покупатель 4", phone="+79160001234"),
    ]
    orders = [place_at(timezone.now(), "SHIRT-1", contact=contact) for contact in contacts]
    Order.objects.filter(pk=orders[3].pk).update(status=Order.Status.CANCELLED, cancelled_at=timezone.now())

    erase(sly)

    rows = Order.objects.order_by("pk").values_list("contact_name", "status")
    assert list(rows) == [("Покупатель 1", "new"), ("Покупатель 2", "new"), ("", "cancelled"), ("", "cancelled")]


def test_visits_of_his_browser_say_no_more_whose_it_was() -> None:
    person = CustomerFactory()
    note_traits(customer_id=person.pk, traits={"device": LATIN}, now=timezone.now())
    device = Trait.objects.get(kind="device").value
    his, anothers = VisitFactory(device=device, network="n"), VisitFactory(device="d" * 40)

    erase(person)

    rows = Visit.objects.order_by("pk").values_list("device", "network")
    assert list(rows) == [(f"erased:{his.pk}", ""), (anothers.device, anothers.network)]


def test_a_new_customer_under_the_key_of_a_listed_one_is_listed(erased_list: Path) -> None:
    """After a restore keys begin anew where the backup ended."""
    person = CustomerFactory()
    erase(person)
    keep_list()
    erased = ErasedCustomer.objects.get()
    line = erased_list.read_text()
    erased_list.write_text(line.replace(str(erased.public_id), "00000000-0000-0000-0000-000000000001"))

    assert (keep_list(), keep_list()) == (1, 0)
    assert [row.public_id for row in read_list(erased_list)][1:] == [erased.public_id]
