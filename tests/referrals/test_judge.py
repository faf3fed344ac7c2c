"""Referrals are judged before they are paid (R-5)."""

import pytest

from referrals.models import Review
from referrals.services import check_pending, note_traits
from tests.factories import NOW, RewardFactory

pytestmark = pytest.mark.django_db


def seen(customer, *, now=NOW, **traits):
    note_traits(customer_id=customer.pk if customer else None, traits=traits, now=now)


def test_clean_referral_is_noted_as_checked_and_stays_pending() -> None:
    reward = RewardFactory()
    assert check_pending(now=NOW, limit=10) == 1
    reward.refresh_from_db()
    assert (reward.status, reward.checked_at) == ("pending", NOW)
    assert check_pending(now=NOW, limit=10) == 0
    assert Review.objects.count() == 0


def test_self_referral_by_mailbox_is_refused() -> None:
    reward = RewardFactory()
    seen(reward.referral.referrer, email="buyer@gmail.com")
    seen(reward.referral.newcomer, email="b.u.yer+2@gmail.com", network="203.0.113.1")
    seen(reward.referral.referrer, network="203.0.113.9")
    check_pending(now=NOW, limit=10)
    reward.refresh_from_db()
    review = Review.objects.get()
    assert (reward.status, reward.closed_at, review.status, review.score) == ("rejected", NOW, "blocked", 115)
    assert review.reasons == [
        {"key": "self_email", "score": 100, "params": {"count": 1}},
        {"key": "self_network", "score": 15, "params": {"count": 1}},
    ]
