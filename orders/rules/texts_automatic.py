"""Sentences about automatic discounts: which one won, what it beat, what took its place (Q-2, PC-11).

An offer in `params` is its `source`, `percent` and `name`; orders placed before offers had names have none.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from loyalty_site.kernel.texts import percent_text
from orders.rules.texts_names import names_text


def automatic(params: Mapping[str, Any]) -> str:
    words = {"offer": offer_text(params), "names": names_text(params["names"])}
    beaten = [offer_text(offer) for offer in params.get("beaten", [])]
    if not beaten:
        return _("%(offer)s on %(names)s.") % words
    others = pgettext("offers", " and ").join(_lower_first(text) for text in beaten)
    return _("%(offer)s on %(names)s: better than %(others)s.") % {**words, "others": others}


def replaced(params: Mapping[str, Any]) -> str:
    return _("%(offer)s: promo code %(code)s takes its place.") % {
        "offer": offer_text(params),
        "code": params["code"],
    }


def offer_text(offer: Mapping[str, Any]) -> str:
    """“Discount of 5% for the tier “Gold””, to begin a sentence with."""
    source, name = offer["source"], offer.get("name", "")
    words = {"percent": percent_text(Decimal(offer["percent"])), "name": name}
    if source == "tier":
        named, plain = _("Discount of %(percent)s for the tier “%(name)s”"), _("Discount of %(percent)s for your tier")
    elif source == "card":
        named, plain = _("Discount of %(percent)s for the card •%(name)s"), _("Discount of %(percent)s for the card")
    elif source == "ladder" and name == "order_total":
        named = plain = _("Discount of %(percent)s for the sum of the order")
    elif source == "ladder":
        named = plain = _("Discount of %(percent)s for the sum of purchases")
    else:
        named = plain = _("Discount of %(percent)s")
    return (named if name else plain) % words


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


AUTOMATIC_SENTENCES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "automatic": automatic,
    "automatic_replaced": replaced,
}
