"""Friends who came by links: in every state there is, an ambassador, a partner, and two for staff to look at.

Everything goes through the services that the shop itself uses, at moments in the past; each friend's story is one
transaction. The earliest lie before the first order of the trade, since ledgers are written in the order of time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

import customers.queries
from customers.models import Customer, User
from customers.rules import Brought
from customers.services import register_customer, update_programme
from loyalty_site.demo import catalogue
from loyalty_site.kernel.transactions import in_transaction, requires_transaction
from orders.models import Order
from orders.queries import QuoteRequest
from orders.services import Contact, complete_order, pay_order, place_order, refund_order
from referrals.models import Ambassador, Visit
from referrals.queries import inviter, link_of
from referrals.rules import AmbassadorTerms
from referrals.services import check_pending, note_traits, pay_due, put_ambassador, record_visit

WELCOME = {"referee_reward_kind": "fixed_code", "referee_reward": 300}
ME, AMBASSADOR, PARTNER = "customer@example.com", "customer2@example.com", "KOMOD2026"
# The first customer's own browser and card: a friend who has them too is looked at.
MY_DEVICE, MY_NETWORK, MY_CARD = "demo-device-0", "2001:db8:ffff::7", "demo-card-0"
# Family names of the friends: lists show the first letter of them.
LETTERS = "АБВГДЕЖЗИКЛМНОП"
CHUNK = 1_000


@dataclass(frozen=True)
class Friend:
    """`by`: an e-mail of who brought him or a partner's code; `days` ago he registered.

    `orders`: days ago, SKU, and how many days later it came back: None for never, 0 for after the reward was paid.
    """

    number: int
    by: str
    via: str
    days: int
    orders: tuple[tuple[int, str, int | None], ...] = ()
    device: str = ""
    network: str = ""
    payer: str = ""

    @property
    def email(self) -> str:
        return f"friend{self.number}@example.com"


EARLY = (
    Friend(1, AMBASSADOR, "vk", 150, ((148, "SHIRT-2", None), (101, "TOWEL-2", None))),
    Friend(2, AMBASSADOR, "telegram", 128, ((125, "CLEAN-1", None),)),
    Friend(3, PARTNER, "link", 140, ((139, "SHIRT-1", None),)),
    Friend(4, PARTNER, "link", 112, ((110, "TOWEL-2", None), (96, "SHIRT-2", None))),
)
# When the worker came by, between the early friends and the trade.
EARLY_PAYDAYS = (124, 105, 80)
LATE = (
    Friend(5, ME, "telegram", 44, ((42, "SHIRT-2", None),)),
    Friend(6, ME, "whatsapp", 36, ((35, "TOWEL-2", 0),)),
    Friend(7, ME, "link", 24, ((22, "SHIRT-1", 5),)),
    Friend(8, ME, "qr", 9, ((8, "TOWEL-2", None),)),
    Friend(9, ME, "vk", 6),
    Friend(10, ME, "link", 5, ((4, "CLEAN-1", None),), device=MY_DEVICE, network=MY_NETWORK),
    Friend(11, ME, "link", 3, ((2, "CLEAN-1", None),), payer=MY_CARD),
    Friend(12, "friend5@example.com", "telegram", 20, ((19, "SHIRT-2", None),)),
    Friend(13, AMBASSADOR, "vk", 28, ((27, "SHIRT-2", None), (5, "TOWEL-2", None))),
    Friend(14, PARTNER, "qr", 18, ((17, "SHIRT-1", None),)),
    Friend(15, PARTNER, "link", 2),
)
# Who opened a link and has not registered: whose, by what, how many days ago.
VISITS = ((ME, "telegram", 2), (ME, "vk", 1), (AMBASSADOR, "vk", 3), (AMBASSADOR, "vk", 1), (PARTNER, "qr", 1))


def add_early(*, by: User, now: datetime) -> None:
    """The programme's welcome, the ambassadors, and what happened before the trade."""
    in_transaction(partial(_promise, by=by, now=now))
    _add(EARLY, now)
    for days in EARLY_PAYDAYS:
        in_transaction(partial(pay_due, now=now - timedelta(days=days), limit=CHUNK))


