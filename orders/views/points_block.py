"""Points at the checkout: what the visitor wants to spend, and the words around the field (Q-5, Q-6)."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from orders.queries.quote import Pricing
from orders.rules import Quote

LARGEST = 10**9


@dataclass(frozen=True)
class PointsWish:
    """`text` as it was typed."""

    text: str = ""

    @property
    def count(self) -> int | None:
        """The wish in points; 0 for an empty field, None for what is no number."""
        bare = "".join(self.text.split())
        if not bare:
            return 0
        return min(int(bare), LARGEST) if bare.isascii() and bare.isdigit() else None

    @property
    def error(self) -> str:
        return "" if self.count is not None else _("Write a whole number of points.")


def points_block(wish: PointsWish, pricing: Pricing) -> dict[str, Any]:
    """What the template shows beside the quote. The field holds what is really spent, except for what is no number."""
    quoted = pricing.quote
    told = {step.key: step.text for step in quoted.explanation if step.step == "points"}
    return {
        "value": wish.text if wish.error else quoted.points_spent,
        "error": wish.error or told.get("points_fewer", ""),
        "limit": told.get("points_limit", ""),
        "chips": _chips(quoted),
        "hold_days": pricing.programme.points_hold_days,
    }


def _chips(quoted: Quote) -> list[tuple[str, int, str]]:
    """(id, points, text): nothing, half of what is allowed, all of it."""
    most = quoted.points_spendable
    half = [("points-half", most // 2, pgettext("points", "Half"))] if most > 1 else []
    return [("points-none", 0, pgettext("points", "None")), *half, ("points-most", most, pgettext("points", "Maximum"))]
