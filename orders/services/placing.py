"""Placing from a form of the site or the back office: once for each form shown, however often it is sent (O-4)."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from customers.models import User
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
    device: str = "",
) -> str:
    """The order's number; the basket `token` is empty afterwards.

    The same `placing_key` of the same basket gives the same number and places nothing more.
    Raises what `place_order` raises.
    """

    def place() -> str:
        order = place_order(request=request, contact=contact, expected_total=expected_total, device=device, now=now)
        empty_basket(token=token)
        return order.number

    body_hash = hashlib.sha256(token.bytes).hexdigest()
    return _once(f"basket:{token}", placing_key, "site checkout", body_hash, place)


@requires_transaction
def place_by_staff(
    *,
    placing_key: UUID,
    request: QuoteRequest,
    contact: Contact,
    expected_total: Decimal,
    by: User,
    now: datetime,
) -> str:
    """The number of the order placed by `by` for a customer; the same form sent twice places one order (O-4).

    Raises what `place_order` raises, and IdempotencyMismatch when a form that placed an order comes back changed.
    """

    def place() -> str:
        order = place_order(request=request, contact=contact, expected_total=expected_total, by=by.email, now=now)
        return order.number

    body_hash = hashlib.sha256(repr((request, contact)).encode()).hexdigest()
    return _once(f"staff:{by.pk}", placing_key, "back office", body_hash, place)


def _once(caller: str, key: UUID, route: str, body_hash: str, place: Callable[[], str]) -> str:
    def work() -> Answer:
        try:
            return Answer.of(200, place())
        except DomainError as refusal:
            raise _RefusalError(refusal) from refusal

    try:
        answer = import_string(settings.IDEMPOTENCY_STORE)(
            caller=caller, key=str(key), route=route, body_hash=body_hash, work=work
        )
    except _RefusalError as refused:
        raise refused.refusal from None
    return str(answer.text).strip('"')
