"""A customer's ledger in few words: what happens, on which day, and what it comes to."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from customers.models import Customer, Programme
from loyalty_site.kernel.transactions import in_transaction
from points import services
from points.models import Lot, Occasion, OccasionGift, PendingAdjustment, SegmentGrant
from points.queries import INVARIANTS, balance
from points.services import Posted
from tests.factories import NOW, ProgrammeFactory, SegmentFactory, SegmentMembershipFactory, UserFactory


def day(number: float) -> datetime:
    """`number` days after the tests' present."""
    return NOW + timedelta(days=number)


def earn(customer: Customer, amount: int, fact: str, **given: Any) -> Posted:
    """A lot that lives from day 0 to day 365, earned on day 0."""
    values = {"kind": "purchase", "available_from": day(0), "expires_at": day(365), "now": day(0)} | given
    return in_transaction(lambda: services.earn(customer_id=customer.pk, amount=amount, fact=fact, **values))


def spend(customer: Customer, amount: int, order_ref: str = "order:1", *, now: datetime = NOW) -> Posted:
    return in_transaction(lambda: services.spend(customer_id=customer.pk, amount=amount, order_ref=order_ref, now=now))


def give_back(order_ref: str, amount: int | None, fact: str, *, now: datetime = NOW) -> Posted:
    return in_transaction(lambda: services.return_spent(order_ref=order_ref, amount=amount, fact=fact, now=now))


def take_back(earn_fact: str, amount: int | None, fact: str, *, now: datetime = NOW) -> Posted:
    return in_transaction(lambda: services.take_back(earn_fact=earn_fact, amount=amount, fact=fact, now=now))


def adjust(customer: Customer, amount: int, fact: str = "manual:1", **given: Any) -> Any:
    values = {"reason": "a complaint", "by": None, "now": day(0)} | given
    return in_transaction(lambda: services.adjust(customer_id=customer.pk, amount=amount, fact=fact, **values))


def waiting_correction(customer: Customer, amount: int, fact: str = "manual:large", **given: Any) -> PendingAdjustment:
    """A correction above the programme's threshold, which becomes 500."""
    ProgrammeFactory.create()
    Programme.objects.update(second_person_points=500)
    asked: PendingAdjustment = adjust(customer, amount, fact, **given)
    return asked


def segment_grant(*, members: int = 1, **given: Any) -> SegmentGrant:
    """Asked for by somebody, 100 points to each member of a new segment; given values come first."""
    if "segment_id" not in given:
        segment = SegmentFactory.create()
        SegmentMembershipFactory.create_batch(members, segment=segment)
        given["segment_id"] = segment.pk
    by = given.pop("by", None) or UserFactory.create()
    values = {
        "amount": 100,
        "kind": "manual",
        "life_days": None,
        "reason": "A gift",
        "fact": "manual:grant",
        "now": NOW,
    }
    return in_transaction(lambda: services.ask_segment_grant(by=by, **values | given))


def gift(occasion: Occasion, customer: Customer) -> OccasionGift:
    """Of a day in June, as the worker gives it; the customer is somebody whom the occasion is for."""
    earn(customer, occasion.amount, f"occasion:{occasion.pk}:2026:customer:{customer.pk}", kind="birthday")
    lot = Lot.objects.latest("pk")
    return OccasionGift.objects.create(
        occasion=occasion, customer=customer, lot=lot, year=2026, day=NOW.date(), amount=lot.amount, given_at=NOW
    )


def expire(now: datetime) -> services.Expired:
    return in_transaction(lambda: services.expire_due(now=now))


def sums(customer: Customer, *, now: datetime = NOW) -> tuple[int, int, int]:
    """(available, pending, debt)."""
    found = balance(customer.pk, now=now)
    return found.available, found.pending, found.debt


def left(*facts: str) -> list[int]:
    """What is left in the lots of these facts."""
    remaining = dict(Lot.objects.values_list("fact", "remaining"))
    return [remaining[fact] for fact in facts]


def offenders() -> set[str]:
    """Codes of the invariants that do not hold."""
    found = set()
    for invariant in INVARIANTS:
        with connection.cursor() as cursor:
            cursor.execute(invariant.sql)
            if cursor.fetchone():
                found.add(invariant.code)
    return found


def untrue() -> set[str]:
    """Like `offenders`, but for what is measured with the database's clock: the tests' present is long ago."""
    return offenders() - {"points_expired_on_time"}
