"""A code that does not apply is refused when the order is placed (PC-10)."""

from django.utils.translation import gettext as _

from orders.queries.code import CodeAnswer
from promocodes.rules import CodeFacts, Reason
from promocodes.services import CodeRejected


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


def _is_personal(code: CodeFacts) -> bool:
    per_person = (code.max_uses_per_customer, code.segment, code.tier, code.owner_id)
    return code.first_order_only or any(condition is not None for condition in per_person)
