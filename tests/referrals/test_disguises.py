"""People who bring themselves in disguise get nothing, honest ones who look alike are paid or looked at (R-5).

Registrations, changes of contacts, orders and payments go over the HTTP API and the site's sign-up; orders with a
delivery address, which only the site's checkout takes, through the services that it calls.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
import time_machine
from django.test import Client

from customers.models import Customer
from loyalty_site.kernel.transactions import in_transaction
from orders.queries import QuoteRequest
from orders.services import Contact, pay_order, place_order
from referrals.models import Referral, Review, Reward, Trait
from referrals.queries import link_of
from referrals.rules import AmbassadorTerms
from referrals.services import put_ambassador
from referrals.tasks import check_referrals, pay_referrals
from tests.api.conftest import Api, new_key
from tests.factories import NOW, CustomerFactory, ProductFactory, ProgrammeFactory
from tests.referrals.visiting import OPENED, PASSWORD, forget_limits

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
HOME = "г. Тула, ул. Зелёная, д. 5, кв. 12"
NUMBERS = count(1)


@dataclass
class Shop:
    """What people do in the shop, one minute after another."""

    api: Api
    clock: Any

    def register(self, email: str = "", *, by: Customer | None = None, **given: str) -> Customer:
        self.clock.shift(60)
        body = {"email": email or f"buyer{next(NUMBERS)}@shop.test", **given}
        if by is not None:
            body["referral_code"] = link_of(by.pk).code
        answer = self.api.post("customers", body)
        assert answer.status_code == 201, answer.content
        return Customer.objects.get(public_id=answer.json()["id"])

    def buy(self, customer: Customer | None, *, payer: str = "", device: str = "") -> str:
        """The number of the paid order; without a customer a guest's."""
        self.clock.shift(60)
        number = next(NUMBERS)
        body = {"channel": "site", "lines": [{"sku": "SHIRT-1", "quantity": 1}], "device": device}
        body |= {"customer": str(customer.public_id)} if customer else {}
        order = self.api.post("orders", body, key=f"o-{number}").json()
        paid = {"amount": order["total"], "payment_id": f"p-{number}", "payer": payer or f"card-{number}"}
        assert self.api.post(f"orders/{order['number']}/pay", paid, key=f"p-{number}").status_code == 200
        return str(order["number"])

    def order_to(self, customer: Customer | None, address: str = "", *, email: str = "", phone: str = "") -> None:
        """At the checkout, with a delivery address and contacts, each with a card of its own."""
        self.clock.shift(60)
        number, now = next(NUMBERS), NOW + timedelta(hours=1)
        request = QuoteRequest("site", (("SHIRT-1", 1),), customer_id=customer.pk if customer else None)
        contact = Contact(name="Buyer", email=email, phone=phone, address=address)
        order = in_transaction(lambda: place_order(request=request, contact=contact, now=now, device=f"web-{number}"))
        paid: dict[str, Any] = {"amount": order.total, "provider": "test", "payment_id": f"s-{number}"}
        in_transaction(lambda: pay_order(number=order.number, payer=f"card-{number}", now=now, **paid))

    def change(self, customer: Customer, **given: str) -> None:
        self.clock.shift(60)
        assert self.api.call("PATCH", f"customers/{customer.public_id}", given).status_code == 200

    def sign_up(self, by: Customer, *, network: str) -> Customer:
        """In a fresh browser, by the link, from this address."""
        self.clock.shift(60)
        client, email = Client(REMOTE_ADDR=network), f"buyer{next(NUMBERS)}@shop.test"
        client.get(f"/r/{link_of(by.pk).code}", headers=OPENED)
        shown = client.get("/accounts/signup/").context["form"]["friend_code"].value() or ""
        forget_limits()
        answer = client.post(
            "/accounts/signup/", {"email": email, "password1": PASSWORD, "friend_code": shown}, REMOTE_ADDR=network
        )
        assert answer.status_code == 302, answer.content
        return Customer.objects.get(email=email)


@pytest.fixture
def shop(settings: Any) -> Iterator[Shop]:
    settings.API_REQUESTS_PER_SECOND = settings.API_REQUESTS_BURST = 10_000
    forget_limits()
    ProgrammeFactory.create()
    ProductFactory.create(sku="SHIRT-1", price=Decimal("1500.00"))
    with time_machine.travel(NOW, tick=False) as clock:
        yield Shop(Api(new_key()), clock)


def plus_tag(shop: Shop) -> Customer:
    shop.buy(newcomer := shop.register("buyer+new@mail.ru", by=shop.register("buyer@mail.ru")))
    return newcomer


def dots_of_gmail(shop: Shop) -> Customer:
    shop.buy(newcomer := shop.register("b.u.y.e.r@googlemail.com", by=shop.register("buyer@gmail.com")))
    return newcomer


def alias_of_yandex(shop: Shop) -> Customer:
    shop.buy(newcomer := shop.register("good-buyer@ya.ru", by=shop.register("good.buyer@yandex.ru")))
    return newcomer