def add_late(*, now: datetime) -> None:
    """What happened since, and a visit of the worker now."""
    me = Customer.objects.get(email=ME)
    seen = {"device": MY_DEVICE, "network": MY_NETWORK, "payer": MY_CARD}
    in_transaction(partial(note_traits, customer_id=me.pk, traits=seen, now=me.registered_at))
    _add(LATE, now)
    for number, (whose, via, days) in enumerate(VISITS):
        in_transaction(partial(_visit, whose, via, f"demo-visitor-{number}", now - timedelta(days=days)))
    in_transaction(partial(check_pending, now=now, limit=CHUNK))
    in_transaction(partial(pay_due, now=now, limit=CHUNK))
    for friend in LATE:
        if any(back == 0 for _days, _sku, back in friend.orders):
            in_transaction(partial(_give_back, friend, now))


@requires_transaction
def _promise(*, by: User, now: datetime) -> None:
    programme = customers.queries.programme()
    if programme._state.adding:
        update_programme(changes=WELCOME)
    if Ambassador.objects.exists():
        return
    born = now - timedelta(days=160)
    customer = Customer.objects.get(email=AMBASSADOR)
    own = AmbassadorTerms(
        name=customer.full_name,
        customer_id=customer.pk,
        code="DRUGKOMODA",
        rate_type="percent",
        rate=Decimal(10),
        paid_in="points",
        every_order=True,
        period_days=90,
    )
    partner = AmbassadorTerms(
        name="Журнал «Уютный дом»",
        code=PARTNER,
        rate_type="percent",
        rate=Decimal(5),
        paid_in="money",
        every_order=True,
        period_days=180,
        month_limit=200,
        note="Договор на год, сверка до 5-го числа",
    )
    for terms in (own, partner):
        put_ambassador(ambassador_id=None, values=terms, by=by, now=born)


def _add(friends: Sequence[Friend], now: datetime) -> None:
    """Those who are not there yet."""
    known = set(Customer.objects.filter(email__in=[friend.email for friend in friends]).values_list("email", flat=True))
    for friend in friends:
        if friend.email not in known:
            in_transaction(partial(_live, friend, now))


@requires_transaction
def _live(friend: Friend, now: datetime) -> None:
    """The whole story of one friend."""
    registered = now - timedelta(days=friend.days)
    device = friend.device or f"demo-device-{friend.number}"
    network = friend.network or f"2001:db8:{friend.number}::1"
    came = _came(friend.by, friend.via, device, network, registered - timedelta(hours=2))
    customer = register_customer(
        email=friend.email,
        first_name="Покупатель",
        last_name=LETTERS[friend.number - 1],
        consents=("programme", "email"),
        now=registered,
        source="demo",
        brought=came,
    )
    for part, (days, sku, back) in enumerate(friend.orders, start=1):
        at = now - timedelta(days=days)
        number = _buy(friend, customer, sku, at, f"friend-{friend.number}-{part}", device)
        if back:
            refund_order(number=number, reason="не подошёл размер", now=at + timedelta(days=back))


def _came(whose: str, via: str, device: str, network: str, at: datetime) -> Brought:
    visit = _visit(whose, via, device, at, network)
    return Brought(code=visit.code, via=via, visit=visit.token, device=device, network=network)


def _buy(friend: Friend, customer: Customer, sku: str, at: datetime, key: str, device: str) -> str:
    request = QuoteRequest(
        channel="site",
        lines=((sku, 2),),
        customer_id=customer.pk,
        delivery_method="courier",
        delivery_price=catalogue.delivery_price("courier"),
    )
    contact = Contact(
        name=customer.full_name, email=friend.email, address=f"Москва, улица Примерная, дом {friend.number}"
    )
    order = place_order(request=request, contact=contact, now=at, external_number=key, device=device)
    pay_order(
        number=order.number,
        amount=order.total,
        provider="demo",
        payment_id=key,
        payer=friend.payer or f"demo-card-{friend.number}",
        now=at + timedelta(minutes=5),
    )
    complete_order(number=order.number, now=at + timedelta(hours=1))
    return order.number


@requires_transaction
def _give_back(friend: Friend, now: datetime) -> None:
    """Once: an order that went back stays back."""
    order = Order.objects.filter(external_number=f"friend-{friend.number}-1").first()
    if order is not None and order.status != Order.Status.REFUNDED:
        refund_order(number=order.number, reason="не подошёл цвет", now=now)


def _visit(whose: str, via: str, device: str, at: datetime, network: str = "2001:db8:eeee::1") -> Visit:
    code = whose if "@" not in whose else link_of(Customer.objects.get(email=whose).pk).code
    found = inviter(code)
    if found is None:
        raise LookupError(code)
    return record_visit(inviter=found, via=via, device=device, network=network, now=at)
