"""Who brought whom under a crowd (R-2), and rewards while orders are paid, given back and paid out for (R-3, R-4).

Each experiment ends with a clean bill of health and without a deadlock. The controls, with the guards off, make rings
and bring people twice.
"""

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from functools import partial
from importlib import import_module

import pytest
from django.db import connection
from django.utils import timezone

from customers.models import Customer
from customers.rules import Brought
from customers.services import register_customer
from loyalty_site.doctor import examined, invariants
from loyalty_site.kernel.transactions import in_transaction
from orders.models import Order
from orders.queries import QuoteRequest
from orders.services import Contact, pay_order, place_order, refund_order
from referrals.models import Referral, Reward
from referrals.queries import Inviter, link_key, link_of
from referrals.rules import code_of
from referrals.services import attribute as attribute_service
from referrals.services import pay_due
from tests.factories import CustomerFactory, ProductFactory, ProgrammeFactory
from tests.races.crowd import crowd, dawdle
from tests.races.points_business import deadlocks
from tests.races.test_order_points import insisting
from tests.races.test_points import run

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

WORKERS = 16
NOW = timezone.now()
LINKS, PEOPLE = 10_000, 1_500


@pytest.fixture(autouse=True)
def _healthy(request: pytest.FixtureRequest) -> Iterator[None]:
    before = deadlocks()
    yield
    assert deadlocks() == before
    if "control" not in request.node.name:
        assert {item.code: found.offenders for item, found in examined(invariants()) if found} == {}


def bring(newcomer: Customer, code: str) -> str:
    """“brought”, “refused” quietly, or “IntegrityError” for who was brought before."""
    brought = Brought(code=code)
    found = in_transaction(lambda: attribute_service(customer=newcomer, brought=brought, now=NOW))
    return "brought" if found else "refused"


def referrers() -> Mapping[int, list[int]]:
    """By newcomer, those who brought him."""
    found: dict[int, list[int]] = {}
    for newcomer, referrer in Referral.objects.order_by("pk").values_list("newcomer", "referrer"):
        found.setdefault(newcomer, []).append(referrer)
    return found


def rings(above: Mapping[int, list[int]]) -> set[int]:
    """Who comes back to himself on the way up."""
    caught = set()
    for start in above:
        seen, way = set(), [start]
        while way:
            upper = [referrer for key in way for referrer in above.get(key, ()) if referrer not in seen]
            seen.update(upper)
            way = upper
        if start in seen:
            caught.add(start)
    return caught


def test_10_000_random_links_leave_no_ring_and_one_referrer_each() -> None:
    people = Customer.objects.bulk_create(
        Customer(external_id=f"person-{number}", registered_at=NOW) for number in range(PEOPLE)
    )
    key, chance = link_key(), random.Random(4)
    pairs = [(chance.choice(people), chance.choice(people)) for _link in range(LINKS)]

    answers = crowd(
        lambda number: bring(pairs[number][0], code_of(pairs[number][1].pk, key=key)), LINKS, workers=WORKERS
    )

    wanted: dict[int, set[int]] = {}
    for newcomer, referrer in pairs:
        if referrer.pk < newcomer.pk:
            wanted.setdefault(newcomer.pk, set()).add(referrer.pk)
    found = referrers()
    assert answers["brought"] == len(found) == len(wanted)
    assert answers["refused"] == sum(referrer.pk >= newcomer.pk for newcomer, referrer in pairs)
    assert set(answers) == {"brought", "refused", "IntegrityError"}
    assert {len(several) for several in found.values()} == {1}
    assert {key for key, several in found.items() if several[0] not in wanted[key]} == set()
    assert rings(found) == set()


def test_one_person_registering_by_many_links_at_once_is_brought_once() -> None:
    codes = [link_of(CustomerFactory.create().pk).code for _number in range(WORKERS)]

    def register(number: int) -> str:
        way = Brought(code=codes[number % WORKERS])
        work = partial(register_customer, email="friend@shop.test", now=NOW, source="site", brought=way)
        return insisting(lambda: in_transaction(work))

    answers = crowd(register, 4 * WORKERS, workers=WORKERS)

    assert answers == Counter(done=1, email_taken=4 * WORKERS - 1)
    assert len(referrers()) == 1


@pytest.fixture
def _without_guards(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No constraint stands behind, and a ring is looked for before the referral is written, as one might do it."""
    names = guards()
    run(*(f'ALTER TABLE referrals_referral DROP CONSTRAINT "{name}"' for name, _definition in names))
    monkeypatch.setattr(import_module("referrals.services.attribute"), "_may_bring", looks_safe)
    yield
    run(
        "TRUNCATE referrals_referral CASCADE",
        *(f'ALTER TABLE referrals_referral ADD CONSTRAINT "{name}" {definition}' for name, definition in names),
    )


def guards() -> list[tuple[str, str]]:
    """Who brings came first, and a newcomer is brought once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = 'referrals_referral'::regclass"
            " AND (contype = 'u' OR conname = 'referrals_referrer_came_first')"
        )
        return list(cursor.fetchall())


