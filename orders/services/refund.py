"""Giving goods, money and points back (O-7), in parts or whole; parts add up to the kopeck and the point."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

import referrals.services
import tiers.services
from customers.services import record_refund
from loyalty_site.kernel.errors import FieldError, InvalidInput
from loyalty_site.kernel.transactions import requires_transaction
from orders.models import Order, OrderLine, Refund, RefundLine
from orders.queries.refund_preview import points_step
from orders.rules import Action, LineShare, RefundStep, next_status, refund_amounts
from orders.services.locking import locked_order
from orders.services.refund_points import move_points
from promocodes.services import release_redemption


@requires_transaction
def refund_order(
    *,
    number: str,
    lines: Sequence[tuple[str, int]] | None = None,
    reason: str,
    now: datetime,
    by: str = "",
) -> Refund:
    """`lines` are (SKU, quantity) pairs; None gives back all that is left, delivery with the last of the goods.

    Spent points return to their lots, earned ones are recomputed over what remains; a whole refund leaves nothing
    earned, for who brought the buyer neither (R-4). A whole refund before the order was completed releases its code,
    after completion it does not (PC-12).
    Raises NoSuchOrder, WrongState, and InvalidInput with `lines.0.sku` or `lines.0.quantity`.
    """
    order = locked_order(number)
    next_status(order.status, Action.REFUND_PART)
    rows = {row.sku: row for row in OrderLine.objects.filter(order=order).order_by("position")}
    asked = _asked(lines, rows) if lines is not None else None
    shares = [LineShare(row.sku, row.quantity, row.total, row.refunded_quantity) for row in rows.values()]
    step = refund_amounts(shares, asked, order.delivery_total)
    order.status = next_status(order.status, Action.REFUND_REST if step.is_last else Action.REFUND_PART)
    order.refunded_amount += step.amount
    order.save(update_fields=["status", "refunded_amount"])
    moved = points_step(order, step, rows)
    refund = _record(order, step, rows, reason=reason, now=now, by=by)
    record_refund(ref=order.ref, amount=step.goods, is_whole=step.is_last, now=now)
    if step.is_last and order.completed_at is None and order.redemption_id is not None:
        release_redemption(order_ref=order.ref, reason="refunded", now=now)
    for sku, quantity, _amount in step.parts:
        if sku in order.membership_skus:
            tiers.services.refund_membership(order_ref=order.ref, sku=sku, quantity=quantity, now=now)
    _undo_referral(order, rows, now)
    refund.points_returned = moved.returned
    refund.points_taken_back = move_points(order, refund, moved, is_last=step.is_last, now=now)
    if refund.points_returned or refund.points_taken_back:
        refund.save(update_fields=["points_returned", "points_taken_back"])
    return refund


def _asked(lines: Sequence[tuple[str, int]], rows: Mapping[str, OrderLine]) -> dict[str, int]:
    wrong = []
    asked: dict[str, int] = {}
    for index, (sku, quantity) in enumerate(lines):
        row = rows.get(sku)
        if row is None:
            wrong.append(FieldError(f"lines.{index}.sku", "unknown_product", _("The order has no such goods.")))
        elif sku in asked:
            wrong.append(FieldError(f"lines.{index}.sku", "duplicate", _("This line is already given.")))
        elif not 1 <= quantity <= row.quantity - row.refunded_quantity:
            most = _("At most %(count)d can be given back.") % {"count": row.quantity - row.refunded_quantity}
            wrong.append(FieldError(f"lines.{index}.quantity", "out_of_range", most))
        asked[sku] = quantity
    if not lines:
        wrong.append(FieldError("lines", "required", _("Choose what to give back.")))
    if wrong:
        raise InvalidInput(*wrong)
    return asked


def _undo_referral(order: Order, rows: Mapping[str, OrderLine], now: datetime) -> None:
    """After promo codes and before the first account: that is the order of locks."""
    goods = sum(row.total for row in rows.values())
    kept = goods - sum(row.refunded_amount for row in rows.values())
    share = Fraction(kept) / Fraction(goods) if goods else Fraction(0)
    referrals.services.undo_rewards(order_ref=order.ref, buyer_id=order.customer_id, kept_share=share, now=now)


def _record(
    order: Order, step: RefundStep, rows: Mapping[str, OrderLine], *, reason: str, now: datetime, by: str
) -> Refund:
    refund = Refund.objects.create(
        order=order,
        amount=step.amount,
        delivery_amount=step.delivery,
        reason=reason[:200],
        refunded_at=now,
        refunded_by=by[:100],
    )
    touched = []
    for sku, quantity, amount in step.parts:
        row = rows[sku]
        row.refunded_quantity += quantity
        row.refunded_amount += amount
        touched.append(row)
    OrderLine.objects.bulk_update(touched, ["refunded_quantity", "refunded_amount"])
    RefundLine.objects.bulk_create(
        RefundLine(refund=refund, line=rows[sku], quantity=quantity, amount=amount)
        for sku, quantity, amount in step.parts
    )
    return refund
