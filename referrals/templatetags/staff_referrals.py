"""Parts on referrals for pages of the back office, wherever those lie.

`{% customer_referrals customer.pk as referrals %}`, `{% order_referral order.ref as referral %}`.
"""

from typing import Any

from django import template

register = template.Library()


@register.simple_tag(takes_context=True)
def customer_referrals(context: Any, customer_id: int) -> dict[str, Any] | None:
    # Tag libraries are loaded while the admin itself is.
    from referrals.admin import customer

    return customer.customer_referrals(context["request"], customer_id)


@register.simple_tag(takes_context=True)
def order_referral(context: Any, order_ref: str) -> dict[str, Any] | None:
    from referrals.admin import order

    return order.order_referral(context["request"], order_ref)
