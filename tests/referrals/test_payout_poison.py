"""A reward that cannot be paid holds up no other: it stays pending, the log and the doctor name it (R-4)."""

from datetime import timedelta

import pytest
from django.utils import timezone
from structlog.testing import capture_logs

from loyalty_site.doctor import examined, invariants
from loyalty_site.kernel.transactions import in_transaction
from notifications.models import OutboxMessage
from points.models import Entry, Lot
from points.services import earn
from referrals import tasks
from referrals.models import Reward
from referrals.queries import DuePlace, due_places
from referrals.services import pay_due, pay_one
from tests.factories import CustomerFactory, ReferralFactory, RewardFactory
from tests.races.crowd import crowd

pytestmark = pytest.mark.django_db(transaction=True)

NOW = timezone.now()
DAY = timedelta(days=1)
# Not orders of the shop: the doctor would look for them.
EARNED_BY = "poison:{}"


def due_rewards(count: int) -> list[Reward]:
    """Of one referrer each, due since long ago, the first the longest."""
    old = {"registered_at": NOW - 40 * DAY}
    return [
        RewardFactory.create(
            referral=ReferralFactory.create(referrer=CustomerFactory.create(**old), **old),
            order_ref=EARNED_BY.format(number),
            qualified_at=NOW - 20 * DAY,
            due_at=NOW - 3 * DAY + timedelta(minutes=number),
        )
        for number in range(count)
    ]


def poison(reward: Reward) -> None:
    """Its fact stands in the ledger for something else."""
    dates = {"available_from": NOW, "expires_at": NOW + 30 * DAY, "now": NOW}
    in_transaction(
        lambda: earn(customer_id=reward.payee_id, amount=7, kind="manual", fact=reward.fact, order_ref="", **dates)
    )


def states() -> list[str]:
    return list(Reward.objects.order_by("pk").values_list("status", flat=True))


def named(code: str) -> list[str]:
    return [
        row["reward_id"]
        for item, found in examined(invariants())
        if item.code == code and found
        for row in found.offenders
    ]


def test_one_poison_among_fifty_holds_up_no_other() -> None:
    rewards = due_rewards(50)
    bad = rewards[20]
    poison(bad)

    with capture_logs() as logs:
        assert tasks.pay_referrals() == 49

    expected = ["pending" if reward == bad else "paid" for reward in rewards]
    assert states() == expected
    assert set(Lot.objects.filter(kind="referral").values_list("fact", "amount")) == {
        (reward.fact, 300) for reward in rewards if reward != bad
    }
    assert OutboxMessage.objects.count() == 49
    assert logs == [
        {"event": "referral_chunk_failed", "log_level": "warning", "error": "FactTaken"},
        {"event": "referral_reward_not_paid", "log_level": "error", "reward": bad.pk, "error": "FactTaken"},
    ]
    assert named("referrals_paid_on_time") == [str(bad.pk)]

    assert tasks.pay_referrals() == 0
    assert states() == expected
    assert Entry.objects.count() == 50


def test_what_comes_behind_the_chunk_of_the_poison_is_paid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "PAY_CHUNK", 4)
    rewards = due_rewards(18)
    for bad in (rewards[1], rewards[4], rewards[17]):
        poison(bad)

    with capture_logs() as logs:
        assert tasks.pay_referrals() == 15

    assert states() == ["pending" if number in {1, 4, 17} else "paid" for number in range(18)]
    failed = [line["reward"] for line in logs if line["event"] == "referral_reward_not_paid"]
    assert failed == [rewards[1].pk, rewards[4].pk, rewards[17].pk]

    due_rewards(2)
    assert tasks.pay_referrals() == 2
    assert states()[18:] == ["paid", "paid"]


@pytest.mark.race
def test_several_workers_around_a_poison_pay_the_rest_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "PAY_CHUNK", 10)
    rewards = due_rewards(60)
    poison(rewards[15])

    paid = crowd(lambda _number: str(tasks.pay_referrals()), 8, workers=4)

    assert sum(int(count) * times for count, times in paid.items()) == 59
    assert states() == ["pending" if number == 15 else "paid" for number in range(60)]
    assert (Lot.objects.filter(kind="referral").count(), OutboxMessage.objects.count()) == (59, 59)


def test_the_line_goes_by_due_date_then_number_and_continues_behind_a_place() -> None:
    rewards = due_rewards(4)
    Reward.objects.filter(pk=rewards[3].pk).update(status="held")
    places = [DuePlace(reward.due_at, reward.pk) for reward in rewards[:3]]
    assert due_places(now=NOW, after=None, limit=10) == places
    assert due_places(now=NOW, after=places[0], limit=1) == [places[1]]
    assert due_places(now=NOW - 30 * DAY, after=None, limit=10) == []

    chunk = in_transaction(lambda: pay_due(now=NOW, after=places[0], limit=1))
    assert (chunk.paid, chunk.left, chunk.last) == (1, True, places[1])
    assert states() == ["pending", "paid", "pending", "held"]


def test_one_reward_is_paid_alone_and_once() -> None:
    first, second = due_rewards(2)
    assert [in_transaction(lambda: pay_one(reward_id=first.pk, now=NOW)) for _ in range(2)] == [1, 0]
    assert in_transaction(lambda: pay_one(reward_id=second.pk, now=NOW - 30 * DAY)) == 0
    assert states() == ["paid", "pending"]
