"""For whom a code would be no gain: the editor warns of what customers have without one (PC-11)."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from customers.models import Programme
from loyalty_site.kernel.texts import percent_text
from promocodes.admin import ports
from promocodes.models import CodeType
from promocodes.rules.summary import listed


def no_gain(values: Mapping[str, Any], programme: Programme) -> str:
    """One or two sentences, empty where the code is a gain for all whom it is for."""
    kind, value = values.get("type"), values.get("value")
    if value is None or kind not in (CodeType.PERCENT, CodeType.CASHBACK):
        return ""
    if kind == CodeType.CASHBACK:
        names = list(_cashback(values, value, programme.base_earn_percent))
    else:
        names = list(_discounts(values, value))
    if not names:
        return ""
    text = _("No gain for those who have as much without a code: %(names)s.") % {"names": ", ".join(names)}
    return f"{text} {_policy(programme)}"


def _policy(programme: Programme) -> str:
    if programme.percent_policy == Programme.PercentPolicy.BEST:
        return _("They keep the better of the two: the code changes nothing for them.")
    return _("The code replaces what they have, even where that is more.")


def _discounts(values: Mapping[str, Any], value: Decimal) -> Iterator[str]:
    words = {
        "cumulative": _("the discount for all purchases together (up to %(percent)s)"),
        "order_total": _("the discount for a large order (up to %(percent)s)"),
        "card": _("personal cards (up to %(percent)s)"),
    }
    for own in _for_whom(values):
        if own.discount < value:
            continue
        percent = percent_text(own.discount)
        yield f"{listed([own.name])} ({percent})" if own.source == "tier" else words[own.source] % {"percent": percent}


def _cashback(values: Mapping[str, Any], value: Decimal, base: Decimal) -> Iterator[str]:
    """A tier without a rate of its own earns at the programme's."""
    tiers = [own for own in _for_whom(values) if own.source == "tier"]
    rates = [(own.name, base if own.cashback is None else own.cashback) for own in tiers]
    least = min(rate for _name, rate in [("", base), *rates])
    if least >= value:
        yield _("everybody (at least %(percent)s)") % {"percent": percent_text(least)}
        return
    yield from (f"{listed([name])} ({percent_text(rate)})" for name, rate in rates if rate >= value)


def _for_whom(values: Mapping[str, Any]) -> list[Any]:
    """Without the tiers below the one that the code asks for."""
    own = ports.own_percents()
    codes = [one.code for one in own]
    asked = values.get("tier") or ""
    first = codes.index(asked) if asked and asked in codes else 0
    return own[first:]