def looks_safe(found: Inviter, customer: Customer) -> bool:
    """Both look at the same moment: the slow step is longer than a fork takes to come to it."""
    above = referrers()
    way, is_safe = [found.customer_id], customer.pk not in above
    while way and is_safe:
        is_safe = customer.pk not in way
        way = [referrer for key in way for referrer in above.get(key or 0, ())]
    dawdle(0.5)
    return is_safe


@pytest.mark.usefixtures("_without_guards")
def test_control_without_the_constraints_two_bring_one_another() -> None:
    pairs = [CustomerFactory.create_batch(2) for _pair in range(4)]
    codes = {person.pk: link_of(person.pk).code for pair in pairs for person in pair}

    def attempt(number: int) -> str:
        one, other = pairs[number // 2][number % 2], pairs[number // 2][1 - number % 2]
        return bring(one, codes[other.pk])

    answers = crowd(attempt, 8, workers=2)

    assert answers["brought"] > 4
    assert rings(referrers()) != set()


@pytest.mark.usefixtures("_without_guards")
def test_control_without_the_constraints_one_is_brought_twice() -> None:
    codes = [link_of(CustomerFactory.create().pk).code for _number in range(2)]
    # Without contacts: two who note the same mailbox would wait for one another.
    newcomers = [CustomerFactory.create(email=None, external_id=f"newcomer-{number}") for number in range(4)]

    crowd(lambda number: bring(newcomers[number // 2], codes[number % 2]), 8, workers=2)

    assert max(len(several) for several in referrers().values()) > 1


def place(customer: Customer) -> Order:
    request = QuoteRequest("site", (("SHIRT", 2), ("HAT", 1)), customer_id=customer.pk)
    return in_transaction(lambda: place_order(request=request, contact=Contact(), now=NOW))


def pay(order: Order) -> str:
    paid = {"amount": order.total, "provider": "test", "payment_id": f"P-{order.number}", "now": NOW}
    return insisting(lambda: in_transaction(lambda: pay_order(number=order.number, **paid)))


def refund(order: Order, lines: list[tuple[str, int]] | None) -> str:
    given = {"number": order.number, "lines": lines, "reason": "", "now": NOW}
    return insisting(lambda: in_transaction(lambda: refund_order(**given)))


def pay_out() -> str:
    insisting(lambda: in_transaction(lambda: pay_due(now=NOW, limit=10)))
    return "done"


@pytest.mark.parametrize("kind", ["points", "fixed_code"])
def test_orders_paid_and_given_back_while_the_worker_pays(kind: str) -> None:
    """Chains of friends, so that who earns for one order buys, gives back and is given points for another himself."""
    ProgrammeFactory.create(
        referral_hold_days=0,
        referrer_reward_kind=kind,
        referee_reward=100,
        referee_reward_at="first_order",
        referral_month_limit=1000,
        referral_day_limit=1000,
        referral_burst_count=1000,
    )
    ProductFactory.create(sku="SHIRT", price=Decimal("333.33"))
    ProductFactory.create(sku="HAT", price=Decimal("10.01"))
    people = [CustomerFactory.create(registered_at=NOW - timedelta(days=1))]
    for _number in range(23):
        newcomer = CustomerFactory.create(registered_at=NOW - timedelta(hours=1))
        assert bring(newcomer, link_of(people[len(people) // 2].pk).code) == "brought"
        people.append(newcomer)
    orders = [place(person) for person in people for _twice in range(2)]
    steps = ["pay", "out", "part", "pay", "rest", "part", "out", "rest"]

    def attempt(number: int) -> str:
        order, step = orders[number * 7 % len(orders)], steps[number // len(orders)]
        if step == "out":
            return pay_out()
        if step == "pay":
            return pay(order)
        # Every third order is kept whole.
        return refund(order, [("SHIRT", 1)] if step == "part" or order.pk % 3 == 0 else None)

    answers = crowd(attempt, len(orders) * len(steps), workers=WORKERS)

    assert set(answers) <= {"done", "wrong_state", "invalid"}
    while in_transaction(lambda: pay_due(now=NOW)).paid:
        pass
    states = Counter(Reward.objects.values_list("status", flat=True))
    assert (states["pending"], states["held"]) == (0, 0)
    assert states["paid"] + states["taken_back"] > 0
    for order in Order.objects.filter(status__in=["paid", "partially_refunded"]):
        assert refund(order, None) == "done"
    left = Reward.objects.exclude(status__in=["cancelled", "taken_back"])
    assert not left.exists()
