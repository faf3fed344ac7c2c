"""Receipts as the till states them: what was bought, at which price, when, by which household."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.utils.timezone import localdate

from loyalty_site.journey.dataset import Frame, kopecks

MOST_PIECES = 999


@dataclass(frozen=True)
class ReceiptLine:
    sku: str
    quantity: int
    unit_price: Decimal


@dataclass(frozen=True)
class Receipt:
    """`number` is the data set's basket; `goods` the sum of its `sales_value`, what the shop received."""

    number: str
    household: str
    at: datetime
    goods: Decimal
    lines: tuple[ReceiptLine, ...]


class Receipts(Sequence[Receipt]):
    """The receipts of a frame of transactions in order of time, built one by one when asked for.

    A line's price is `sales_value ÷ quantity` where that is whole hundredths and the quantity a number of pieces;
    weighed goods, fuel (counted in thousandths of a gallon) and “3 for 5.00” are one piece at the line's sum.
    So a receipt's goods are the sum of its `sales_value` exactly. Coupons from outside the data set's campaigns
    are settled between their makers and the shop and change nothing here: `sales_value` is before them.
    """

    def __init__(self, transactions: Frame, *, baskets: int | None = None, households: int | None = None) -> None:
        """Only the first `baskets` receipts of the first `households` households (by number), where given."""
        if households is not None:
            first = sorted(transactions.household_id.unique())[:households]
            transactions = transactions[transactions.household_id.isin(first)]
        frame = transactions.sort_values(["transaction_timestamp", "basket_id", "product_id"], kind="stable")
        if baskets is not None:
            frame = frame[frame.basket_id.isin(frame.basket_id.unique()[:baskets])]
        self.frame = frame
        self._numbers = frame.basket_id.to_numpy()
        self._households = frame.household_id.to_numpy()
        self._moments = frame.transaction_timestamp.astype("datetime64[s]").astype("int64").to_numpy()
        self._skus = frame.product_id.to_numpy()
        self._amounts = kopecks(frame.sales_value).to_numpy()
        self._quantities = pieces(frame.quantity.to_numpy(), self._amounts)
        self._starts = line_starts(self._numbers)
        self._all_numbers = frozenset(str(self._numbers[start]) for start in self._starts[:-1])

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, index: Any) -> Any:
        """The receipt at a place in time. Slices are not needed and not offered."""
        start, end = self._starts[index], self._starts[index + 1]
        return Receipt(
            number=str(self._numbers[start]),
            household=str(self._households[start]),
            at=datetime.fromtimestamp(int(self._moments[start]), UTC),
            goods=amount(self._amounts[start:end].sum()),
            lines=tuple(self._line(place) for place in range(start, end)),
        )

    def __iter__(self) -> Iterator[Receipt]:
        return (self[index] for index in range(len(self)))

    def _line(self, place: int) -> ReceiptLine:
        quantity = int(self._quantities[place])
        return ReceiptLine(
            sku=str(self._skus[place]), quantity=quantity, unit_price=amount(self._amounts[place]) / quantity
        )

    def number_at(self, index: int) -> str:
        """The receipt's number, without its lines."""
        return str(self._numbers[self._starts[index]])

    def moment_at(self, index: int) -> datetime:
        """The receipt's moment, without its lines."""
        return datetime.fromtimestamp(int(self._moments[self._starts[index]]), UTC)

    def numbers(self) -> Set[str]:
        """The numbers of all receipts."""
        return self._all_numbers

    def places_of(self, worker: int, workers: int, *, without: Set[str] = frozenset()) -> list[int]:
        """The places of the receipts that one of several workers replays: all of a household go to the same one."""
        return [
            place
            for place, line in enumerate(self._starts[:-1])
            if self._households[line] % workers == worker and str(self._numbers[line]) not in without
        ]

    def lines_in_one_piece(self) -> int:
        """How many lines carry another quantity than the data set's."""
        return int((self._quantities != self.frame.quantity.to_numpy()).sum())

    def days(self) -> tuple[date, date]:
        """The shop's own days of the first and the last receipt."""
        first, last = (datetime.fromtimestamp(int(self._moments[place]), UTC) for place in (0, -1))
        return localdate(first), localdate(last)


def amount(hundredths: Any) -> Decimal:
    return Decimal(int(hundredths)).scaleb(-2)


def pieces(quantities: Any, amounts: Any) -> Any:
    """The quantity of each line, 1 where it is no number of pieces or does not divide the sum."""
    counted = quantities.clip(1, MOST_PIECES)
    divides = (counted == quantities) & (amounts % counted == 0)
    return counted * divides + 1 * ~divides


def line_starts(numbers: Any) -> list[int]:
    """Where each receipt's lines begin, and the end of the last."""
    changes = (numbers[1:] != numbers[:-1]).nonzero()[0] + 1
    return [0, *(int(change) for change in changes), len(numbers)]
