"""Orders that something is still to happen with."""

from orders.models import Order


def orders_under_way(customer_id: int) -> tuple[list[str], list[str]]:
    """Numbers of those not paid yet, and of those paid and not handed over. One query."""
    open_states = [Order.Status.NEW, Order.Status.PAID]
    rows = list(Order.objects.filter(customer=customer_id, status__in=open_states).order_by("pk").only("pk", "status"))
    unpaid = [order.number for order in rows if order.status == Order.Status.NEW]
    return unpaid, [order.number for order in rows if order.status == Order.Status.PAID]
