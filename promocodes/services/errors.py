"""The refusal of a code, in the same words everywhere (Q-8)."""

from datetime import datetime
from decimal import Decimal
from typing import Self

from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.errors import DomainError, Text
from promocodes.rules import Check, Reason, explain


class CodeRejected(DomainError):
    """The code does not apply.

    `extra` holds `reason`, `message`, `missing_amount`, `available_from`, `held_by_order`, ready for JSON.
    """

    code, status = "promo_code_rejected", 422
    title = _("The promo code does not apply")

    def __init__(
        self,
        reason: Reason,
        message: Text | None = None,
        *,
        missing_amount: Decimal | None = None,
        available_from: datetime | None = None,
        held_by_order: str | None = None,
    ) -> None:
        self.reason = reason
        sentence = message or explain(
            reason, missing_amount=missing_amount, available_from=available_from, held_by_order=held_by_order
        )
        extra = {
            "reason": reason.value,
            "message": str(sentence),
            "missing_amount": None if missing_amount is None else f"{missing_amount:.2f}",
            "available_from": available_from.isoformat() if available_from else None,
            "held_by_order": held_by_order,
        }
        super().__init__(sentence, field="promo_code", extra=extra)

    @classmethod
    def from_check(cls, check: Check) -> Self:
        """The refusal that a failed check of `judge` stands for."""
        return cls(
            check.reason or Reason.NOT_FOUND,
            check.text,
            missing_amount=check.missing_amount,
            available_from=check.available_from,
            held_by_order=check.held_by_order,
        )
