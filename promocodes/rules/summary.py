"""A code's terms in plain words, as the editor shows them while one types and the code's page says them.

«5 % на весь заказ от 1 000 ₽, с 1 по 15 июня 2026, без ограничения применений»
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from loyalty_site.kernel.texts import NBSP, day_text, moment_text, money_text, number_text, percent_text


@dataclass(frozen=True)
class SummaryFacts:
    """Terms with the names people know. Anything still unknown while one types is None and left out.

    `value` is roubles for `fixed`, percent for `percent` and `cashback`; `[starts_at, ends_at)` is half-open (M-4).
    """

    type: str
    value: Decimal | None = None
    category_names: tuple[str, ...] = ()
    required_names: tuple[str, ...] = ()
    minimum_order: Decimal | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    max_uses: int | None = None
    max_uses_per_customer: int | None = None
    first_order_only: bool = False
    segment_name: str = ""
    tier_name: str = ""
    customer_name: str = ""


def summary(facts: SummaryFacts) -> str:
    """One sentence without a full stop."""
    parts = [gift_text(facts), period_text(facts.starts_at, facts.ends_at), uses_text(facts.max_uses)]
    if facts.max_uses_per_customer:
        parts.append(_per_customer(facts.max_uses_per_customer))
    if facts.first_order_only:
        parts.append(_("only on the first order"))
    if facts.segment_name:
        parts.append(_("only for the segment “%(name)s”") % {"name": facts.segment_name})
    if facts.tier_name:
        parts.append(_("only from the tier “%(name)s” up") % {"name": facts.tier_name})
    if facts.customer_name:
        parts.append(_("for one customer: %(name)s") % {"name": facts.customer_name})
    sentence = ", ".join(part for part in parts if part)
    return sentence[:1].upper() + sentence[1:]


def gift_text(facts: SummaryFacts) -> str:
    """What is given, on what, from which sum: the part before the dates."""
    words = [_gift(facts)]
    if facts.minimum_order:
        amount = {"amount": money_text(facts.minimum_order)}
        words.append(_("in orders from %(amount)s") % amount if facts.category_names else _("from %(amount)s") % amount)
    gift = " ".join(words)
    if not facts.required_names:
        return gift
    return _("%(gift)s, if the order holds %(categories)s") % {
        "gift": gift,
        "categories": listed(facts.required_names),
    }


def period_text(starts_at: datetime | None, ends_at: datetime | None) -> str:
    """`1–15 June 2026`; with hours where the period is not of whole days. Empty when a side is unknown."""
    if starts_at is None or ends_at is None:
        return ""
    first, last = _whole_day(starts_at), _whole_day(ends_at)
    if first is None or last is None:
        return _("from %(start)s to %(end)s") % {"start": moment_text(starts_at), "end": moment_text(ends_at)}
    return days_text(first, last - timedelta(days=1))


def days_text(first: date, last: date) -> str:
    """Both days belong to the period."""
    if first == last:
        return day_text(first)
    words = {"start": _start_of(first, last), "end": day_text(last)}
    if first.day == 2:
        # Russian says «со 2 июня», with another preposition than for any other day.
        return pgettext("period that starts on the 2nd of a month", "%(start)s – %(end)s") % words
    return pgettext("period", "%(start)s – %(end)s") % words


def uses_text(max_uses: int | None) -> str:
    if max_uses is None:
        return _("any number of uses")
    return ngettext("%(count)s use in all", "%(count)s uses in all", max_uses) % {"count": number_text(max_uses)}


def listed(names: Sequence[str]) -> str:
    """`“Shoes”, “Bags” and “Belts”`."""
    return get_text_list([_("“%(name)s”") % {"name": name.strip()} for name in names], pgettext("list of names", "and"))


def _gift(facts: SummaryFacts) -> str:
    where = {"categories": listed(facts.category_names)}
    if facts.type == "free_shipping":
        return _("free delivery")
    if facts.value is None:
        return _("value not set yet")
    if facts.type == "fixed":
        return _("%(amount)s off the order") % {"amount": money_text(facts.value)}
    percent = {"percent": percent_text(facts.value)}
    if facts.type == "cashback":
        if facts.category_names:
            return _("cashback of %(percent)s on %(categories)s") % {**percent, **where}
        return _("cashback of %(percent)s on the whole order") % percent
    if facts.category_names:
        return _("%(percent)s off %(categories)s") % {**percent, **where}
    return _("%(percent)s off the whole order") % percent


def _per_customer(count: int) -> str:
    return ngettext("%(count)s use per customer", "%(count)s uses per customer", count) % {"count": number_text(count)}


def _whole_day(moment: datetime) -> date | None:
    local = timezone.localtime(moment)
    return local.date() if local.time() == time() else None


def _start_of(first: date, last: date) -> str:
    """As much of the first day as the last one does not say."""
    if (first.year, first.month) == (last.year, last.month):
        return str(first.day)
    if first.year == last.year:
        return day_text(first).removesuffix(f"{NBSP}{first.year}")
    return day_text(first)
