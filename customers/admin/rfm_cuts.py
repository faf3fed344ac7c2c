"""What each score of the map means, in words: the cut points of the last reckoning."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import RfmRun
from loyalty_site.kernel.texts import money_text, number_text


@dataclass(frozen=True)
class ScoreLine:
    """A score 5 … 1 and who has it, by recency, frequency and monetary value."""

    score: int
    recency: str
    frequency: str
    monetary: str


def cut_points(run: RfmRun) -> list[ScoreLine]:
    """A span that no value can fall into, as equal cuts leave one, is a dash."""
    recency = list(reversed(_spans(run.recency_cuts, 0, 1, _days)))
    frequency = _spans(run.frequency_cuts, 1, 1, _orders)
    monetary = _spans(run.monetary_cuts, None, Decimal("0.01"), _money)
    return [
        ScoreLine(score, recency[score - 1], frequency[score - 1], monetary[score - 1]) for score in range(5, 0, -1)
    ]


def _spans(cuts: Sequence[Any], least: Any, step: Any, text: Callable[[Any, Any], str]) -> list[str]:
    """Five spans of values: up to each cut, and above the last. Each cut belongs to the span below it."""
    if not cuts:
        return ["—"] * 5
    lows = [least, *(cut + step for cut in cuts)]
    highs = [*cuts, None]
    return [
        "—" if high is not None and low is not None and low > high else text(low, high)
        for low, high in zip(lows, highs, strict=True)
    ]


def _days(low: int, high: int | None) -> str:
    if high is None:
        return ngettext("%(n)s day and more", "%(n)s days and more", low) % {"n": number_text(low)}
    return ngettext("%(span)s day", "%(span)s days", high) % {"span": _span(low, high)}


def _orders(low: int, high: int | None) -> str:
    if high is None:
        return ngettext("%(n)s purchase and more", "%(n)s purchases and more", low) % {"n": number_text(low)}
    return ngettext("%(n)s purchase", "%(n)s purchases", high) % {"n": _span(low, high)}


def _money(low: Decimal | None, high: Decimal | None) -> str:
    if high is None:
        return _("from %(sum)s") % {"sum": money_text(low or 0)}  # type: ignore[arg-type]
    if low is None:
        return _("up to %(sum)s") % {"sum": money_text(high)}
    return f"{money_text(low)} – {money_text(high)}"


def _span(low: int, high: int) -> str:
    return number_text(low) if low == high else f"{number_text(low)}–{number_text(high)}"
