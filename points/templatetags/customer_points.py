"""`{% customer_points customer.pk as points %}`: the part on points, for the page of a customer wherever it lies."""

from typing import Any

from django import template

register = template.Library()


@register.simple_tag(takes_context=True)
def customer_points(context: Any, customer_id: int) -> dict[str, Any] | None:
    # Tag libraries are loaded while the admin itself is.
    from points.admin import customer

    return customer.customer_points(context["request"], customer_id)