def mailbox_changed_afterwards(shop: Shop) -> Customer:
    referrer = shop.register("buyer@mail.ru")
    newcomer = shop.register(by=referrer)
    shop.change(newcomer, email="buyer+1@mail.ru")
    shop.buy(newcomer)
    return newcomer


def phone_in_another_spelling(shop: Shop) -> Customer:
    newcomer = shop.register(by=shop.register(phone="+79123456789"))
    shop.order_to(newcomer, phone="8 (912) 345-67-89")
    return newcomer


def phone_given_up_before(shop: Shop) -> Customer:
    referrer = shop.register(phone="+79123456789")
    shop.change(referrer, phone="+79123456780")
    shop.buy(newcomer := shop.register(by=referrer, phone="8 912 345 67 89"))
    return newcomer


def one_device(shop: Shop) -> Customer:
    shop.buy(newcomer := shop.register(by=shop.register(device="phone-1"), device="phone-1"))
    return newcomer


def one_card(shop: Shop) -> Customer:
    shop.buy(referrer := shop.register(), payer="bank:1")
    shop.buy(newcomer := shop.register(by=referrer), payer="bank:1")
    return newcomer


def one_device_with_many_empty_accounts(shop: Shop) -> Customer:
    """Opened before and after on the same device, so that it looks like one of many strangers."""
    shop.buy(referrer := shop.register(), device="phone-1")
    many = CustomerFactory.create_batch(12, registered_at=NOW)
    shop.buy(newcomer := shop.register(by=referrer), device="phone-1")
    device = Trait.objects.filter(customer=newcomer, kind="device").get()
    later = CustomerFactory.create_batch(100, registered_at=NOW + DAY)
    Trait.objects.bulk_create(
        Trait(customer=one, kind="device", value=device.value, seen_at=NOW) for one in [*many, *later]
    )
    return newcomer


def partner_with_his_own_mailbox(shop: Shop) -> Customer:
    """A partner without an account registers by his own code."""
    terms = AmbassadorTerms("Partner", "percent", Decimal(10), "money", email="Partner+ads@gmail.com", code="PARTNER10")
    in_transaction(lambda: put_ambassador(ambassador_id=None, values=terms, by=None, now=NOW))
    shop.buy(newcomer := shop.register("p.artner@gmail.com", referral_code="PARTNER10"))
    return newcomer


def one_door(shop: Shop) -> Customer:
    shop.order_to(referrer := shop.register(), HOME)
    shop.order_to(newcomer := shop.register(by=referrer), "ТУЛА, зеленая улица 5-12")
    return newcomer


def one_door_in_latin(shop: Shop) -> Customer:
    shop.order_to(referrer := shop.register(), HOME)
    shop.order_to(newcomer := shop.register(by=referrer), "Tula, ul. Zelenaya, d. 5, kv. 12")
    return newcomer


def known_customer(shop: Shop) -> Customer:
    shop.register("buyer@mail.ru")
    shop.buy(newcomer := shop.register("buyer+2@mail.ru", by=shop.register()))
    return newcomer


def guest_who_has_bought(shop: Shop) -> Customer:
    shop.buy(None, payer="bank:1")
    shop.buy(newcomer := shop.register(by=shop.register()), payer="bank:1")
    return newcomer


def guest_with_the_mailbox(shop: Shop) -> Customer:
    shop.order_to(None, email="buyer@gmail.com")
    shop.clock.shift(2 * 3600)
    shop.buy(newcomer := shop.register("bu.yer@gmail.com", by=shop.register()))
    return newcomer


def ring_over_a_third(shop: Shop) -> Customer:
    shop.buy(first := shop.register(), payer="bank:1")
    second = shop.register(by=first)
    shop.buy(newcomer := shop.register(by=second), payer="bank:1")
    return newcomer


def two_friends_with_one_card(shop: Shop) -> Customer:
    referrer = shop.register()
    shop.buy(shop.register(by=referrer), payer="bank:1")
    shop.buy(newcomer := shop.register(by=referrer), payer="bank:1")
    return newcomer


def farm_in_one_network(shop: Shop) -> Customer:
    referrer = shop.register()
    farm = [shop.sign_up(referrer, network=f"203.0.113.{number + 1}") for number in range(5)]
    shop.buy(farm[2])
    return farm[2]


def farm_of_many_referrers(shop: Shop) -> Customer:
    farm = [shop.sign_up(shop.register(), network=f"203.0.113.{number + 1}") for number in range(5)]
    shop.buy(farm[0])
    return farm[0]


def friends_who_give_all_back(shop: Shop) -> Customer:
    referrer = shop.register()
    numbers = [shop.buy(shop.register(by=referrer)) for _number in range(2)]
    shop.clock.shift(15 * DAY)
    pay_referrals()
    for number in numbers:
        refunded = shop.api.post(f"orders/{number}/refund", {"reason": "size"}, key=f"r-{number}")
        assert refunded.status_code == 200, refunded.content
    shop.buy(newcomer := shop.register(by=referrer))
    return newcomer


def eleventh_friend_of_the_day(shop: Shop) -> Customer:
    referrer = shop.register()
    friends = [shop.register(by=referrer) for _number in range(11)]
    for friend in friends:
        shop.buy(friend)
    return friends[-1]


