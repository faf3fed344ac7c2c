"""Placing from the site's checkout: once for each form that was shown, however often it is sent (O-4)."""

import hashlib
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from loyalty_site.kernel.answers import Answer
from loyalty_site.kernel.errors import DomainError
from loyalty_site.kernel.transactions import requires_transaction
from orders.queries.quote import QuoteRequest
from orders.services.baskets import empty_basket
from orders.services.place import Contact, place_order


class _RefusalError(Exception):
    """Carries a refusal past the store of answers: a form that was refused may be mended and sent again."""

    def __init__(self, refusal: DomainError) -> None:
        self.refusal = refusal
        super().__init__(refusal.code)


@requires_transaction
def place_basket(
    *,
    token: UUID,
    placing_key: UUID,
    request: QuoteRequest,
    contact: Contact,
    expected_total: Decimal | None,
    now: datetime,
) -> str:
    """The order's number; the basket `token` is empty afterwards.

    The same `placing_key` of the same basket gives the same number and places nothing more.
    Raises what `place_order` raises.
    """

    def work() -> Answer:
        try:
            order = place_order(request=request, contact=contact, expected_total=expected_total, now=now)
        except DomainError as refusal:
            raise _RefusalError(refusal) from refusal
        empty_basket(token=token)
        return Answer.of(200, order.number)

    try:
        answer = import_string(settings.IDEMPOTENCY_STORE)(
            caller=f"basket:{token}",
            key=str(placing_key),
            route="site checkout",
            body_hash=hashlib.sha256(token.bytes).hexdigest(),
            work=work,
        )
    except _RefusalError as refused:
        raise refused.refusal from None
    return str(answer.text).strip('"')
