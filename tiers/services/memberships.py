"""Paid membership (T-5): bought as goods, begins where the last one ends, shortened by a refund."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.errors import Conflict
from loyalty_site.kernel.transactions import requires_transaction
from tiers.models import Membership, MembershipPlan
from tiers.rules import months_after


class MembershipTaken(Conflict):
    """The order has started this membership before, with other values."""

    code = "idempotency_mismatch"
    message = _("This order has started a membership already, with other values.")


class MoreThanBought(Conflict):
    code = "more_than_bought"
    message = _("Fewer memberships than that are left of this order.")


@requires_transaction
def start_memberships(
    *, customer_id: int, lines: Sequence[tuple[str, int, Decimal]], order_ref: str, now: datetime
) -> list[Membership]:
    """What the goods of a paid order start: `lines` are (SKU, quantity, what was paid for them).

    A plan taken off sale meanwhile counts, because its fee is paid. The same order again gives the same memberships;
    with other values it raises MembershipTaken. The caller holds the customer's row.
    """
    plans = MembershipPlan.objects.filter(sku__in=[sku for sku, _quantity, _amount in lines]).order_by("pk")
    return [_start(plan, customer_id, _bought(plan, lines), order_ref, now) for plan in plans]


def _bought(plan: MembershipPlan, lines: Sequence[tuple[str, int, Decimal]]) -> tuple[int, Decimal]:
    own = [(quantity, amount) for sku, quantity, amount in lines if sku == plan.sku]
    return sum(quantity for quantity, _amount in own), sum((amount for _quantity, amount in own), Decimal("0.00"))


def _start(
    plan: MembershipPlan, customer_id: int, bought: tuple[int, Decimal], order_ref: str, now: datetime
) -> Membership:
    quantity, fee = bought
    live = Q(customer=customer_id, tier=plan.tier_id, refunded_at__isnull=True)
    found = list(Membership.objects.filter(Q(order_ref=order_ref, plan=plan) | live).order_by("pk"))
    there = next(
        (membership for membership in found if (membership.order_ref, membership.plan_id) == (order_ref, plan.pk)), None
    )
    if there is not None:
        if (there.customer_id, there.fee_amount) != (customer_id, fee):
            raise MembershipTaken
        return there
    starts_at = max([now, *(membership.ends_at for membership in found)])
    return Membership.objects.create(
        customer_id=customer_id,
        plan=plan,
        tier_id=plan.tier_id,
        order_ref=order_ref,
        fee_amount=fee,
        months=plan.months,
        quantity=quantity,
        starts_at=starts_at,
        ends_at=end_of(starts_at, plan.months * quantity),
    )


@requires_transaction
def refund_membership(*, order_ref: str, sku: str, quantity: int, now: datetime) -> Membership | None:
    """`quantity` pieces of the fee went back: their months go, and those bought later begin earlier by them.

    None when the order started no membership with this SKU. Raises MoreThanBought. The caller holds the customer's row.
    """
    found = Membership.objects.filter(order_ref=order_ref, plan__sku=sku)
    membership = found.select_for_update(of=("self",), no_key=True).first()
    if membership is None:
        return None
    if quantity > membership.quantity:
        raise MoreThanBought
    membership.quantity -= quantity
    if membership.quantity:
        membership.ends_at = end_of(membership.starts_at, membership.months * membership.quantity)
    else:
        membership.refunded_at = now
    membership.save(update_fields=["quantity", "ends_at", "refunded_at"])
    _close_gaps(membership, now)
    return membership


def _close_gaps(shortened: Membership, now: datetime) -> None:
    """Memberships of the same tier that have not begun yet move up, the earliest first, so that none meets another."""
    live = Membership.objects.select_for_update(of=("self",), no_key=True).filter(
        customer=shortened.customer_id, tier=shortened.tier_id, refunded_at__isnull=True, ends_at__gt=now
    )
    free_from = now
    for membership in live.order_by("starts_at", "pk"):
        if membership.starts_at > free_from:
            membership.starts_at = free_from
            membership.ends_at = end_of(free_from, membership.months * membership.quantity)
            membership.save(update_fields=["starts_at", "ends_at"])
        free_from = membership.ends_at


def end_of(starts_at: datetime, months: int) -> datetime:
    """Where a membership of so many months ends."""
    return months_after(starts_at, months, ZoneInfo(settings.TIME_ZONE))