DISGUISES: dict[Callable[[Shop], Customer], tuple[str, list[str]]] = {
    plus_tag: ("rejected", ["self_email"]),
    dots_of_gmail: ("rejected", ["self_email"]),
    alias_of_yandex: ("rejected", ["self_email"]),
    mailbox_changed_afterwards: ("rejected", ["self_email"]),
    phone_in_another_spelling: ("rejected", ["self_phone"]),
    phone_given_up_before: ("rejected", ["self_phone"]),
    one_device: ("held", ["self_device"]),
    one_device_with_many_empty_accounts: ("rejected", ["self_device", "known_device"]),
    partner_with_his_own_mailbox: ("rejected", ["self_email"]),
    one_card: ("rejected", ["self_payer"]),
    one_door: ("held", ["self_address"]),
    one_door_in_latin: ("held", ["self_address"]),
    known_customer: ("rejected", ["known_email"]),
    guest_who_has_bought: ("rejected", ["guest_payer"]),
    guest_with_the_mailbox: ("rejected", ["guest_email"]),
    ring_over_a_third: ("rejected", ["chain_payer"]),
    two_friends_with_one_card: ("rejected", ["sibling_payer"]),
    farm_in_one_network: ("held", ["burst", "sibling_network"]),
    farm_of_many_referrers: ("held", ["burst_anywhere"]),
    friends_who_give_all_back: ("held", ["rewards_taken_back"]),
    eleventh_friend_of_the_day: ("held", ["day_limit"]),
}


@pytest.mark.parametrize("disguise", DISGUISES, ids=lambda disguise: disguise.__name__)
def test_disguise_is_refused_or_held_and_never_paid(disguise: Callable[[Shop], Customer], shop: Shop) -> None:
    newcomer = disguise(shop)
    check_referrals()
    review = Review.objects.get(referral__newcomer=newcomer)
    found = (statuses(newcomer), [reason["key"] for reason in review.reasons])
    status, reasons = DISGUISES[disguise]
    assert found == ([status], reasons)
    shop.clock.shift(20 * DAY)
    pay_referrals()
    assert statuses(newcomer) == [status]


def friend_in_the_same_office(shop: Shop) -> Customer:
    referrer = shop.sign_up(shop.register(), network="203.0.113.1")
    shop.buy(newcomer := shop.sign_up(referrer, network="203.0.113.2"))
    return newcomer


def friends_at_a_parcel_point(shop: Shop) -> Customer:
    for _number in range(12):
        shop.order_to(shop.register(), "Тула, ул. Мира, д. 1, пункт выдачи")
    shop.order_to(referrer := shop.register(), "Тула, ул. Мира, д. 1, пункт выдачи")
    shop.order_to(newcomer := shop.register(by=referrer), "Тула, ул. Мира, д. 1, пункт выдачи")
    return newcomer


def neighbour_in_the_next_flat(shop: Shop) -> Customer:
    shop.order_to(referrer := shop.register(), HOME)
    shop.order_to(newcomer := shop.register(by=referrer), HOME.replace("12", "13"))
    return newcomer


def guest_order_after_the_visit(shop: Shop) -> Customer:
    """A friend who registers, then buys once without signing in, with his card."""
    newcomer = shop.register(by=shop.register())
    shop.buy(None, payer="bank:1")
    shop.buy(newcomer, payer="bank:1")
    return newcomer


def family_with_cards_of_their_own(shop: Shop) -> Customer:
    shop.order_to(referrer := shop.register(), HOME)
    shop.order_to(newcomer := shop.register(by=referrer), HOME)
    return newcomer


@pytest.mark.parametrize(
    "story",
    [
        friend_in_the_same_office,
        friends_at_a_parcel_point,
        neighbour_in_the_next_flat,
        guest_order_after_the_visit,
    ],
    ids=lambda story: story.__name__,
)
def test_honest_friend_is_paid(story: Callable[[Shop], Customer], shop: Shop) -> None:
    newcomer = story(shop)
    check_referrals()
    shop.clock.shift(20 * DAY)
    pay_referrals()
    assert (statuses(newcomer), Review.objects.filter(referral__newcomer=newcomer).count()) == (["paid"], 0)


def test_family_at_one_door_is_looked_at_and_paid_when_approved(shop: Shop) -> None:
    newcomer = family_with_cards_of_their_own(shop)
    check_referrals()
    assert statuses(newcomer) == ["held"]


def test_reasons_are_never_told_to_the_customers(shop: Shop) -> None:
    newcomer = one_door(shop)
    check_referrals()
    referrer = Referral.objects.get(newcomer=newcomer).referrer
    for customer in (newcomer, referrer):
        document = shop.api.get(f"customers/{customer.public_id}").content.decode()
        friends = shop.api.get(f"customers/{customer.public_id}/referrals").content.decode()
        assert "self_address" not in document + friends
        assert "delivery address" not in document + friends


def statuses(newcomer: Customer) -> list[str]:
    """Of the referrer's rewards for this newcomer."""
    rewards = Reward.objects.filter(referral__newcomer=newcomer, role="referrer")
    return list(rewards.order_by("pk").values_list("status", flat=True))
