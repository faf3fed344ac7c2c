"""Proof that a person is gone: marked everywhere through the shop's own edges, forgotten, looked for everywhere."""

import logging
from decimal import Decimal
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer, CustomerNote, ErasedCustomer, Tag, User
from customers.services import erase_at_once, merge_customers, request_erasure, tag_customer, write_note
from customers.tasks import forget_customers
from loyalty_site.doctor import examined, invariants
from loyalty_site.forgetting import HISTORY
from orders.models import Order
from orders.services import Contact
from orders.services.acquiring import SUCCEEDED, open_payment, receive_event
from points.models import Entry, Lot, PendingAdjustment
from points.services import adjust
from referrals.models import Referral
from referrals.services import reject_referral
from tests.api.conftest import Api, new_key
from tests.customers.personal import LATIN, MARK, places_of
from tests.factories import (
    AmbassadorFactory,
    CustomerFactory,
    ProductFactory,
    ReferralFactory,
    ReviewFactory,
    UserFactory,
)
from tests.orders.ordering import place_at

pytestmark = pytest.mark.django_db
EMAIL, PHONE = f"{LATIN}@shop.test", "+79160001234"
MARKS = (MARK, LATIN, "9160001234")


@pytest.fixture(autouse=True)
def erased_list(settings, tmp_path) -> str:
    settings.ERASED_LIST = str(tmp_path / "erased.csv")
    return settings.ERASED_LIST


@pytest.fixture
def staff() -> User:
    return UserFactory(is_staff=True, email="staff@shop.test")


def marked_customer(staff: User) -> Customer:
    """Everything that the shop can know of one, each with a mark in it."""
    ProductFactory(sku="SHIRT-1", price=Decimal("1500.00"))
    api, now = Api(new_key("all")), timezone.now()
    friend = CustomerFactory(email="friend@shop.test")
    person = _registered(api)
    _buy(api, person)
    _sign_in(person)
    note = {"by": staff, "now": now}
    write_note(customer_id=person.pk, text=f"Звонил, {MARK}", **note)
    tag_customer(customer_id=person.pk, tag_id=Tag.objects.create(code="vip", name="VIP").pk, **note)
    adjust(customer_id=person.pk, amount=100, reason=f"Для {MARK}", fact="manual:1", **note)
    PendingAdjustment.objects.create(
        customer=person, amount=5, reason=f"Для {MARK}", fact="manual:2", asked_by=staff, asked_at=now
    )
    _ambassador(person)
    review = ReviewFactory(referral=_brought(friend, person))
    reject_referral(referral_id=review.referral_id, reason=f"Это {MARK}", **note)
    twin = CustomerFactory(email=f"{LATIN}.second@shop.test", first_name=MARK, last_name="Вторая")
    merge_customers(first_id=person.pk, second_id=twin.pk, kept={}, reason=f"Один {MARK}", **note)
    request_erasure(customer_id=person.pk, source="staff", reason=f"Письмо от {MARK}", **note)
    return Customer.objects.get(pk=person.pk)


def _registered(api: Api) -> Customer:
    names = {"first_name": MARK, "last_name": f"{MARK}ов", "birthday": "1990-05-05"}
    body = {"email": EMAIL, "phone": PHONE, "external_id": f"crm-{LATIN}", "device": f"phone-{LATIN}", **names}
    answer = api.post("customers", body | {"consents": ["email", "programme"]}, key="k-1")
    assert answer.status_code == 201
    api.call("PATCH", f"customers/{answer.json()['id']}", {"last_name": f"{MARK}ова"}, key="k-2")
    corrected = api.post(f"customers/{answer.json()['id']}/points", {"amount": 1, "reason": f"Ждал {MARK}"}, key="p-1")
    assert corrected.status_code == 201
    return Customer.objects.get(public_id=answer.json()["id"])


def _buy(api: Api, person: Customer) -> None:
    """One order paid by a webhook and refunded, one still unpaid, one as a guest."""
    contact = Contact(name=f"{MARK} Покупатель", email=EMAIL, phone=PHONE, address=f"ул. {MARK}, 1")
    now = timezone.now()
    first = place_at(now, "SHIRT-1", customer_id=person.pk, contact=contact)
    place_at(now, "SHIRT-1", customer_id=person.pk, contact=contact)
    place_at(now, "SHIRT-1", contact=contact)
    session = open_payment(number=first.number, now=now)
    told = {"session": str(session.token), "order": first.number, "payment_id": "p-1", "amount": str(first.total)}
    payload = {"type": SUCCEEDED, "data": {**told, "currency": "RUB", "payer": f"card-{LATIN}", "holder": MARK}}
    event = receive_event(provider="bank", event_id="e-1", payload=payload, now=now)
    assert event.refusal == ""
    refunded = api.post(f"orders/{first.number}/refund", {"reason": f"Не подошло, {MARK}"}, key="r-1")
    assert refunded.status_code in {200, 201}, refunded.content


