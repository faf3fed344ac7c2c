"""Receipts replayed through the till's own services: place, pay and complete at the receipt's moment."""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import inf

from loyalty_site.journey.coupons import CouponKey
from loyalty_site.journey.receipts import Receipt
from loyalty_site.kernel.transactions import in_transaction, requires_transaction
from orders.queries import QuoteRequest
from orders.services import Contact, complete_order, pay_order, place_order
from promocodes.services import CodeRejected

CHANNEL = "pos"
PROVIDER = "journey"
# PC-10: the till has one field for a code, so a second coupon of the same receipt is never sent.
SECOND_CODE = "second_code"


@dataclass
class Outcome:
    """What came of the receipts: `refused` counts coupons by the reason their code was not taken,
    `left` receipts that time ran out for."""

    placed: int = 0
    left: int = 0
    lines: int = 0
    used: int = 0
    refused: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Outcome") -> None:
        self.placed += other.placed
        self.left += other.left
        self.lines += other.lines
        self.used += other.used
        self.refused += other.refused


@dataclass(frozen=True)
class Till:
    """What replaying needs to know: customers by household, what is typed at which receipt, codes by coupon;
    and when to stop, on the monotonic clock."""

    customers: Mapping[str, int]
    typed: Mapping[str, Sequence[CouponKey]]
    codes: Mapping[CouponKey, str]
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
        serve(receipt=receipt, customer_id=self.customers[receipt.household], code=code)


@requires_transaction
def serve(*, receipt: Receipt, customer_id: int, code: str | None) -> None:
    """One receipt as one purchase at the till. Raises CodeRejected; then nothing of it remains."""
    order = place_order(
        request=QuoteRequest(
            channel=CHANNEL,
            lines=tuple((line.sku, line.quantity) for line in receipt.lines),
            unit_prices=tuple(line.unit_price for line in receipt.lines),
            customer_id=customer_id,
            promo_code=code,
        ),
        contact=Contact(),
        now=receipt.at,
        external_number=receipt.number,
    )
    pay_order(number=order.number, amount=order.total, provider=PROVIDER, payment_id=receipt.number, now=receipt.at)
    complete_order(number=order.number, now=receipt.at)


def replay_all(
    till: Till, receipts: Sequence[Receipt], places: Sequence[int], *, seen: Callable[[int], None]
) -> Outcome:
    """Replay the receipts at these places in time; `seen` is told how many are done."""
    total = Outcome()
    for done, place in enumerate(places, start=1):
        if time.monotonic() >= till.stop_at:
            total.left = len(places) - done + 1
            break
        total.add(till.replay(receipts[place]))
        seen(done)
    return total
