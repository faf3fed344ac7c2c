"""Cards from a file or a spreadsheet (T-4): lines of text read into rows, or named mistakes."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

MOST_LINES = 20_000
NUMBER = re.compile(r"[0-9A-Z]{4,32}")
NOT_IN_NUMBERS = re.compile(r"[\s\-\N{NO-BREAK SPACE}]")
COLUMNS = ("number", "percent", "customer")
# How people head these columns, in lower case and without what is not a letter, a digit or %.
HEADINGS: dict[str, frozenset[str]] = {
    "number": frozenset({"number", "card", "cardnumber", "номер", "карта", "номеркарты", "no", "№", "n"}),
    "percent": frozenset({"percent", "discount", "%", "discount%", "процент", "скидка", "скидка%", "процентскидки"}),
    "customer": frozenset(
        {
            *("customer", "client", "email", "phone", "externalid", "id"),
            *("покупатель", "клиент", "почта", "телефон", "внешнийid", "эпочта", "электроннаяпочта"),
        }
    ),
}


@dataclass(frozen=True)
class CardRow:
    """`line` is the line of the text, from 1. `customer` as written: an e-mail, a phone or an external id, or empty."""

    line: int
    number: str
    percent: Decimal
    customer: str = ""


@dataclass(frozen=True)
class CardRowError:
    line: int
    text: str


def card_number(text: str) -> str:
    """As it is kept: capitals and digits, no spaces or hyphens."""
    return NOT_IN_NUMBERS.sub("", text).upper()


def card_rows(text: str) -> Iterator[CardRow | CardRowError]:
    """Rows and mistakes in the order of the lines. Columns by their headings, else number, percent, customer.

    Separated by tabs, semicolons or commas. A number that comes twice is a mistake the second time.
    """
    lines = list(csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=_delimiter(text)))
    columns = _columns(lines)
    first_at: dict[str, int] = {}
    for line, cells in enumerate(lines, start=1):
        if not any(cell.strip() for cell in cells) or (line == 1 and columns is not None):
            continue
        found = _row(line, cells, columns or COLUMNS)
        if isinstance(found, CardRow) and found.number in first_at:
            earlier = _("the number is in line %(line)s already") % {"line": first_at[found.number]}
            found = CardRowError(line, earlier)
        elif isinstance(found, CardRow):
            first_at[found.number] = line
        yield found


def _delimiter(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return next((mark for mark in "\t;" if mark in first), ",")


def _columns(lines: Sequence[Sequence[str]]) -> tuple[str, ...] | None:
    """What the first line says of each column, None when it is no heading; unknown columns are empty names."""
    heads = [re.sub(r"[^\w%№]|_", "", cell.lower()) for cell in (lines[0] if lines else ())]
    names = tuple(next((name for name, known in HEADINGS.items() if head in known), "") for head in heads)
    return names if "number" in names else None


def _row(line: int, cells: Sequence[str], columns: Sequence[str]) -> CardRow | CardRowError:
    # A row may be shorter than its heading, and several columns may name the customer: the first filled one counts.
    values: dict[str, str] = {}
    for name, cell in zip(columns, cells, strict=False):
        values[name] = values.get(name) or cell.strip()
    number = card_number(values.get("number", ""))
    if not NUMBER.fullmatch(number):
        told = _("“%(text)s” is no card number: it takes 4 to 32 Latin letters and digits")
        return CardRowError(line, told % {"text": values.get("number", "")})
    percent = _percent(values.get("percent", ""))
    if percent is None:
        told = _("“%(text)s” is no percent from 0 to 100")
        return CardRowError(line, told % {"text": values.get("percent", "")})
    return CardRow(line, number, percent, values.get("customer", ""))


def _percent(text: str) -> Decimal | None:
    """`5`, `5,5`, `5 %`; nothing is 0. None for what is no percent with at most two places."""
    cleaned = NOT_IN_NUMBERS.sub("", text).removesuffix("%").replace(",", ".") or "0"
    try:
        value = Decimal(cleaned)
    except InvalidOperation:
        return None
    if not (value.is_finite() and 0 <= value <= 100) or value != value.quantize(Decimal("0.01")):
        return None
    return value.quantize(Decimal("0.01"))