def _sign_in(person: Customer) -> None:
    user = UserFactory(email=EMAIL, first_name=MARK)
    EmailAddress.objects.create(user=user, email=EMAIL, verified=True, primary=True)
    Customer.objects.filter(pk=person.pk).update(user=user)
    client = Client()
    client.force_login(user)
    client.post(reverse("account:profile"), {"first_name": f"{MARK}а", "phone": PHONE, "takes_emails": "on"})
    beginner = Client()
    beginner.post(reverse("account_request_login_code"), {"email": EMAIL})


def _ambassador(person: Customer) -> None:
    given = {"name": f"{MARK} блогер", "email": EMAIL, "note": f"Канал {MARK}"}
    AmbassadorFactory(customer=person, paid_in="money", **given)


def _brought(friend: Customer, person: Customer) -> Referral:
    return ReferralFactory(newcomer=person, referrer=friend)


def broken() -> set[str]:
    return {item.code for item, found in examined(invariants()) if found}


def test_nothing_of_the_person_is_left_anywhere(staff: User, caplog, capfd) -> None:
    person = marked_customer(staff)
    before = places_of(*MARKS)
    sums = _sums(person)
    caplog.set_level(logging.DEBUG)

    with caplog.at_level(logging.DEBUG):
        request_erasure(customer_id=person.pk, source="staff", by=staff, now=timezone.now(), at_once=True)
        assert forget_customers() == 1

    assert len(before) > 25, before
    assert places_of(*MARKS) == []
    assert _sums(person) == sums
    assert ErasedCustomer.objects.count() == 2
    said = caplog.text + "".join(capfd.readouterr())
    assert [mark for mark in MARKS if mark.lower() in said.lower()] == []
    assert broken() == set()


def _sums(person: Customer) -> Any:
    orders = list(Order.objects.order_by("pk").values_list("goods_total", "total", "refunded_amount", "points_spent"))
    earned = sum(Entry.objects.filter(kind="earn").values_list("amount", flat=True))
    return orders, earned, Referral.objects.count()


def test_the_history_lets_go_of_nothing_else(staff: User) -> None:
    """The door in the triggers: only blanks, only the columns named, only of who was erased."""
    person = CustomerFactory(first_name=MARK)
    Customer.objects.filter(pk=person.pk).update(first_name=f"{MARK}а")
    event = "customers_customerevent"
    refused = [
        f"UPDATE {event} SET first_name = ''",
        f"UPDATE {event} SET email = NULL",
        f"DELETE FROM {event}",
    ]
    assert [_is_refused(sql) for sql in refused] == [True, True, True]

    erase_at_once(customer_id=person.pk, source="staff", by=staff, reason="", now=timezone.now())

    assert _is_refused(f"UPDATE {event} SET first_name = 'Другой'")
    assert _is_refused(f"UPDATE {event} SET first_name = '', pgh_label = 'x'")
    assert _is_refused(f"UPDATE {event} SET manager_id = {staff.pk}")
    assert _is_refused(f"DELETE FROM {event}")
    assert not _is_refused(f"UPDATE {event} SET first_name = ''")


def test_the_ledger_lets_go_of_reasons_only(staff: User) -> None:
    person = CustomerFactory()
    adjust(customer_id=person.pk, amount=100, reason=MARK, by=staff, fact="manual:1", now=timezone.now())
    assert _is_refused("UPDATE points_entry SET reason = ''")

    erase_at_once(customer_id=person.pk, source="staff", by=staff, reason="", now=timezone.now())

    assert _is_refused("UPDATE points_entry SET reason = 'иначе'")
    assert _is_refused("UPDATE points_entry SET amount = 1, reason = ''")
    assert list(Entry.objects.order_by("pk").values_list("kind", "amount", "reason")) == [
        ("adjust", 100, ""),
        ("expire", -100, "by:erasure"),
    ]
    assert list(Lot.objects.values_list("remaining", flat=True)) == [0]


@pytest.mark.parametrize("forgets", HISTORY, ids=lambda forgets: forgets.table)
def test_every_door_names_columns_that_are_there(forgets: Any) -> None:
    with connection.cursor() as cursor:
        names = {column.name for column in connection.introspection.get_table_description(cursor, forgets.table)}
    assert set(forgets.blanks) <= names


def test_the_doctor_sees_what_came_back(staff: User) -> None:
    person = CustomerFactory()
    erase_at_once(customer_id=person.pk, source="staff", by=staff, reason="", now=timezone.now())
    assert broken() == set()

    CustomerNote.objects.create(customer=person, text=MARK, author=staff, written_at=timezone.now())
    ErasedCustomer.objects.create(customer_key=10**6, public_id=a_public_id(), erased_at=timezone.now())

    assert broken() == {"erased_has_no_personal_data", "erased_are_listed"}


def a_public_id() -> Any:
    return CustomerFactory().public_id


def _is_refused(sql: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    except DatabaseError:
        return True
    return False
