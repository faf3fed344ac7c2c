"""“Why am I still Silver?”: the answer of support, in sentences made of the customer's own figures (T-3)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loyalty_site.kernel.texts import day_text, money_text, number_text


@dataclass(frozen=True)
class Lack:
    """How far a tier is, by its name: roubles or orders, the one that the ladder counts."""

    name: str
    amount: Decimal | None = None
    orders: int | None = None


@dataclass(frozen=True)
class Loss:
    """Purchases that stop counting at the same moment. `is_below`: without them the present tier is not reached."""

    at: datetime
    count: int
    amount: Decimal
    is_below: bool = False


@dataclass(frozen=True)
class WhyFacts:
    """`upper` None: at the top. `keep` is what is missing to keep the tier, with `lapses_at` and the tier below."""

    tier: str
    upper: Lack | None
    loss: Loss | None = None
    lapses_at: datetime | None = None
    lapses_to: str = ""
    keep: Lack | None = None
    membership: str = ""
    membership_tier: str = ""
    membership_until: datetime | None = None


def why(facts: WhyFacts) -> tuple[str, ...]:
    """Where he stands and what is missing, what stops counting next, when he goes down, what is paid for."""
    sentences = [_way_up(facts), _lapse(facts), _loss(facts), _membership(facts)]
    return tuple(sentence for sentence in sentences if sentence)


def _way_up(facts: WhyFacts) -> str:
    if facts.upper is None:
        # Who is about to lose the highest tier has other news.
        return "" if facts.lapses_at else _("“%(tier)s” is the highest tier.") % {"tier": facts.tier}
    if not _is_lacking(facts.upper):
        told = _("Enough is bought for “%(tier)s”: the next nightly review lifts the customer.")
        return told % {"tier": facts.upper.name}
    orders = facts.upper.orders
    if orders is None:
        told = _("%(sum)s more until “%(tier)s”.")
        return told % {"sum": money_text(facts.upper.amount or Decimal(0)), "tier": facts.upper.name}
    told = ngettext("%(n)s more order until “%(tier)s”.", "%(n)s more orders until “%(tier)s”.", orders)
    return told % {"n": number_text(orders), "tier": facts.upper.name}


def _lapse(facts: WhyFacts) -> str:
    if facts.lapses_at is None:
        return ""
    said = {"tier": facts.tier, "lower": facts.lapses_to, "day": day_text(facts.lapses_at)}
    if facts.keep is None:
        return _("“%(tier)s” is off the ladder: on %(day)s it becomes “%(lower)s”.") % said
    told = _("“%(tier)s” is no longer reached: on %(day)s it becomes “%(lower)s”. %(missing)s more would keep it.")
    return told % {**said, "missing": _lack_text(facts.keep)}


def _loss(facts: WhyFacts) -> str:
    loss = facts.loss
    if loss is None:
        return ""
    said = {"day": day_text(loss.at), "n": number_text(loss.count), "sum": money_text(loss.amount)}
    told = ngettext(
        "On %(day)s %(n)s purchase for %(sum)s stops counting",
        "On %(day)s %(n)s purchases for %(sum)s stop counting",
        loss.count,
    )
    parts = [told % said]
    if facts.keep is not None and facts.lapses_at is not None and loss.at < facts.lapses_at:
        told = _("then keeping “%(tier)s” takes %(missing)s more")
        parts.append(told % {"tier": facts.tier, "missing": _lack_text(_after(facts.keep, loss))})
    elif facts.upper is not None and _is_lacking(facts.upper):
        parts.append(_missing_then(facts.upper, loss))
    if loss.is_below:
        parts.append(_("and “%(tier)s” will no longer be reached") % {"tier": facts.tier})
    return ", ".join(parts) + "."


def _membership(facts: WhyFacts) -> str:
    if facts.membership_until is None:
        return ""
    told = _("The membership “%(plan)s” gives what “%(tier)s” brings until %(day)s, whatever has been bought.")
    until = day_text(facts.membership_until)
    return told % {"plan": facts.membership, "tier": facts.membership_tier, "day": until}


def _is_lacking(lack: Lack) -> bool:
    return bool(lack.amount or lack.orders)


def _after(lack: Lack, loss: Loss) -> Lack:
    if lack.amount is not None:
        return Lack(lack.name, lack.amount + loss.amount)
    return Lack(lack.name, None, (lack.orders or 0) + loss.count)


def _missing_then(upper: Lack, loss: Loss) -> str:
    lack = _after(upper, loss)
    if lack.amount is not None:
        return _("then %(sum)s will be missing") % {"sum": money_text(lack.amount)}
    orders = lack.orders or 0
    told = ngettext("then %(n)s order will be missing", "then %(n)s orders will be missing", orders)
    return told % {"n": number_text(orders)}


def _lack_text(lack: Lack) -> str:
    if lack.amount is not None:
        return money_text(lack.amount)
    orders = lack.orders or 0
    return ngettext("%(n)s order", "%(n)s orders", orders) % {"n": number_text(orders)}
