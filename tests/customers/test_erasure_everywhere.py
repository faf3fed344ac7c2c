"""Proof that a person is gone: marked everywhere through the shop's own edges, forgotten, looked for everywhere."""

import logging
from decimal import Decimal
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer, ErasedCustomer, Tag, User
from customers.services import (
    merge_customers,
    request_erasure,
    tag_customer,
    write_note,
)
from customers.tasks import forget_customers
from loyalty_site.doctor import examined, invariants
from orders.models import Order
from orders.services import Contact
from orders.services.acquiring import SUCCEEDED, open_payment, receive_event
from points.models import Entry, PendingAdjustment
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
