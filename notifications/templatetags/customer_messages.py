"""`{% customer_messages customer.pk as messages_of %}`: the part on messages, for the page of a customer."""

from typing import Any

from django import template

register = template.Library()


@register.simple_tag(takes_context=True)
def customer_messages(context: Any, customer_id: int) -> list[dict[str, Any]] | None:
    # Tag libraries are loaded while the admin itself is.
    from notifications.admin import customer

    return customer.customer_messages(context["request"], customer_id)
