"""RFM of made-up odd shops against the definition said in plain Python (CU-7): ties, nothing paid, refunds of every
sort, moments at midnight and at the window's edge, imports, merges, forgotten customers, nights in between."""

import math
import random
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from customers.models import Customer, Programme, Purchase, Rfm, RfmMove, RfmRun, StaleCustomer
from customers.rules.rfm import MAP
from customers.services import erase_customer, refresh_rfm_of
from loyalty_site.kernel.transactions import in_transaction
from tests.customers.merging import merged
from tests.customers.rfm_rows import day
from tests.customers.test_rfm import buy, give_back
from tests.customers.test_rfm_invariants import offenders
from tests.customers.test_rfm_night import night
from tests.factories import CustomerFactory, PurchaseFactory

pytestmark = pytest.mark.django_db
WINDOW, PEOPLE = 90, 24
# Noon in Moscow is `day(n)`: these are the last second of a day there, the first of the next, and another noon.
HOURS = (11 / 24 + 3599 / 86400, 12 / 24, 0)
AMOUNTS = (Decimal(0), Decimal("0.01"), Decimal(10), Decimal(10), Decimal("99.99"), Decimal(5000))
FIELDS = ("orders", "spent", "frequency", "monetary", "r", "f", "m", "segment", "is_vip")


@dataclass(frozen=True)
class Cuts:
    recency: Sequence[Any]
    frequency: Sequence[Any]
    monetary: Sequence[Any]
    vip_from: Decimal | None


def plain(now: datetime, cuts: Cuts | None = None) -> tuple[dict[int, tuple[Any, ...]], Cuts]:
    """(`FIELDS` by customer, cuts) as the definition has it; scored by `cuts` where they are given."""
    today = timezone.localdate(now)
    found: dict[int, dict[str, Any]] = {}
    for one in Purchase.objects.filter(customer__isnull=False):
        if one.is_returned or (one.goods_amount and one.refunded_amount == one.goods_amount):
            continue
        age = (today - timezone.localdate(one.paid_at)).days
        kept = one.goods_amount - one.refunded_amount
        his = found.setdefault(one.customer_id or 0, {"age": age, "orders": 0, "spent": 0, "n": 0, "sum": Decimal(0)})
        his["age"], his["orders"], his["spent"] = min(his["age"], age), his["orders"] + 1, his["spent"] + kept
        if age <= WINDOW:
            his["n"], his["sum"] = his["n"] + 1, his["sum"] + kept
    active = [his for his in found.values() if his["n"]]
    cuts = cuts or Cuts(*(_cuts([his[name] for his in active]) for name in ("age", "n", "sum")), _vip_from(active))
    return {key: _scored(his, cuts) for key, his in found.items()}, cuts


def _cuts(values: list[Any]) -> list[Any]:
    """The lowest value that a fifth, two fifths … do not lie above."""
    ordered = sorted(values)
    return [ordered[math.ceil(len(ordered) * share / 5) - 1] for share in range(1, 5)] if ordered else []


def _vip_from(active: list[dict[str, Any]]) -> Decimal | None:
    ordered = sorted((his["sum"] for his in active), reverse=True)
    return ordered[math.ceil(len(ordered) / 10) - 1] if ordered else None


def _scored(his: dict[str, Any], cuts: Cuts) -> tuple[Any, ...]:
    r, f, m = 1, 1, 1
    if his["n"]:
        r = 5 - bisect_left(cuts.recency, his["age"])
        f, m = 1 + bisect_left(cuts.frequency, his["n"]), 1 + bisect_left(cuts.monetary, his["sum"])
    is_vip = cuts.vip_from is not None and his["sum"] > 0 and his["sum"] >= cuts.vip_from
    return his["orders"], his["spent"], his["n"], his["sum"], r, f, m, MAP[r - 1][f - 1], is_vip


def reckoned() -> dict[int, tuple[Any, ...]]:
    return {row[0]: row[1:] for row in Rfm.objects.values_list("customer", *FIELDS)}


