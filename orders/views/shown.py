"""What the customer was shown, signed into the form, so that a change can be told in words (O-3)."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core import signing
from django.utils.translation import gettext as _

from loyalty_site.kernel.texts import money_text
from orders.rules import Quote

SALT = "orders.shown"


@dataclass(frozen=True)
class Change:
    """The total before and after, and the reasons in sentences."""

    before: Decimal
    after: Decimal
    reasons: tuple[str, ...]


def shown_text(quoted: Quote) -> str:
    """A compact signed record of the quote as shown."""
    lines = [[line.sku, line.name, line.quantity, str(line.unit_price)] for line in quoted.lines]
    sums = [str(quoted.discount_total), str(quoted.points_discount), str(quoted.delivery_total)]
    return signing.dumps([lines, *sums], salt=SALT, compress=True)


def change_since(text: str, expected_total: Decimal, now: Quote) -> Change:
    """What differs between the record and the quote `now`. A record that was tampered with gives no reasons."""
    try:
        lines, discount, by_points, delivery = signing.loads(text, salt=SALT, max_age=7 * 86400)
    except (signing.BadSignature, ValueError, TypeError):
        return Change(expected_total, now.total, ())
    reasons = [*_line_reasons(lines, now)]
    if Decimal(discount) != now.discount_total:
        reasons.append(
            _("Discount: it was %(before)s, now it is %(after)s.")
            % {"before": money_text(discount), "after": money_text(now.discount_total)}
        )
    if Decimal(by_points) != now.points_discount:
        reasons.append(
            _("Paid with points: it was %(before)s, now it is %(after)s.")
            % {"before": money_text(by_points), "after": money_text(now.points_discount)}
        )
    if Decimal(delivery) != now.delivery_total:
        reasons.append(
            _("Delivery: it was %(before)s, now it is %(after)s.")
            % {"before": money_text(delivery), "after": money_text(now.delivery_total)}
        )
    return Change(expected_total, now.total, tuple(reasons))


def _line_reasons(before: list[list[Any]], now: Quote) -> list[str]:
    """One sentence for each line that came, went or differs."""
    lines = {line.sku: line for line in now.lines}
    reasons = []
    for sku, name, quantity, price in before:
        line = lines.pop(sku, None)
        if line is None:
            reasons.append(_("“%(name)s” is not in the order any more.") % {"name": name})
            continue
        if Decimal(price) != line.unit_price:
            reasons.append(
                _("“%(name)s”: the price was %(before)s, now it is %(after)s.")
                % {"name": name, "before": money_text(price), "after": money_text(line.unit_price)}
            )
        if quantity != line.quantity:
            reasons.append(
                _("“%(name)s”: the quantity was %(before)d, now it is %(after)d.")
                % {"name": name, "before": quantity, "after": line.quantity}
            )
    return reasons + [_("“%(name)s” has been added.") % {"name": line.name} for line in lines.values()]
