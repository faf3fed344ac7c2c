"""Payouts under a crowd, under refunds and under kill -9: each reward is paid once or not at all (R-4).

Each experiment ends with a clean bill of health. The control, with the guards off, pays as often as there are workers.
"""

import multiprocessing
import os
import signal
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connections
from django.utils import timezone

from loyalty_site.doctor import examined, invariants
from loyalty_site.kernel.transactions import in_transaction
from notifications.models import OutboxMessage
from points.models import Lot
from points.services import earn
from promocodes.models import PromoCode
from referrals.models import Referral, Reward
from referrals.services import pay_due, pay_rewards, payout, undo_rewards
from tests.factories import CustomerFactory, ReferralFactory, RewardFactory
from tests.races.crowd import crowd, dawdle
from tests.races.points_business import deadlocks

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

NOW = timezone.now()
DAY = timedelta(days=1)
# Not of an order of the shop: the doctor would look for it.
EARNED_BY = "race:{}"


@pytest.fixture(autouse=True)
def _healthy(request: pytest.FixtureRequest) -> Iterator[None]:
    before = deadlocks()
    yield
    assert deadlocks() == before
    if "control" not in request.node.name:
        assert {item.code: found.offenders for item, found in examined(invariants()) if found} == {}


def due_rewards(count: int, *, referrers: int = 5) -> list[Reward]:
    """Points to a few referrers, by `count` friends; every third friend gets a promo code besides."""
    inviting = [CustomerFactory.create(registered_at=NOW - 30 * DAY) for _ in range(referrers)]
    rewards = []
    for number in range(count):
        when = {"qualified_at": NOW - 15 * DAY, "due_at": NOW - DAY / 2, "order_ref": EARNED_BY.format(number)}
        referral = ReferralFactory.create(referrer=inviting[number % referrers], registered_at=NOW - 20 * DAY)
        rewards.append(RewardFactory.create(referral=referral, **when))
        if number % 3 == 0:
            rewards.append(
                RewardFactory.create(referral=referral, role="newcomer", kind="fixed_code", amount=Decimal(500), **when)
            )
    return rewards


def paid_out() -> tuple[int, int, int]:
    """(rewards that are paid, lots and promo codes that exist, messages)."""
    given = Lot.objects.filter(kind="referral").count() + PromoCode.objects.count()
    return Reward.objects.filter(status="paid").count(), given, OutboxMessage.objects.count()


def test_50_workers_on_one_payout_pay_once() -> None:
    (reward, code) = due_rewards(1)
    keys = [reward.pk, code.pk]

    def attempt(number: int) -> str:
        if number % 2:
            return str(in_transaction(lambda: pay_due(now=NOW)).paid)
        return str(in_transaction(lambda: pay_rewards(reward_ids=keys, now=NOW)))

    answers = crowd(attempt, 100, workers=50)

    assert answers == Counter({"2": 1, "0": 99})
    assert paid_out() == (2, 2, 2)


def test_a_refund_meets_the_payout_before_or_after_it() -> None:
    """8 workers pay in small chunks while 8 refund every fourth order; nobody has so many that it looks suspicious."""
    rewards, refunded = due_rewards(240, referrers=240), range(0, 240, 4)
    buyers = dict(Referral.objects.values_list("rewards__order_ref", "newcomer"))

    def attempt(number: int) -> str:
        if number % 2 == 0:
            ref = EARNED_BY.format(refunded[number // 2])
            work = {"order_ref": ref, "buyer_id": buyers[ref], "kept_share": Fraction(0), "now": NOW}
            in_transaction(lambda: undo_rewards(**work))
            return "refunded"
        in_transaction(lambda: pay_due(now=NOW, limit=10))
        return "paid a chunk"

    answers = crowd(attempt, 2 * len(refunded), workers=16)
    finish()

    assert answers == Counter({"refunded": 60, "paid a chunk": 60})
    undone = {EARNED_BY.format(number) for number in refunded}
    for reward in Reward.objects.all():
        assert (reward.status in {"cancelled", "taken_back"}) == (reward.order_ref in undone), reward
    assert Reward.objects.filter(status="paid").count() == len([one for one in rewards if one.order_ref not in undone])
    paid = Reward.objects.filter(status__in=["paid", "taken_back"], kind="points")
    assert set(Lot.objects.values_list("fact", flat=True)) == {reward.fact for reward in paid}


STATIONS = ("_give_points", "_give_codes", "_tell")


def killed(station: str, chunk: int) -> None:
    """A worker that dies by kill -9 in its `chunk`th chunk, once `station` is done."""
    original, calls = getattr(payout, station), iter(range(100))

    def deadly(*given: object) -> None:
        original(*given)
        if next(calls) == chunk:
            os.kill(os.getpid(), signal.SIGKILL)

    setattr(payout, station, deadly)
    while in_transaction(lambda: pay_due(now=NOW, limit=15)).left:
        pass


def test_kill_9_in_mid_payout_loses_nothing_and_doubles_nothing() -> None:
    rewards = due_rewards(150)
    context = multiprocessing.get_context("fork")
    deaths = []
    for chunk in range(4):
        for station in STATIONS:
            connections.close_all()
            worker = context.Process(target=killed, args=(station, chunk))
            worker.start()
            worker.join()
            deaths.append(worker.exitcode)
            finished, given, told = paid_out()
            assert finished == given == told, (station, chunk)

    assert deaths[:6] == [-signal.SIGKILL] * 6
    finish()
    assert paid_out() == (len(rewards),) * 3


def finish() -> None:
    """All that is left, once the locks of the dead are gone."""
    for _again in range(200):
        in_transaction(lambda: pay_due(now=NOW))
        if not Reward.objects.filter(status="pending").exists():
            return
        dawdle()
    raise AssertionError("something is never paid")


def test_control_without_guards_everybody_pays() -> None:
    """Read, check, save: no lock on the row, no fact that stands for the reward."""
    (reward, _code), workers = due_rewards(1), 8
    all_have_read = multiprocessing.get_context("fork").Barrier(workers)

    def attempt(number: int) -> str:
        if Reward.objects.get(pk=reward.pk).status != "pending":
            return "late"
        all_have_read.wait()
        in_transaction(lambda: naive(number))
        return "paid"

    def naive(number: int) -> None:
        fact, dates = f"scratch:{number}", {"available_from": NOW, "expires_at": NOW + 30 * DAY, "now": NOW}
        earn(customer_id=reward.payee_id, amount=300, kind="referral", fact=fact, **dates)
        Reward.objects.filter(pk=reward.pk).update(status="paid", paid_at=NOW)

    assert crowd(attempt, workers, workers=workers) == Counter(paid=workers)
    assert Lot.objects.filter(account=reward.payee_id).count() == workers
