"""What customers are written about the friends they brought, and newcomers about their welcome (R-3)."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from customers.models import Customer
from loyalty_site.kernel.texts import last_day_text
from notifications.queries import site_address
from notifications.rules import Button, Letter
from promocodes.queries import checkout_link
from referrals.models import Reward
from referrals.models.referral import RewardKind
from referrals.queries.friends import friend_name
from referrals.rules.names import shown_name
from referrals.rules.offer_words import Promise, promise_text


def referral_paid(*, customer: Customer, payload: Mapping[str, Any], now: datetime) -> Letter | None:
    """To the referrer, with the friend's name as it is now. None when the reward was taken back. One query."""
    reward = _paid(customer, payload, Reward.Role.REFERRER)
    if reward is None:
        return None
    friend = reward.referral.newcomer
    told = {"reward": reward_text(reward), "friend": friend_name(friend.first_name, friend.last_name)}
    if not shown_name(next(iter(friend.first_name.split()), "")):
        subject, cause = (
            _("For your friend you get: %(reward)s"),
            _("A friend whom you had invited has bought from us."),
        )
    else:
        subject = _("For your friend %(friend)s you get: %(reward)s")
        cause = _("Your friend %(friend)s, whom you had invited, has bought from us.")
    return Letter(
        subject=subject % told,
        heading=_("Your reward: %(reward)s") % told,
        paragraphs=(cause % told, *_thanks(reward)),
        code=_code(reward),
        code_note=_code_note(reward),
        button=_button(reward, Button(_("My friends and rewards"), site_address("account:referrals"))),
    )


def referral_welcome(*, customer: Customer, payload: Mapping[str, Any], now: datetime) -> Letter | None:
    """To the newcomer. None when it was taken back. One query."""
    reward = _paid(customer, payload, Reward.Role.NEWCOMER)
    if reward is None:
        return None
    told = {"reward": reward_text(reward)}
    return Letter(
        subject=_("Welcome! A present for you: %(reward)s") % told,
        heading=_("A present for you: %(reward)s") % told,
        paragraphs=(_("A friend has invited you to our shop, and this is our welcome."), *_thanks(reward)),
        code=_code(reward),
        code_note=_code_note(reward),
        button=_button(reward, Button(_("To the shop"), site_address("shop:home"))),
    )


def reward_text(reward: Reward) -> str:
    """What is left of it after refunds, in the words of the account; a promo code is whole or withdrawn."""
    taken = Decimal(0) if reward.promo_code else reward.taken_back_amount
    return promise_text(Promise(reward.kind, reward.amount - taken))


def _paid(customer: Customer, payload: Mapping[str, Any], role: Reward.Role) -> Reward | None:
    rows = Reward.objects.filter(payee=customer, role=role, status=Reward.Status.PAID, pk=payload["reward"])
    return rows.select_related("referral__newcomer", "promo_code__terms").first()


def _thanks(reward: Reward) -> tuple[str, ...]:
    if reward.kind == RewardKind.POINTS:
        return (_("The points are on your account. You can pay a part of your next order with them."),)
    if reward.kind == RewardKind.MONEY:
        return (_("The sum is in your statement for this month."),)
    return ()


def _code(reward: Reward) -> str:
    return reward.promo_code.code if reward.promo_code else ""


def _code_note(reward: Reward) -> str:
    if reward.promo_code is None:
        return ""
    return _("Enter it at the checkout. The last day is %(day)s.") % {
        "day": last_day_text(reward.promo_code.terms.ends_at)
    }


def _button(reward: Reward, other: Button) -> Button:
    if reward.promo_code is None:
        return other
    return Button(_("Use the promo code"), checkout_link(reward.promo_code.code))
