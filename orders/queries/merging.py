"""Orders of two customers before they become one (CU-3)."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from loyalty_site.kernel.texts import money_text, number_text
from orders.models import Order


def merge_facts(customer_id: int, *, now: datetime) -> list[tuple[str, str]]:
    found = _orders(customer_id)
    if not found["count"]:
        return [(_("Orders"), "0")]
    orders, amount = number_text(found["count"]), money_text(found["amount"] or Decimal(0))
    return [(_("Orders"), _("%(orders)s for %(amount)s") % {"orders": orders, "amount": amount})]


def merge_preview(survivor_id: int, absorbed_id: int, *, now: datetime) -> list[dict[str, Any]]:
    found = _orders(absorbed_id)
    return [{"part": "orders", "count": found["count"], "amount": str(found["amount"])}] if found["count"] else []


def _orders(customer_id: int) -> dict[str, Any]:
    return Order.objects.filter(customer=customer_id).aggregate(count=Count("pk"), amount=Sum("total"))