def lived(chance: random.Random, people: list[Customer], *, first: int, last: int, count: int) -> None:
    """Purchases on the days from `first` to `last`, some of them given back in part or whole, the same day or later."""
    for number, on in enumerate(sorted(chance.randint(first, last) + chance.choice(HOURS) for _ in range(count))):
        amount, ref = chance.choice(AMOUNTS), f"order:{first}-{number}"
        buyer = chance.choice([*people, None])
        buy(buyer, amount, ref=ref, on=on)
        match chance.randrange(5):
            case 0:
                give_back(ref, amount, whole=True, on=on)
            case 1 if amount > 1:
                give_back(ref, 1, on=on + 0.25)
            case 2 if amount > 1:
                give_back(ref, 1, on=on)
                give_back(ref, amount - 1, whole=True, on=on + 1)


def imported(chance: random.Random, people: list[Customer]) -> None:
    whom = chance.sample(people, 4)
    for customer in whom:
        paid_at = day(-chance.choice((WINDOW, WINDOW + 1, 3 * WINDOW)) + chance.choice(HOURS))
        PurchaseFactory(customer=customer, paid_at=paid_at, goods_amount=chance.choice(AMOUNTS), channel="import")
    keys = [customer.pk for customer in whom]
    in_transaction(lambda: refresh_rfm_of(customer_ids=keys, cause=RfmMove.Cause.IMPORT, now=day(-1)))


@pytest.mark.parametrize("seed", range(3))
def test_every_row_is_what_the_definition_says(seed: int) -> None:
    chance = random.Random(seed)
    Programme.objects.update_or_create(pk=1, defaults={"rfm_window_days": WINDOW, "rfm_vip_percent": 10})
    people = CustomerFactory.create_batch(PEOPLE)
    lived(chance, people[:-2], first=-3 * WINDOW, last=-5, count=60)
    night(-4)
    lived(chance, people, first=-3, last=-2, count=12)
    imported(chance, people)
    merged(people[0], people[1], now=day(-1))
    in_transaction(lambda: erase_customer(customer_id=people[2].pk, now=day(-1)))
    merged(people[4], people[3], now=day(-1))

    run = night(0.4)

    wanted, cuts = plain(day(0.4))
    assert Cuts(run.recency_cuts, run.frequency_cuts, run.monetary_cuts, run.vip_from) == cuts
    assert reckoned() == wanted
    assert not Rfm.objects.filter(customer__in=[people[1].pk, people[4].pk]).exists()

    # Who buys or gives back after the night is scored by its cuts, on his own day; all others stay as they were.
    living = [person for person in people[5:] if person.pk in wanted]
    lived(chance, living[:6], first=1, last=3, count=10)
    touched = set(Rfm.objects.filter(changed_at__gt=day(0.4)).values_list("customer", "changed_at"))
    now_there = reckoned()
    for key, changed_at in touched:
        assert now_there[key] == plain(changed_at, cuts)[0][key]
    kept = {key: row for key, row in wanted.items() if key not in {person.pk for person in living[:6]}}
    assert {key: now_there[key] for key in kept} == kept

    StaleCustomer.objects.all().delete()
    assert offenders() == set()
    assert RfmRun.objects.count() == 2


def test_a_window_ends_at_midnight_in_the_shop() -> None:
    """A purchase of the first second of the window's first day counts, one of the second before does not."""
    Programme.objects.update_or_create(pk=1, defaults={"rfm_window_days": WINDOW})
    inside, outside = CustomerFactory.create_batch(2)
    midnight = day(-WINDOW - 0.5)
    PurchaseFactory(customer=inside, paid_at=midnight, goods_amount=5)
    PurchaseFactory(customer=outside, paid_at=midnight - timedelta(microseconds=1), goods_amount=5)

    night(0.499)

    assert [timezone.localtime(midnight).hour, timezone.localtime(midnight).minute] == [0, 0]
    assert dict(Rfm.objects.values_list("customer", "frequency")) == {inside.pk: 1, outside.pk: 0}
    night(0.5)
    assert dict(Rfm.objects.values_list("customer", "frequency")) == {inside.pk: 0, outside.pk: 0}
