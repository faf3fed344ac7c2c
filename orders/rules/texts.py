"""The sentences of the explanation, one per key, in the active language.

A step of a quote is data; its sentence is made when somebody reads it. Parameters are plain JSON values:
money and percents as strings, names as text.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loyalty_site.kernel.texts import money_text, percent_text
from orders.rules.texts_automatic import AUTOMATIC_SENTENCES
from orders.rules.texts_names import names_text
from orders.rules.texts_points import POINTS_SENTENCES


def sentence(key: str, params: Mapping[str, Any]) -> str:
    """The sentence for `key`; an unknown key (written by a later version) gives an empty one."""
    maker = SENTENCES.get(key)
    return maker(params) if maker else ""


def _money(params: Mapping[str, Any], name: str) -> str:
    return money_text(Decimal(params[name]))


def _percent(params: Mapping[str, Any]) -> str:
    return percent_text(Decimal(params["percent"]))


def _goods(params: Mapping[str, Any]) -> str:
    count = int(params["count"])
    return ngettext(
        "Goods: %(count)d piece for %(sum)s.",
        "Goods: %(count)d pieces for %(sum)s.",
        count,
    ) % {
        "count": count,
        "sum": _money(params, "sum"),
    }


def _percent_code(params: Mapping[str, Any]) -> str:
    words = {
        "code": params["code"],
        "percent": _percent(params),
        "names": names_text(params["names"]),
    }
    if params["whole_order"]:
        return _("Promo code %(code)s: %(percent)s on the whole order.") % words
    return _("Promo code %(code)s: %(percent)s on %(names)s.") % words


def _worse(params: Mapping[str, Any]) -> str:
    return _("Promo code %(code)s gives less than the discount you already have: take it off to pay less.") % {
        "code": params["code"]
    }


def _worse_cashback(params: Mapping[str, Any]) -> str:
    return _("Promo code %(code)s gives fewer points than you would earn without it.") % {"code": params["code"]}


def _kept_better(params: Mapping[str, Any]) -> str:
    return _("The current discount is better than promo code %(code)s and stays.") % {"code": params["code"]}


def _fixed_code(params: Mapping[str, Any]) -> str:
    return _("Promo code %(code)s: %(sum)s off the order.") % {
        "code": params["code"],
        "sum": _money(params, "sum"),
    }


def _fixed_capped(params: Mapping[str, Any]) -> str:
    return _("Promo code %(code)s for %(value)s takes off %(sum)s: no more than the goods cost.") % {
        "code": params["code"],
        "value": _money(params, "value"),
        "sum": _money(params, "sum"),
    }


def _cashback_code(params: Mapping[str, Any]) -> str:
    words = {
        "code": params["code"],
        "percent": _percent(params),
        "names": names_text(params["names"]),
    }
    if params["whole_order"]:
        return _("Promo code %(code)s: cashback of %(percent)s on the whole order.") % words
    return _("Promo code %(code)s: cashback of %(percent)s on %(names)s.") % words


def _shipping_code(params: Mapping[str, Any]) -> str:
    return _("Promo code %(code)s: free delivery.") % {"code": params["code"]}


def _cut(params: Mapping[str, Any]) -> str:
    return _("The campaign's budget is nearly spent: promo code %(code)s gives %(sum)s.") % {
        "code": params["code"],
        "sum": _money(params, "sum"),
    }


def _rejected(params: Mapping[str, Any]) -> str:
    return str(params["message"])


def _no_code(params: Mapping[str, Any]) -> str:
    return _("No promo code.")


def _delivery(params: Mapping[str, Any]) -> str:
    return _("Delivery: %(sum)s.") % {"sum": _money(params, "sum")}


def _delivery_free(params: Mapping[str, Any]) -> str:
    words = {"price": _money(params, "price")}
    if params.get("by") == "promo_code":
        return _("Delivery is free by the promo code instead of %(price)s.") % words
    if params.get("tier"):
        return _("Delivery is free instead of %(price)s thanks to the tier “%(tier)s”.") % {
            **words,
            "tier": params["tier"],
        }
    return _("Delivery is free by your tier instead of %(price)s.") % words


def _delivery_cut(params: Mapping[str, Any]) -> str:
    return _("Delivery: %(sum)s instead of %(price)s.") % {
        "sum": _money(params, "sum"),
        "price": _money(params, "price"),
    }


def _no_delivery(params: Mapping[str, Any]) -> str:
    return _("Delivery costs nothing.")


SENTENCES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "goods": _goods,
    **AUTOMATIC_SENTENCES,
    "code_percent": _percent_code,
    "code_worse": _worse,
    "code_worse_cashback": _worse_cashback,
    "code_kept_better": _kept_better,
    "code_fixed": _fixed_code,
    "code_fixed_capped": _fixed_capped,
    "code_cashback": _cashback_code,
    "code_shipping": _shipping_code,
    "code_cut": _cut,
    "code_rejected": _rejected,
    "code_none": _no_code,
    "delivery": _delivery,
    "delivery_free": _delivery_free,
    "delivery_cut": _delivery_cut,
    "delivery_none": _no_delivery,
    **POINTS_SENTENCES,
}
