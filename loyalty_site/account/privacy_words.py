"""What goes and what stays when a customer is forgotten, in plain words and with his own figures (CU-4)."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loyalty_site.kernel.texts import number_text
from orders.queries.under_way import orders_under_way
from points.queries import balance


@dataclass(frozen=True)
class WhatGoes:
    """Sentences. `lost` is what he has now and will not have, `warnings` what is still on its way."""

    goes: tuple[str, ...]
    stays: tuple[str, ...]
    lost: tuple[str, ...]
    warnings: tuple[str, ...]


def what_goes(customer_id: int, *, now: datetime) -> WhatGoes:
    return WhatGoes(goes=_goes(), stays=_stays(), lost=_lost(customer_id, now), warnings=_warnings(customer_id))


def _goes() -> tuple[str, ...]:
    return (
        _("name, e-mail, phone, birthday, and the account itself: nobody can sign in any more"),
        _("names, addresses and phones in orders, also in those placed without signing in"),
        _("what the staff wrote down, tags, segments, and what the messages said"),
        _("numbers of cards and the signs by which one person's accounts are told, in archives of changes too"),
    )


def _stays() -> tuple[str, ...]:
    return (
        _("sums of orders, payments and refunds, without a name: the law asks the shop for its books"),
        _("movements of points and uses of promo codes, under a number that leads to nobody"),
        _("the number itself in a list of the forgotten: so that a backup does not bring the data back"),
    )


def _lost(customer_id: int, now: datetime) -> tuple[str, ...]:
    left = balance(customer_id, now=now)
    points = left.available + left.pending
    lost = [_("the tier, personal promo codes, cards, and the link for friends")]
    if points:
        words = ngettext("%(count)s point on the account", "%(count)s points on the account", points)
        lost.insert(0, words % {"count": number_text(points)})
    return tuple(lost)


def _warnings(customer_id: int) -> tuple[str, ...]:
    unpaid, paid = orders_under_way(customer_id)
    warnings = []
    if unpaid:
        words = ngettext(
            "Order № %(numbers)s waits for payment: it will be cancelled.",
            "Orders № %(numbers)s wait for payment: they will be cancelled.",
            len(unpaid),
        )
        warnings.append(words % {"numbers": ", ".join(unpaid)})
    if paid:
        words = ngettext(
            "Order № %(numbers)s is paid and not handed over yet: nobody will know where to bring it.",
            "Orders № %(numbers)s are paid and not handed over yet: nobody will know where to bring them.",
            len(paid),
        )
        warnings.append(words % {"numbers": ", ".join(paid)})
    return tuple(warnings)
