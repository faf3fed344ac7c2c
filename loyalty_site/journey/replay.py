"""Receipts replayed through the till's own services: placed (some paid with points), paid and completed at the
receipt's moment, some brought back in parts."""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from math import inf

from loyalty_site.journey.calendar import Event
from loyalty_site.journey.coupons import CouponKey
from loyalty_site.journey.invitations import Invitation, device_of, payer_of
from loyalty_site.journey.receipts import Receipt
from loyalty_site.journey.wishes import GoodsBack, share_of_points
from loyalty_site.kernel.transactions import in_transaction, requires_transaction
from orders.models import Order, Refund
from orders.queries import QuoteRequest, quote
from orders.services import Contact, complete_order, pay_order, place_order, refund_order
from promocodes.services import CodeRejected

CHANNEL = "pos"
PROVIDER = "journey"
# PC-10: the till has one field for a code, so a second coupon of the same receipt is never sent.
SECOND_CODE = "second_code"


@dataclass
class Outcome:
    """What came of the receipts: `refused` counts coupons by the reason their code was not taken,
    `left` receipts and refunds that time ran out for."""

    placed: int = 0
    refunds: int = 0
    left: int = 0
    lines: int = 0
    used: int = 0
    refused: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Outcome") -> None:
        self.placed += other.placed
        self.refunds += other.refunds
        self.left += other.left
        self.lines += other.lines
        self.used += other.used
        self.refused += other.refused


@dataclass(frozen=True)
class Till:
    """What replaying needs to know: customers by household, what is typed at which receipt, codes by coupon, who was
    brought by whom; and when to stop, on the monotonic clock."""

    customers: Mapping[str, int]
    typed: Mapping[str, Sequence[CouponKey]]
    codes: Mapping[CouponKey, str]
    invitations: Mapping[str, Invitation] = field(default_factory=dict)
    stop_at: float = inf

    def replay(self, receipt: Receipt) -> Outcome:
        """Place the receipt with the first of its coupons that is taken, or with none. Whole or not at all."""
        outcome = Outcome(placed=1, lines=len(receipt.lines))
        keys = self.typed.get(receipt.number, ())
        for tried, key in enumerate(keys, start=1):
            try:
                in_transaction(partial(self._serve, receipt, self.codes[key]))
            except CodeRejected as refusal:
                outcome.refused[refusal.reason.value] += 1
                continue
            outcome.used = 1
            outcome.refused[SECOND_CODE] += len(keys) - tried
            return outcome
        in_transaction(partial(self._serve, receipt, None))
        return outcome

    def _serve(self, receipt: Receipt, code: str | None) -> None:
        invitation = self.invitations.get(receipt.household)
        device = invitation.device if invitation else receipt.household
        payer = invitation.payer if invitation else receipt.household
        serve(
            receipt=receipt,
            customer_id=self.customers[receipt.household],
            code=code,
            device=device_of(device),
            payer=payer_of(payer),
        )


@requires_transaction
def serve(*, receipt: Receipt, customer_id: int, code: str | None, device: str = "", payer: str = "") -> None:
    """One receipt as one purchase, from this device and with this card. Raises CodeRejected; then nothing remains."""
    request = QuoteRequest(
        channel=CHANNEL,
        lines=tuple((line.sku, line.quantity) for line in receipt.lines),
        unit_prices=tuple(line.unit_price for line in receipt.lines),
        customer_id=customer_id,
        promo_code=code,
    )
    order = place_order(
        request=replace(request, points_to_spend=points_asked(request, receipt)),
        contact=Contact(),
        now=receipt.at,
        external_number=receipt.number,
        device=device,
    )
    pay_order(
        number=order.number,
        amount=order.total,
        provider=PROVIDER,
        payment_id=receipt.number,
        now=receipt.at,
        payer=payer,
    )
    complete_order(number=order.number, now=receipt.at)


def points_asked(request: QuoteRequest, receipt: Receipt) -> int:
    """As the customer says when he is told how many points may be spent."""
    share = share_of_points(receipt.number)
    return int(quote(request, now=receipt.at).points_spendable * share) if share else 0


def take_back(number: str, back: GoodsBack, now: datetime) -> Refund:
    """Goods of the basket with this number come back to the till."""
    order = Order.objects.get(channel=CHANNEL, external_number=number)
    refund = partial(refund_order, number=order.number, lines=back.lines, reason=f"journey {back.part}", now=now)
    return in_transaction(refund)


def replay_all(
    till: Till, receipts: Sequence[Receipt], events: Sequence[Event], *, seen: Callable[[int], None]
) -> Outcome:
    """Let these events happen in their order; `seen` is told how many have."""
    total = Outcome()
    for done, event in enumerate(events, start=1):
        if time.monotonic() >= till.stop_at:
            total.left = len(events) - done + 1
            break
        receipt = receipts[event.place]
        if event.back is None:
            total.add(till.replay(receipt))
        else:
            take_back(receipt.number, event.back, event.at)
            total.refunds += 1
        seen(done)
    return total
