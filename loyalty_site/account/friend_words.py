"""One friend in the list: a badge for the state, when what happened, what it brought. Never a reason (R-5)."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from loyalty_site.kernel.texts import day_text, last_day_text, money_text, points_text
from referrals.queries import CodeState, EarnedCode, Friend, FriendReward, FriendState
from referrals.queries.friends import STATE_WORDS
from referrals.rules.offer_words import Promise, promise_text

SHOWN_GAINS = 3
GOOD, WARN = "badge-good", "badge-warn"
BADGES = {
    FriendState.WAITING: WARN,
    FriendState.UNDER_REVIEW: WARN,
    FriendState.PAID: GOOD,
}
NOTES = {
    FriendState.UNDER_REVIEW: lambda: _("We are looking at this invitation. Nothing is needed from you."),
    FriendState.CANCELLED: lambda: _("Goods of the order came back. The next order may bring the reward."),
    FriendState.REJECTED: lambda: _("This invitation brings no reward."),
    FriendState.TAKEN_BACK: lambda: _("The order was returned after the reward had been paid."),
}


@dataclass(frozen=True)
class Gain:
    """What one order of a friend brought. `hint` says what became of it; `can_use`: `code` still works."""

    text: str
    hint: str
    code: str
    can_use: bool


@dataclass(frozen=True)
class FriendLine:
    """`facts` are what happened, in its order; `more` counts gains beyond the shown ones."""

    name: str
    badge: str
    badge_class: str
    facts: list[str]
    note: str
    gains: list[Gain]
    more: int


def friend_line(friend: Friend, *, now: datetime) -> FriendLine:
    gains = [gain for gain in (_gain(reward) for reward in friend.rewards) if gain]
    return FriendLine(
        name=friend.name,
        badge=str(STATE_WORDS[friend.state]),
        badge_class=BADGES.get(friend.state, ""),
        facts=_facts(friend),
        note=_note(friend, now=now),
        gains=gains[:SHOWN_GAINS],
        more=max(len(gains) - SHOWN_GAINS, 0),
    )


def _facts(friend: Friend) -> list[str]:
    facts = []
    if friend.state == FriendState.VISITED and friend.visited_at:
        facts.append(_("opened on %(day)s") % {"day": day_text(friend.visited_at)})
    if friend.registered_at:
        facts.append(_("registered on %(day)s") % {"day": day_text(friend.registered_at)})
    if friend.via in VIA:
        facts.append(VIA[friend.via]())
    if friend.first_order_at:
        facts.append(_("first order on %(day)s") % {"day": day_text(friend.first_order_at)})
    return facts


def _note(friend: Friend, *, now: datetime) -> str:
    if friend.state == FriendState.WAITING and friend.due_at:
        promised = {"gift": _promised(friend), "day": day_text(friend.due_at)}
        if friend.due_at <= now:
            return _("Coming soon: %(gift)s.") % promised
        return _("The reward waits until %(day)s: unless the order is returned, you will get %(gift)s.") % promised
    return NOTES[friend.state]() if friend.state in NOTES else ""


def _promised(friend: Friend) -> str:
    reward = next(reward for reward in friend.rewards if reward.status == "pending")
    return promise_text(Promise(reward.kind, reward.amount))


def _gain(reward: FriendReward) -> Gain | None:
    """None for what was not paid."""
    if reward.status not in {"paid", "taken_back"}:
        return None
    return _coupon(reward, reward.code) if reward.code else _sum(reward)


def _sum(reward: FriendReward) -> Gain:
    """Points and money, less what was taken back."""
    write = _points if reward.kind == "points" else money_text
    hint = ""
    if reward.taken_back_amount:
        hint = _("%(sum)s taken back after a return") % {"sum": write(reward.taken_back_amount)}
    return Gain(f"+{write(reward.kept_amount)}" if reward.kept_amount else "", hint, "", can_use=False)


def _points(amount: object) -> str:
    return points_text(int(str(amount).partition(".")[0]))


def _coupon(reward: FriendReward, earned: EarnedCode) -> Gain:
    text = promise_text(Promise(reward.kind, reward.amount))
    hint = CODES[earned.state]() % {"day": last_day_text(earned.ends_at)}
    return Gain(text[:1].upper() + text[1:], hint, earned.code, can_use=earned.state == CodeState.ACTIVE)


VIA = {
    "telegram": lambda: _("by Telegram"),
    "whatsapp": lambda: _("by WhatsApp"),
    "vk": lambda: _("by VK"),
    "qr": lambda: _("by the QR code"),
}
CODES = {
    CodeState.ACTIVE: lambda: _("until %(day)s"),
    CodeState.USED: lambda: pgettext("promo code", "used"),
    CodeState.EXPIRED: lambda: pgettext("promo code", "expired"),
    CodeState.WITHDRAWN: lambda: pgettext("promo code", "withdrawn after a return"),
}
