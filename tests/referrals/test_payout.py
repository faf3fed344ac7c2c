"""Paying what is due: in sets, once, as points, promo codes and lines of a statement (R-3, R-4)."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from loyalty_site.kernel.transactions import in_transaction
from points.models import Entry, Lot
from referrals.models import Reward
from referrals.services import PaidOut, pay_due, pay_rewards
from tests.factories import NOW, ProgrammeFactory, RewardFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def pay(*, now: datetime = NOW, **given: Any) -> PaidOut:
    return in_transaction(lambda: pay_due(now=now, **given))


def pay_these(*rewards: Reward, now: datetime = NOW) -> int:
    return in_transaction(lambda: pay_rewards(reward_ids=[reward.pk for reward in rewards], now=now))


def due(**given: Any) -> Reward:
    """A reward of 300 points to a referrer, due since yesterday."""
    return RewardFactory.create(**{"due_at": NOW - DAY, "qualified_at": NOW - 15 * DAY} | given)


def stand(*rewards: Reward) -> list[tuple[str, datetime | None]]:
    found = {row.pk: row for row in Reward.objects.all()}
    return [(found[reward.pk].status, found[reward.pk].paid_at) for reward in rewards]


def test_points_come_as_a_lot_of_the_reward() -> None:
    ProgrammeFactory.create(points_life_days=100)
    reward = due(order_ref="order:7")

    assert pay() == PaidOut(paid=1, held=0, left=False)

    lot = Lot.objects.get()
    ends = datetime(2026, 9, 19, tzinfo=ZoneInfo(settings.TIME_ZONE))
    told = (lot.account_id, lot.kind, lot.amount, lot.fact, lot.order_ref, lot.available_from, lot.expires_at)
    assert told == (reward.payee_id, "referral", 300, reward.fact, "order:7", NOW, ends)
    assert stand(reward) == [("paid", NOW)]


def test_what_is_not_due_waits() -> None:
    early, held, cancelled = due(due_at=NOW + DAY), due(status="held"), due(status="cancelled")
    assert pay() == PaidOut(0, 0, left=False)
    assert pay_these(early, held, cancelled) == 0
    assert stand(early, held, cancelled) == [("pending", None), ("held", None), ("cancelled", None)]
    assert not Lot.objects.exists()


def test_paid_twice_is_paid_once() -> None:
    reward = due()
    assert [pay_these(reward), pay_these(reward), pay().paid] == [1, 0, 0]
    assert list(Entry.objects.values_list("fact", "amount")) == [(reward.fact, 300)]


def test_the_oldest_come_first_and_a_full_chunk_says_that_more_may_be_left() -> None:
    late, early = due(due_at=NOW - DAY), due(due_at=NOW - 2 * DAY)
    assert pay(limit=1) == PaidOut(1, 0, left=True)
    assert stand(late, early) == [("pending", None), ("paid", NOW)]
    assert [pay(limit=2), pay(limit=2)] == [PaidOut(1, 0, left=False), PaidOut(0, 0, left=False)]
