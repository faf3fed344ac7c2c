"""A row of a file, read as a customer or a purchase: what will be stored, or why it cannot be (CU-6)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from customers.rules.imports import cells
from customers.rules.imports.columns import CONSENTS
from customers.rules.imports.people import email_of, phone_of

OLDEST_BIRTHDAY = date(1900, 1, 1)
OLDEST_PURCHASE = date(1970, 1, 1)
LONGEST_SHOWN = 60
# Fields of the staging table, in its order. `who` holds the contacts: external id, e-mail, phone, card.
STAGED = (
    "number",
    "channel",
    "moment",
    "goods",
    "discount",
    "refunded",
    "who",
    "first_name",
    "last_name",
    "birthday",
    "consents",
)
# Parts the contacts in `who`; no cell can hold it.
PARTED = "\x1f"
CARD = 3


@dataclass(frozen=True)
class Problem:
    """What is wrong with one cell: the field, a code, and what stands there (cut)."""

    field: str
    code: str
    cell: str = ""


@dataclass(frozen=True)
class Layout:
    """How to read the rows: which column holds which field, and what the shop takes for granted."""

    kind: str
    columns: Mapping[str, int]
    today: date
    region: str = "RU"
    zone: str = "Europe/Moscow"
    width: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "width", max(self.columns.values(), default=-1) + 1)


@dataclass
class Read:
    """One row as it will be stored: ISO dates, sums with a point, contacts normalised. None where nothing stands."""

    values: dict[str, str | None]
    problems: list[Problem]

    @property
    def staged(self) -> list[str | None]:
        return [self.values.get(name) for name in STAGED]


Reader = Callable[[Sequence[str]], Read]


def reader(layout: Layout) -> Reader:
    """A function that reads one row. Rows may be shorter than the header: what is missing is empty."""
    readings = [(name, index, _reading(name, layout)) for name, index in layout.columns.items()]
    finish = _finish_purchase if layout.kind == "purchases" else _finish_customer
    width = layout.width

    def read(row: Sequence[str]) -> Read:
        if len(row) < width:
            row = [*row, *[""] * (width - len(row))]
        values: dict[str, str | None] = {}
        problems: list[Problem] = []
        for name, index, reading in readings:
            cell = row[index].strip()
            if cell:
                try:
                    values[name] = reading(cell)
                except ValueError as error:
                    problems.append(Problem(name, str(error), cell[:LONGEST_SHOWN]))
        finish(values, problems)
        return Read(values, problems)

    return read


def _reading(name: str, layout: Layout) -> Callable[[str], str | None]:
    region, today, zone = layout.region, layout.today, layout.zone
    if name.startswith("consent_"):
        return lambda cell: "yes" if cells.yes_or_no(cell) else None
    readings: dict[str, Callable[[str], str | None]] = {
        "email": email_of,
        "phone": lambda cell: phone_of(cell, region),
        "birthday": lambda cell: _birthday(cell, today),
        "paid_at": lambda cell: _moment(cell, today, zone),
        "registered_at": lambda cell: _moment(cell, today, zone),
        "goods_amount": cells.money,
        "discount_amount": cells.money,
        "refunded_amount": cells.money,
        "number": lambda cell: cells.text(cell, 50),
        "channel": lambda cell: cells.text(cell, 16),
        "external_id": lambda cell: cells.text(cell, 64),
        "card": lambda cell: cells.text(cell, 32).replace(" ", "").upper(),
    }
    return readings.get(name, lambda cell: cells.text(cell, 100))


def _birthday(cell: str, today: date) -> str:
    found = cells.day(cell)
    if not OLDEST_BIRTHDAY <= found <= today:
        raise ValueError("not_in_the_past")
    return found.isoformat()


def _moment(cell: str, today: date, zone: str) -> str:
    """With an offset, or with the shop's zone after it: the database reads both."""
    found, written = cells.moment(cell)
    if found > today + timedelta(days=1):
        raise ValueError("in_the_future")
    if found < OLDEST_PURCHASE:
        raise ValueError("too_old")
    return written if written[-6:-5] in ("+", "-") and written[-3] == ":" and len(written) > 19 else f"{written} {zone}"


def _finish_purchase(values: dict[str, str | None], problems: list[Problem]) -> None:
    for name in ("number", "paid_at", "goods_amount"):
        if name not in values and not any(problem.field == name for problem in problems):
            problems.append(Problem(name, "required"))
    values["moment"] = values.get("paid_at")
    goods, refunded = values.get("goods_amount"), values.get("refunded_amount")
    values["goods"], values["discount"], values["refunded"] = goods, values.get("discount_amount"), refunded
    if goods and refunded and float(refunded) > float(goods):
        problems.append(Problem("refunded_amount", "more_than_paid", refunded))
    _put_who(values, problems)


def _finish_customer(values: dict[str, str | None], problems: list[Problem]) -> None:
    values["moment"] = values.get("registered_at")
    values["consents"] = ",".join(purpose for purpose in CONSENTS if values.get(f"consent_{purpose}")) or None
    _put_who(values, problems)


def _put_who(values: dict[str, str | None], problems: list[Problem]) -> None:
    get = values.get
    who = (
        f"{get('external_id') or ''}{PARTED}{get('email') or ''}{PARTED}{get('phone') or ''}{PARTED}{get('card') or ''}"
    )
    if len(who) > CARD:
        values["who"] = who
    elif not problems:
        problems.append(Problem("contact", "required"))
