"""What people decide about referrals and about those who invite (R-5)."""

import unicodedata
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, User
from loyalty_site.kernel.errors import NotAllowed, NotFound, WrongState, invalid
from loyalty_site.kernel.transactions import requires_transaction
from referrals.models import Referrer, Review, Reward

LONGEST_REASON = 200


class AlreadyDecided(WrongState):
    code = "already_decided"
    message = _("This has been decided so already.")


class ReferrerStopped(WrongState):
    code = "referrer_stopped"
    message = _("The invitations of this referrer are stopped: let him invite again first.")


class OwnReferral(NotAllowed):
    code = "own_referral"
    message = _("You are one of the two: somebody else decides about this referral.")


@requires_transaction
def approve_referral(*, referral_id: int, reason: str, by: User, now: datetime) -> Review:
    """What was held or refused waits for its day again and is then paid by the worker.

    The same reasons do not hold it again; one of another kind does. Raises InvalidInput (`reason`), NotFound,
    AlreadyDecided, ReferrerStopped, and OwnReferral for who brought or was brought himself.
    """
    reason = _cleaned(reason)
    review = _locked(referral_id)
    if Customer.objects.filter(user=by, pk__in=[review.referral.newcomer_id, review.referral.referrer_id]).exists():
        raise OwnReferral
    if review.status == Review.Status.APPROVED:
        raise AlreadyDecided
    if Referrer.objects.filter(pk=review.referral.referrer_id, stopped_at__isnull=False).exists():
        raise ReferrerStopped
    _decide(review, Review.Status.APPROVED, reason, by, now)
    Reward.objects.filter(
        referral=referral_id, status__in=[Reward.Status.HELD, Reward.Status.REJECTED], paid_at__isnull=True
    ).update(status=Reward.Status.PENDING, closed_at=None)
    return review


@requires_transaction
def reject_referral(*, referral_id: int, reason: str, by: User, now: datetime) -> Review:
    """What waits or is held is refused, for both, and so is what later orders would earn; what was paid stays.

    Raises InvalidInput (`reason`), NotFound, AlreadyDecided.
    """
    reason = _cleaned(reason)
    review = _locked(referral_id)
    if review.status == Review.Status.REJECTED:
        raise AlreadyDecided
    _decide(review, Review.Status.REJECTED, reason, by, now)
    Reward.objects.filter(referral=referral_id, status__in=[Reward.Status.HELD, Reward.Status.PENDING]).update(
        status=Reward.Status.REJECTED, closed_at=now
    )
    return review


@requires_transaction
def stop_referrer(*, customer_id: int, reason: str, by: User, now: datetime) -> Referrer:
    """All that waits for him or is held is refused, and whoever registers by his link brings nothing any more.

    What his friends were promised themselves is decided one by one; reviews that nothing waits for are closed.
    Raises InvalidInput (`reason`), NotFound, AlreadyDecided.
    """
    reason = _cleaned(reason)
    _lock_customer(customer_id)
    own = Reward.objects.filter(referral__referrer=customer_id, role=Reward.Role.REFERRER)
    waiting = own.filter(status__in=[Reward.Status.PENDING, Reward.Status.HELD])
    keys = list(waiting.order_by("pk").select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
    referrer, _made = Referrer.objects.get_or_create(pk=customer_id)
    if referrer.stopped_at is not None:
        raise AlreadyDecided
    Reward.objects.filter(pk__in=keys).update(status=Reward.Status.REJECTED, closed_at=now)
    _close_reviews(customer_id, reason, by, now)
    referrer.stopped_at, referrer.stopped_by, referrer.stop_reason = now, by, reason
    referrer.save(update_fields=["stopped_at", "stopped_by", "stop_reason"])
    return referrer


@requires_transaction
def resume_referrer(*, customer_id: int, reason: str, by: User, now: datetime) -> Referrer:
    """His link brings friends again; what was refused stays refused. `reason` replaces that of the stop.

    Raises InvalidInput (`reason`), NotFound, AlreadyDecided.
    """
    reason = _cleaned(reason)
    _lock_customer(customer_id)
    referrer = Referrer.objects.filter(pk=customer_id, stopped_at__isnull=False).first()
    if referrer is None:
        raise AlreadyDecided
    referrer.stopped_at, referrer.stopped_by, referrer.stop_reason = None, by, reason
    referrer.save(update_fields=["stopped_at", "stopped_by", "stop_reason"])
    return referrer


def _cleaned(reason: str) -> str:
    text = unicodedata.normalize("NFC", reason).strip()
    if not text:
        raise invalid("reason", _("Give the reason: it stays in the history."), "required")
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        raise invalid("reason", _("This text holds characters that cannot be stored."))
    if len(text) > LONGEST_REASON:
        raise invalid("reason", _("At most %(count)d characters.") % {"count": LONGEST_REASON})
    return text


def _locked(referral_id: int) -> Review:
    """The rewards are locked first, then the review: the order in which the worker comes."""
    rewards = Reward.objects.filter(referral=referral_id).order_by("pk")
    list(rewards.select_for_update(no_key=True).values_list("pk", flat=True))
    reviews = Review.objects.select_related("referral").select_for_update(of=("self",))
    review = reviews.filter(referral=referral_id).first()
    if review is None:
        raise NotFound
    return review


def _decide(review: Review, status: str, reason: str, by: User, now: datetime) -> None:
    review.status, review.decision_reason, review.decided_by, review.decided_at = status, reason, by, now
    review.save(update_fields=["status", "decision_reason", "decided_by", "decided_at"])


def _lock_customer(customer_id: int) -> None:
    if not Customer.objects.select_for_update(no_key=True).filter(pk=customer_id).exists():
        raise NotFound


def _close_reviews(customer_id: int, reason: str, by: User, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(CLOSE_REVIEWS, {"customer": customer_id, "reason": reason, "by": by.pk, "now": now})


CLOSE_REVIEWS = """
UPDATE referrals_review v
SET status = 'rejected', decision_reason = %(reason)s, decided_by_id = %(by)s, decided_at = %(now)s
FROM (
    SELECT v.id FROM referrals_review v JOIN referrals_referral f ON f.id = v.referral_id
    WHERE f.referrer_id = %(customer)s AND v.status = 'waiting'
        AND NOT EXISTS (SELECT FROM referrals_reward r WHERE r.referral_id = f.id AND r.status IN ('held', 'pending'))
    ORDER BY v.referral_id FOR UPDATE OF v
) closed
WHERE v.id = closed.id
"""
