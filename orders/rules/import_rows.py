"""Orders from a file of a till or a marketplace (O-8): rows of text read into orders, or named mistakes.

One row is one line of an order; rows of one order follow each other and share channel and external number.
What belongs to the order stands in its first row, and may be repeated or left empty in the others.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

REQUIRED = ("channel", "external_number", "sku", "quantity")
OF_ORDER = (
    "placed_at",
    "customer",
    "name",
    "email",
    "phone",
    "address",
    "delivery_method",
    "delivery_price",
    "promo_code",
    "total",
    "paid",
    "payment_id",
)
COLUMNS = (*REQUIRED, "unit_price", *OF_ORDER)
YES, NO = {"1", "yes", "true", "да"}, {"", "0", "no", "false", "нет"}


@dataclass(frozen=True)
class RowError:
    """`line` is the line of the file, the header being 1."""

    line: int
    text: str


@dataclass
class ImportedOrder:
    """One order of the file. `customer` is the shop's own external id; `total` is checked when it is given."""

    line: int
    channel: str
    external_number: str
    lines: list[tuple[str, int]] = field(default_factory=list)
    unit_prices: list[Decimal] = field(default_factory=list)
    placed_at: datetime | None = None
    customer: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    delivery_method: str = ""
    delivery_price: Decimal = Decimal("0.00")
    promo_code: str = ""
    total: Decimal | None = None
    is_paid: bool = False
    payment_id: str = ""


def missing_columns(header: Iterable[str]) -> list[str]:
    present = set(header)
    return [name for name in REQUIRED if name not in present]


def unknown_columns(header: Iterable[str]) -> list[str]:
    return [name for name in header if name not in COLUMNS]


def orders_of(rows: Iterable[tuple[int, Mapping[str, str]]], zone: tzinfo) -> Iterator[ImportedOrder | RowError]:
    """Orders and mistakes in the order of the file; `zone` is for moments written without an offset.

    An order with a mistake in any of its rows does not come out at all.
    """
    seen: set[tuple[str, str]] = set()
    order: ImportedOrder | None = None
    mistakes: list[RowError] = []
    for line, row in rows:
        cells = {name: (value or "").strip() for name, value in row.items() if name}
        key = (cells.get("channel", ""), cells.get("external_number", ""))
        if order is None or key != (order.channel, order.external_number):
            yield from _finished(order, mistakes)
            order, mistakes = ImportedOrder(line, *key), []
            if not all(key):
                mistakes.append(RowError(line, _("The channel and the external number are required.")))
            elif key in seen:
                mistakes.append(RowError(line, _("The rows of one order must follow each other.")))
            seen.add(key)
        mistakes.extend(RowError(line, text) for text in _taken(order, cells, zone))
    yield from _finished(order, mistakes)


def _finished(order: ImportedOrder | None, mistakes: list[RowError]) -> Iterator[ImportedOrder | RowError]:
    if order is None:
        return
    if order.unit_prices and len(order.unit_prices) != len(order.lines) and not mistakes:
        mistakes = [RowError(order.line, _("Either every row of an order has a price, or none."))]
    if mistakes:
        yield from mistakes
    else:
        yield order


def _taken(order: ImportedOrder, cells: Mapping[str, str], zone: tzinfo) -> Iterator[str]:
    """Puts one row into `order`; what is wrong with it comes out."""
    quantity = cells.get("quantity", "")
    if not cells.get("sku"):
        yield _("The SKU is required.")
    if not (quantity.isascii() and quantity.isdigit() and 1 <= int(quantity[:9]) <= 999):
        yield _("The quantity is from 1 to 999.")
    else:
        order.lines.append((cells.get("sku", ""), int(quantity)))
    if cells.get("unit_price"):
        price = _money(cells["unit_price"])
        if price is None:
            yield _("The price is not a sum of money.")
        else:
            order.unit_prices.append(price)
    for name in OF_ORDER:
        if cells.get(name):
            yield from _set(order, name, cells[name], zone)


def _set(order: ImportedOrder, name: str, text: str, zone: tzinfo) -> Iterator[str]:
    target = "is_paid" if name == "paid" else name
    value = _read(name, text, zone)
    if value is None:
        yield _("“%(text)s” is no value for %(column)s.") % {"text": text[:40], "column": name}
        return
    before = getattr(order, target)
    if before not in ("", None, False, Decimal("0.00"), value):
        yield _("%(column)s differs from the order's other rows.") % {"column": name}
    setattr(order, target, value)


def _read(name: str, text: str, zone: tzinfo) -> str | Decimal | bool | datetime | None:
    if name in ("delivery_price", "total"):
        return _money(text)
    if name == "paid":
        return text.lower() in YES if text.lower() in YES | NO else None
    if name == "placed_at":
        return _moment(text, zone)
    return text


def _money(text: str) -> Decimal | None:
    """`1500`, `1500.50`, `1500,50`, with or without spaces between thousands."""
    plain = text.replace("\N{NO-BREAK SPACE}", "").replace(" ", "").replace(",", ".")
    if not plain.isascii() or "_" in plain:
        return None
    try:
        amount = Decimal(plain)
    except InvalidOperation:
        return None
    if not amount.is_finite() or not 0 <= amount < Decimal("1e10") or amount != round(amount, 2):
        return None
    return round(amount, 2)


def _moment(text: str, zone: tzinfo) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
