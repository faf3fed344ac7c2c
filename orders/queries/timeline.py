"""Orders placed, paid, given back and cancelled, and purchases from anywhere, on a customer's line of time (CU-10)."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from customers.models import Purchase
from loyalty_site.kernel.texts import money_text
from loyalty_site.kernel.timeline import Source, Told, rows_of
from orders.models import Order, Refund

RIGHT = "orders.view_order"


def _placed(keys: Sequence[int]) -> dict[int, Told]:
    return {
        row.pk: Told(
            text=_("Order placed"),
            detail=_parts(money_text(row.total), str(row.get_channel_display())),
            ref=row.ref,
            by=row.placed_by,
        )
        for row in Order.objects.filter(pk__in=keys).defer("quote")
    }


def _paid(keys: Sequence[int]) -> dict[int, Told]:
    channels = dict(Order.Channel.choices)
    return {
        row.pk: Told(
            text=_("First purchase") if row.is_first else _("Purchase"),
            detail=_parts(money_text(row.goods_amount), str(channels.get(row.channel, row.channel))),
            ref=row.ref,
            tone="good",
        )
        for row in Purchase.objects.filter(pk__in=keys)
    }


def _cancelled(keys: Sequence[int]) -> dict[int, Told]:
    return {
        row.pk: Told(text=_("Order cancelled"), detail=row.cancelled_because, ref=row.ref, tone="bad")
        for row in Order.objects.filter(pk__in=keys).defer("quote")
    }


def _refunded(keys: Sequence[int]) -> dict[int, Told]:
    return {
        row.pk: Told(
            text=_("Money given back"),
            detail=_parts(money_text(row.amount), row.reason),
            ref=f"order:{row.order_id}",
            by=row.refunded_by,
            tone="warn",
        )
        for row in Refund.objects.filter(pk__in=keys)
    }


def _parts(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


SOURCES = (
    Source("order placed", "orders", RIGHT, "placed_at", rows_of(Order, "customer"), _placed),
    Source("purchase", "orders", RIGHT, "paid_at", rows_of(Purchase, "customer"), _paid),
    Source("order cancelled", "orders", RIGHT, "cancelled_at", rows_of(Order, "customer"), _cancelled),
    Source("refund", "orders", RIGHT, "refunded_at", rows_of(Refund, "order__customer"), _refunded),
)
