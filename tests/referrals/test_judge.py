"""Referrals are judged before they are paid (R-5)."""

from decimal import Decimal

import pytest

from loyalty_site.kernel.errors import InvalidInput, NotFound
from referrals.models import Review, Reward
from referrals.rules import AmbassadorTerms
from referrals.services import (
    approve_referral,
    check_pending,
    judge,
    note_traits,
    put_ambassador,
    reject_referral,
    resume_referrer,
    stop_referrer,
)
from referrals.services.reviews import AlreadyDecided, OwnReferral, ReferrerStopped
from tests.factories import NOW, ReferralFactory, RewardFactory, UserFactory

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


def test_partner_who_registers_by_his_own_link_is_refused() -> None:
    terms = AmbassadorTerms(
        name="Partner", rate_type="percent", rate=Decimal(5), paid_in="money", email="Part.ner@googlemail.com"
    )
    partner = put_ambassador(ambassador_id=None, values=terms, by=UserFactory(), now=NOW)
    referral = ReferralFactory(referrer=None, ambassador=partner)
    reward = RewardFactory(referral=referral, payee=None, ambassador=partner, kind="money")
    seen(referral.newcomer, email="partner+me@gmail.com")
    check_pending(now=NOW, limit=10)
    assert state(reward) == ("rejected", "blocked")
    assert [reason["key"] for reason in Review.objects.get().reasons] == ["self_email"]


def test_approved_stays_approved_until_a_reason_of_another_kind() -> None:
    reward, by = RewardFactory(), UserFactory()
    referral = reward.referral
    for customer in (referral.referrer, referral.newcomer):
        seen(customer, address="Тула, Мира 5-1")
    check_pending(now=NOW, limit=10)
    assert state(reward) == ("held", "waiting")
    approve_referral(referral_id=referral.pk, reason="A couple", by=by, now=NOW)
    assert state(reward) == ("pending", "approved")
    judge(referral_ids=[referral.pk], reward_ids=[reward.pk], now=NOW)
    assert state(reward) == ("pending", "approved")
    for customer in (referral.referrer, referral.newcomer):
        seen(customer, payer="bank:1")
    judge(referral_ids=[referral.pk], reward_ids=[reward.pk], now=NOW)
    assert state(reward) == ("held", "waiting")


def test_rejected_stays_rejected() -> None:
    reward, by = RewardFactory(), UserFactory()
    referral = reward.referral
    for customer in (referral.referrer, referral.newcomer):
        seen(customer, device="9f1c")
    check_pending(now=NOW, limit=10)
    review = reject_referral(referral_id=referral.pk, reason="Himself", by=by, now=NOW)
    assert (review.status, review.decision_reason, review.decided_by, review.decided_at) == (
        "rejected",
        "Himself",
        by,
        NOW,
    )
    later = RewardFactory(referral=referral, is_single=False)
    check_pending(now=NOW, limit=10)
    assert (state(reward), state(later)) == (("rejected", "rejected"), ("rejected", "rejected"))
    with pytest.raises(AlreadyDecided):
        reject_referral(referral_id=referral.pk, reason="Again", by=by, now=NOW)


def test_refused_by_the_score_can_be_approved() -> None:
    reward, by = RewardFactory(), UserFactory()
    for customer in (reward.referral.referrer, reward.referral.newcomer):
        seen(customer, payer="bank:1")
    check_pending(now=NOW, limit=10)
    assert state(reward) == ("rejected", "blocked")
    approve_referral(referral_id=reward.referral_id, reason="One card for two", by=by, now=NOW)
    reward.refresh_from_db()
    assert (reward.status, reward.closed_at) == ("pending", None)
    with pytest.raises(AlreadyDecided):
        approve_referral(referral_id=reward.referral_id, reason="Again", by=by, now=NOW)


@pytest.mark.parametrize("side", ["referrer", "newcomer"])
def test_nobody_approves_a_referral_of_his_own(side: str) -> None:
    reward, by = RewardFactory(), UserFactory()
    referral = reward.referral
    for customer in (referral.referrer, referral.newcomer):
        seen(customer, device="one")
    check_pending(now=NOW, limit=10)
    own = getattr(referral, side)
    own.user = by
    own.save(update_fields=["user"])
    with pytest.raises(OwnReferral):
        approve_referral(referral_id=referral.pk, reason="A friend", by=by, now=NOW)
    assert state(reward) == ("held", "waiting")


@pytest.mark.parametrize("reason", ["", "  ", "a\x00b", "x" * 201])
def test_a_decision_needs_a_reason(reason: str) -> None:
    reward = RewardFactory()
    for decide in (approve_referral, reject_referral):
        with pytest.raises(InvalidInput) as refusal:
            decide(referral_id=reward.referral_id, reason=reason, by=UserFactory(), now=NOW)
        assert [error.field for error in refusal.value.errors] == ["reason"]


def test_what_is_not_under_review_is_not_decided() -> None:
    with pytest.raises(NotFound):
        approve_referral(referral_id=RewardFactory().referral_id, reason="So", by=UserFactory(), now=NOW)


def test_stopped_referrer_gets_nothing_until_he_may_invite_again() -> None:
    pending, by = RewardFactory(), UserFactory()
    referrer = pending.referral.referrer
    held = RewardFactory(referral__referrer=referrer)
    paid = RewardFactory(referral__referrer=referrer, status="paid", paid_at=NOW, due_at=NOW)
    gift = RewardFactory(referral=held.referral, role="newcomer")
    for customer in (referrer, held.referral.newcomer):
        seen(customer, address="Тула, Мира 5-1")
    check_pending(now=NOW, limit=10)
    stopped = stop_referrer(customer_id=referrer.pk, reason="A farm", by=by, now=NOW)
    assert (stopped.stopped_at, stopped.stopped_by, stopped.stop_reason) == (NOW, by, "A farm")
    assert [state(reward)[0] for reward in (pending, held, paid, gift)] == ["rejected", "rejected", "paid", "held"]
    later = RewardFactory(referral__referrer=referrer)
    check_pending(now=NOW, limit=10)
    assert state(later) == ("rejected", None)
    with pytest.raises(ReferrerStopped):
        approve_referral(referral_id=held.referral_id, reason="So", by=by, now=NOW)
    with pytest.raises(AlreadyDecided):
        stop_referrer(customer_id=referrer.pk, reason="A farm", by=by, now=NOW)
    resumed = resume_referrer(customer_id=referrer.pk, reason="A mistake", by=by, now=NOW)
    assert (resumed.stopped_at, resumed.stop_reason) == (None, "A mistake")
    fresh = RewardFactory(referral__referrer=referrer)
    check_pending(now=NOW, limit=10)
    assert (state(fresh), state(pending)) == (("pending", None), ("rejected", None))
    with pytest.raises(AlreadyDecided):
        resume_referrer(customer_id=referrer.pk, reason="A mistake", by=by, now=NOW)


def test_statements_do_not_grow_with_the_referrals(django_assert_num_queries) -> None:
    rewards = [RewardFactory() for _number in range(3)]
    Reward.objects.update(checked_at=None)
    for count in (1, 3):
        some = rewards[:count]
        with django_assert_num_queries(3):
            judge(
                referral_ids=[reward.referral_id for reward in some],
                reward_ids=[reward.pk for reward in some],
                now=NOW,
            )


def state(reward) -> tuple[str, str | None]:
    reward.refresh_from_db()
    review = Review.objects.filter(referral=reward.referral_id).first()
    return reward.status, review.status if review else None
