"""Sentences about points: how many pay, why not more, how many are earned (Q-5, Q-6)."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loyalty_site.kernel.texts import money_text, number_text, percent_text
from orders.rules.texts_names import names_text


def points_none(params: Mapping[str, Any]) -> str:
    return _("No points are spent.")


def points(params: Mapping[str, Any]) -> str:
    count = int(params["count"])
    return ngettext("%(points)s point pays %(sum)s.", "%(points)s points pay %(sum)s.", count) % {
        "points": number_text(count),
        "sum": money_text(Decimal(params["sum"])),
    }


def points_fewer(params: Mapping[str, Any]) -> str:
    """A refusal of everything is said by the step that follows it."""
    count, asked = int(params["count"]), int(params["asked"])
    if not count:
        return ngettext(
            "%(points)s point was asked for; none can be spent here.",
            "%(points)s points were asked for; none can be spent here.",
            asked,
        ) % {"points": number_text(asked)}
    return ngettext(
        "%(asked)s points were asked for; %(points)s point may be spent here and pays %(sum)s.",
        "%(asked)s points were asked for; %(points)s points may be spent here and pay %(sum)s.",
        count,
    ) % {"asked": number_text(asked), "points": number_text(count), "sum": money_text(Decimal(params["sum"]))}


def points_limit(params: Mapping[str, Any]) -> str:
    """Why not more (Q-5)."""
    by = params["by"]
    if by == "guest":
        return _("Points belong to customers: sign in to spend yours.")
    if by == "goods":
        return _("These goods cannot be paid with points.")
    if by == "balance":
        return _balance(int(params["available"]))
    return _cap(params)


def _balance(available: int) -> str:
    if not available:
        return _("There are no points on the account that could be spent now.")
    return ngettext(
        "There is %(points)s point on the account.", "There are %(points)s points on the account.", available
    ) % {"points": number_text(available)}


def _cap(params: Mapping[str, Any]) -> str:
    spendable = int(params["spendable"])
    words = {
        "points": number_text(spendable),
        "percent": percent_text(Decimal(params["percent"])),
        "names": names_text(params["names"]),
    }
    if params["names"]:
        return (
            ngettext(
                "Points pay at most %(percent)s of the goods, and nothing of %(names)s: up to %(points)s point here.",
                "Points pay at most %(percent)s of the goods, and nothing of %(names)s: up to %(points)s points here.",
                spendable,
            )
            % words
        )
    return (
        ngettext(
            "Points pay at most %(percent)s of the goods: up to %(points)s point here.",
            "Points pay at most %(percent)s of the goods: up to %(points)s points here.",
            spendable,
        )
        % words
    )


def earn(params: Mapping[str, Any]) -> str:
    count = int(params["count"])
    return ngettext(
        "%(points)s point will be earned for this order.", "%(points)s points will be earned for this order.", count
    ) % {"points": number_text(count)}


def earn_tier(params: Mapping[str, Any]) -> str:
    count = int(params["count"])
    return ngettext(
        "%(points)s point will be earned for this order: cashback of %(percent)s of the tier “%(tier)s”.",
        "%(points)s points will be earned for this order: cashback of %(percent)s of the tier “%(tier)s”.",
        count,
    ) % {
        "points": number_text(count),
        "percent": percent_text(Decimal(params["percent"])),
        "tier": params["tier"],
    }


def earn_guest(params: Mapping[str, Any]) -> str:
    count = int(params["count"])
    return ngettext(
        "Sign in before you pay to earn %(points)s point for this order.",
        "Sign in before you pay to earn %(points)s points for this order.",
        count,
    ) % {"points": number_text(count)}


def earn_none(params: Mapping[str, Any]) -> str:
    return _("No points are earned for this order.")


POINTS_SENTENCES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "points": points,
    "points_fewer": points_fewer,
    "points_none": points_none,
    "points_limit": points_limit,
    "earn": earn,
    "earn_tier": earn_tier,
    "earn_guest": earn_guest,
    "earn_none": earn_none,
}
