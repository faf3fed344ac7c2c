"""An order as the API answers it."""

from typing import Any

from orders.models import Order
from orders.rules.quote import as_text
from orders.rules.texts import sentence


def order_document(order: Order) -> dict[str, Any]:
    """The quote's fields as they were when the order was placed, with number, status and what became of it.

    Sentences are said again in the active language. No query if `customer` is loaded.
    """
    stored = order.quote
    return {
        "number": order.number,
        "status": order.status,
        "created_at": order.placed_at.isoformat(),
        "customer": str(order.customer.public_id) if order.customer else None,
        "channel": order.channel,
        "external_number": order.external_number,
        "refunded_amount": as_text(order.refunded_amount),
        **{key: value for key, value in stored.items() if key != "explanation"},
        "explanation": explanation(order),
    }


def explanation(order: Order) -> list[dict[str, Any]]:
    """The steps of the placed order's quote, with `step`, `applied`, `amount`, `text`."""
    return [
        {
            "step": step["step"],
            "applied": step["applied"],
            "amount": step["amount"],
            "text": sentence(step["key"], step["params"]) or step["text"],
        }
        for step in order.quote.get("explanation", [])
    ]
