"""The quote: an order's price with every reason. Frozen values; `document` is the shape the API answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from loyalty_site.kernel.money import ZERO
from orders.rules.texts import sentence


def as_text(amount: Decimal | None) -> str | None:
    """Money in JSON is a string with two decimals (M-1)."""
    return None if amount is None else f"{amount:.2f}"


@dataclass(frozen=True)
class LineDiscount:
    """A part of a line's discount. `source` is `tier`, `ladder`, `card` or `promo_code`; `percent` None for an
    amount.
    """

    source: str
    percent: Decimal | None
    amount: Decimal

    def document(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "percent": as_text(self.percent),
            "amount": as_text(self.amount),
        }


@dataclass(frozen=True)
class PricedLine:
    """total = subtotal − discount − points_discount; `earn_rate` in percent."""

    sku: str
    name: str
    category: str
    quantity: int
    unit_price: Decimal
    compare_at_price: Decimal | None
    subtotal: Decimal
    discount: Decimal
    points_spent: int
    points_discount: Decimal
    total: Decimal
    earn_rate: Decimal
    discounts: tuple[LineDiscount, ...]
    is_membership: bool = False

    def document(self) -> dict[str, Any]:
        return {
            "sku": self.sku,
            "name": self.name,
            "quantity": self.quantity,
            "unit_price": as_text(self.unit_price),
            "compare_at_price": as_text(self.compare_at_price),
            "subtotal": as_text(self.subtotal),
            "discount": as_text(self.discount),
            "points_spent": self.points_spent,
            "total": as_text(self.total),
            "earn_rate": as_text(self.earn_rate),
            "discounts": [discount.document() for discount in self.discounts],
        }


@dataclass(frozen=True)
class CodeOutcome:
    """What became of the code that was asked for. `discount` is the whole of what the code gives in money.

    `promo_code_id` is None when the string is no code (the answer must not tell it from a draft, PC-16).
    """

    code: str
    status: str
    type: str | None = None
    reason: str | None = None
    message: str = ""
    missing_amount: Decimal | None = None
    available_from: datetime | None = None
    held_by_order: str | None = None
    worse_than_current: bool = False
    discount: Decimal = ZERO
    promo_code_id: int | None = None

    @property
    def is_applied(self) -> bool:
        return self.status == "applied"

    def document(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "status": self.status,
            "reason": self.reason,
            "message": self.message,
            "missing_amount": as_text(self.missing_amount),
            "available_from": self.available_from.isoformat() if self.available_from else None,
            "held_by_order": self.held_by_order,
            "worse_than_current": self.worse_than_current,
            "type": self.type,
        }


@dataclass(frozen=True)
class Step:
    """One line of the explanation.

    The sentence is made when it is read, in the reader's language, from `key` and `params`
    (plain JSON values: money as strings, lists of names); an order stores these beside the sentence.
    """

    step: str
    applied: bool
    amount: Decimal | None
    key: str
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return sentence(self.key, self.params)

    def document(self) -> dict[str, Any]:
        return {
            "step": self.step,
            "applied": self.applied,
            "amount": as_text(self.amount),
            "text": self.text,
        }

    def stored(self) -> dict[str, Any]:
        """`document` with what the sentence is made of, so that it can be said again in another language."""
        return {**self.document(), "key": self.key, "params": dict(self.params)}


@dataclass(frozen=True)
class Quote:
    """total = goods_total − discount_total − points_discount + delivery_total; `goods_total` is before discounts."""

    lines: tuple[PricedLine, ...]
    goods_total: Decimal
    discount_total: Decimal
    delivery_price: Decimal
    delivery_total: Decimal
    points_spent: int
    points_discount: Decimal
    total: Decimal
    points_to_earn: int
    points_available: int
    points_spendable: int
    promo_code: CodeOutcome | None
    explanation: tuple[Step, ...]

    def document(self) -> dict[str, Any]:
        """The API's shape: money as strings with two decimals, texts in the active language."""
        return {
            "lines": [line.document() for line in self.lines],
            "goods_total": as_text(self.goods_total),
            "discount_total": as_text(self.discount_total),
            "delivery_total": as_text(self.delivery_total),
            "points_spent": self.points_spent,
            "points_discount": as_text(self.points_discount),
            "total": as_text(self.total),
            "points_to_earn": self.points_to_earn,
            "points_available": self.points_available,
            "points_spendable": self.points_spendable,
            "promo_code": self.promo_code.document() if self.promo_code else None,
            "explanation": [step.document() for step in self.explanation],
        }

    def stored(self) -> dict[str, Any]:
        """`document` as an order keeps it: each step also with its key and parameters."""
        return {
            **self.document(),
            "explanation": [step.stored() for step in self.explanation],
        }
