"""Orders whose time to be paid is over."""

from datetime import datetime

from orders.models import Order

AT_ONCE = 1000


def overdue_numbers(*, now: datetime) -> list[str]:
    """Numbers of at most 1,000 unpaid orders past their time, the longest overdue first (O-6). One query."""
    rows = Order.objects.filter(status=Order.Status.NEW, pay_until__lt=now).order_by("pay_until", "pk")
    return [str(key) for key in rows.values_list("pk", flat=True)[:AT_ONCE]]
