"""Refusals of the till."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.errors import Conflict, DomainError, NotFound
from orders.rules import Quote
from points.services import NotEnoughPoints

__all__ = [
    "AmountMismatch",
    "ExternalNumberTaken",
    "NoSuchOrder",
    "NotEnoughPoints",
    "PaymentTaken",
    "TotalChanged",
]


class TotalChanged(Conflict):
    """O-3: the client showed another total. `extra["quote"]` is the new quote's document."""

    code = "total_changed"
    title = _("The price has changed")
    message = _("The price has changed since it was shown. Please check the new total.")

    def __init__(self, quote: Quote) -> None:
        self.quote = quote
        super().__init__(extra={"quote": quote.document()})


class AmountMismatch(DomainError):
    """O-5: the amount paid is not the order's total."""

    code = "amount_mismatch"
    message = _("The amount is not the order's total.")

    def __init__(self, *, expected: Decimal, got: Decimal) -> None:
        super().__init__(field="amount", extra={"expected": f"{expected:.2f}", "got": f"{got:.2f}"})


class ExternalNumberTaken(Conflict):
    """The channel has another order under this number."""

    code = "external_number_taken"
    message = _("There is already an order with this external number.")

    def __init__(self) -> None:
        super().__init__(field="external_number")


class PaymentTaken(Conflict):
    """One payment pays one order, once."""

    code = "payment_taken"
    message = _("This payment has already paid another order.")


class NoSuchOrder(NotFound):
    message = _("There is no such order.")
