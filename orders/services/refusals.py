"""What a quote only tells is refused when the order is placed: a code that does not apply, too many points, a
membership for nobody (PC-10, Q-5, T-5).
"""

from django.utils.translation import gettext as _

from loyalty_site.kernel.errors import FieldError, InvalidInput
from orders.queries.code import CodeAnswer
from orders.queries.quote import Pricing, QuoteRequest
from orders.rules import Quote
from orders.services.errors import NotEnoughPoints
from promocodes.rules import CodeFacts, Reason
from promocodes.services import CodeRejected

MOST_PIECES = 12


def refuse_code(answer: CodeAnswer | None) -> None:
    """Raises CodeRejected.

    A quote tells an anonymous visitor nothing about limits per person (Q-10), but an order counts:
    such a code needs somebody to count against.
    """
    if answer is None:
        return
    if answer.verdict.failed:
        raise CodeRejected.from_check(answer.verdict.failed)
    if answer.found and not answer.question.buyer.is_known and _is_personal(answer.found.facts):
        raise CodeRejected(
            Reason.NOT_FOR_CUSTOMER,
            _("The code is counted per customer: sign in, or give an e-mail or a phone."),
        )


def refuse_points(request: QuoteRequest, quote: Quote) -> None:
    """Raises NotEnoughPoints with `points_spendable`: a quote spends fewer, an order none (Q-5)."""
    if request.points_to_spend > quote.points_spendable:
        raise NotEnoughPoints(quote.points_available, spendable=quote.points_spendable, field="points_to_spend")


def refuse_membership(pricing: Pricing) -> None:
    """A membership needs somebody to belong to, and an end that the calendar knows. Raises InvalidInput with
    `lines.N.sku` or `lines.N.quantity`.
    """
    fees = [(index, line.quantity) for index, line in enumerate(pricing.lines) if line.is_membership]
    if pricing.buyer.customer is None:
        nobody = _("A membership belongs to a customer: sign in to buy it.")
        wrong = [FieldError(f"lines.{index}.sku", "customers_only", nobody) for index, _quantity in fees]
    else:
        many = _("At most %(count)d pieces of a membership go into one order.") % {"count": MOST_PIECES}
        wrong = [
            FieldError(f"lines.{index}.quantity", "out_of_range", many)
            for index, quantity in fees
            if quantity > MOST_PIECES
        ]
    if wrong:
        raise InvalidInput(*wrong)


def _is_personal(code: CodeFacts) -> bool:
    per_person = (code.max_uses_per_customer, code.segment, code.tier, code.owner_id)
    return code.first_order_only or any(condition is not None for condition in per_person)
