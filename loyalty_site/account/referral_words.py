"""Invitations told to the one who invites: the steps, messages to send, friends and what they brought (R-1, R-3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loyalty_site.kernel.texts import money_text, percent_text, points_text
from referrals.queries import Link, News, Offer
from referrals.rules.offer_words import Promise, promise_text


@dataclass(frozen=True)
class Way:
    """Where a ready message goes: `url` opens it there, addressed to nobody yet."""

    name: str
    url: str


def steps(promised: Offer, *, every_order: bool = False) -> list[str]:
    """How it works, in three sentences, with what is promised now; `every_order` of a friend earns an ambassador."""
    own = _every_order_step(promised) if every_order else _referrer_step(promised)
    return [_("Send your link to a friend or show the QR code."), _newcomer_step(promised), own]


def invitation(promised: Offer) -> str:
    """What a friend reads above the link."""
    words = {"shop": settings.SHOP_NAME, "gift": promised.newcomer}
    if promised.newcomer and promised.newcomer_at_once:
        return _("Join %(shop)s by my link and get %(gift)s when you register.") % words
    if promised.newcomer:
        return _("Join %(shop)s by my link and get %(gift)s after your first order.") % words
    if promised.cashback_percent:
        cashback = {**words, "percent": percent_text(promised.cashback_percent)}
        return _("I shop at %(shop)s: %(percent)s of every purchase comes back in points.") % cashback
    return _("I shop at %(shop)s. Have a look.") % words


def ways(link: Link, text: str) -> list[Way]:
    """The message of an invitation, ready to be sent; each link says by which way it came.

    Spaces are %20: the applications on phones show a plus as it is.
    """
    address = {via: shared(link, via) for via in ("telegram", "whatsapp", "vk")}
    message = f"{text} {address['whatsapp']}"
    return [
        Way("Telegram", f"https://t.me/share/url?{_query(url=address['telegram'], text=text)}"),
        Way("WhatsApp", f"https://wa.me/?{_query(text=message)}"),
        Way(_("VK"), f"https://vk.com/share.php?{_query(url=address['vk'], title=text)}"),
    ]


def _query(**asked: str) -> str:
    return urlencode(asked, quote_via=quote)


def shared(link: Link, via: str) -> str:
    return f"{link.url}?via={via}"


def news_text(news: News) -> str:
    """«+300 баллов за друга Анна К.»"""
    gain = {"reward": _gain_text(news), "name": news.name}
    if news.is_welcome:
        return _("%(reward)s for joining by an invitation") % gain
    return _("%(reward)s for your friend %(name)s") % gain if news.name else _("%(reward)s for a friend") % gain


def latest_of(news: Sequence[News]) -> datetime | None:
    """Up to when the news told here go: what is paid later is new again."""
    return max((item.paid_at for item in news), default=None)


def _gain_text(news: News) -> str:
    reward = news.reward
    if reward.kind == "points":
        return f"+{points_text(int(reward.kept_amount))}"
    if reward.code is None:
        return f"+{promise_text(Promise(reward.kind, reward.kept_amount))}"
    if reward.kind == "percent_code":
        percent = {"code": reward.code.code, "percent": percent_text(reward.amount)}
        return _("Promo code %(code)s for %(percent)s off") % percent
    return _("Promo code %(code)s for %(amount)s") % {"code": reward.code.code, "amount": money_text(reward.amount)}


def _newcomer_step(promised: Offer) -> str:
    gift = {"gift": promised.newcomer}
    if promised.newcomer and promised.newcomer_at_once:
        return _("Your friend registers by it and gets %(gift)s at once.") % gift
    if promised.newcomer:
        return _("Your friend registers by it and gets %(gift)s after the first order.") % gift
    return _("Your friend registers by it and places a first order.")


def _referrer_step(promised: Offer) -> str:
    if not promised.referrer:
        return _("The list below shows how far each friend has come.")
    order = {"gift": promised.referrer, "sum": money_text(promised.minimum_order)}
    if not promised.hold_days:
        if promised.minimum_order:
            return _("You get %(gift)s when the friend has paid for a first order from %(sum)s.") % order
        return _("You get %(gift)s when the friend has paid for a first order.") % order
    if promised.minimum_order:
        return ngettext(
            "You get %(gift)s %(days)d day after the friend's first order from %(sum)s, if it is not returned.",
            "You get %(gift)s %(days)d days after the friend's first order from %(sum)s, if it is not returned.",
            promised.hold_days,
        ) % {**order, "days": promised.hold_days}
    return ngettext(
        "You get %(gift)s %(days)d day after the friend's first order, if it is not returned.",
        "You get %(gift)s %(days)d days after the friend's first order, if it is not returned.",
        promised.hold_days,
    ) % {**order, "days": promised.hold_days}


def _every_order_step(promised: Offer) -> str:
    if not promised.hold_days:
        return _("You get %(gift)s.") % {"gift": promised.referrer}
    return ngettext(
        "You get %(gift)s. It comes %(days)d day after the order, if that is not returned.",
        "You get %(gift)s. It comes %(days)d days after the order, if that is not returned.",
        promised.hold_days,
    ) % {"gift": promised.referrer, "days": promised.hold_days}
