"""Referrals of two customers before they become one (CU-3)."""

from datetime import datetime
from typing import Any

from django.db.models import F, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty_site.kernel.errors import Conflict
from loyalty_site.kernel.texts import number_text
from referrals.models import Ambassador, Referral, Reward
from referrals.models.referral import RewardKind


class TwoAmbassadors(Conflict):
    code = "two_ambassadors"
    message = gettext_lazy("Both are ambassadors, each on terms of his own: first take one of them off the programme.")


def merge_facts(customer_id: int, *, now: datetime) -> list[tuple[str, str]]:
    by = Referral.objects.select_related("referrer", "ambassador").filter(newcomer=customer_id).first()
    friends = Referral.objects.filter(referrer=customer_id).count()
    return [
        (_("Brought by"), str(by.referrer or by.ambassador) if by else "—"),
        (_("Friends brought"), number_text(friends)),
    ]


def merge_preview(survivor_id: int, absorbed_id: int, *, now: datetime) -> list[dict[str, Any]]:
    """Raises TwoAmbassadors."""
    refuse_two_ambassadors(survivor_id, absorbed_id)
    referral, why = void_because(survivor_id, absorbed_id)
    came = int(not why and Referral.objects.filter(newcomer=absorbed_id).exists())
    brought = Referral.objects.filter(referrer=absorbed_id).count()
    if not (why or came or brought):
        return []
    back = _paid_points(referral) if referral is not None and why == "himself" else 0
    return [{"part": "referrals", "brought": brought, "came": came, "void": why, "taken_back": back}]


def _paid_points(referral: Referral) -> int:
    """What was paid for it and not taken back yet."""
    paid = Reward.objects.filter(referral=referral, status=Reward.Status.PAID, kind=RewardKind.POINTS)
    return int(paid.aggregate(left=Sum(F("amount") - F("taken_back_amount")))["left"] or 0)


def void_because(survivor_id: int, absorbed_id: int) -> tuple[Referral | None, str]:
    """The referral of the absorbed customer that would end, and why; empty when there is none or it moves."""
    referral = Referral.objects.filter(newcomer=absorbed_id).first()
    if referral is None:
        return None, ""
    if referral.referrer_id == survivor_id:
        return referral, "himself"
    if Referral.objects.filter(newcomer=survivor_id).exists():
        return referral, "second"
    if referral.referrer_id is not None and referral.referrer_id >= survivor_id:
        return referral, "later"
    return None, ""


def refuse_two_ambassadors(first_id: int, second_id: int) -> None:
    if Ambassador.objects.filter(customer__in=[first_id, second_id]).count() > 1:
        raise TwoAmbassadors
