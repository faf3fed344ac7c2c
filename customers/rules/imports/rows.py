"""A row of a file, read as a customer or a purchase: what will be stored, or why it cannot be (CU-6)."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from customers.rules.imports import cells
from customers.rules.imports.columns import CONSENTS
from customers.rules.imports.people import email_of, phone_of

OLDEST_BIRTHDAY = date(1900, 1, 1)
OLDEST_PURCHASE = date(1970, 1, 1)
ONE_DAY = timedelta(days=1)
LENGTH_WITHOUT_OFFSET = len("2024-05-01 12:30:00")
LONGEST_SHOWN = 60
# Cards are printed in groups and kept without what parts them.
NOT_IN_CARDS = re.compile(r"[\s-]")
# Parts the contacts in `who`; no cell can hold it.
PARTED = "\x1f"
# A row is a list of places: those of the staging table in its order, then the contacts and consents they are made of.
# What is empty in the table is COPY's mark for NULL, so that a row is written by joining its places.
NULL = "\\N"
STAGED = (
    "number",
    "channel",
    "moment",
    "goods_amount",
    "discount_amount",
    "refunded_amount",
    "who",
    "first_name",
    "last_name",
    "birthday",
    "consents",
)
PLACES = (*STAGED, "external_id", "email", "phone", "card", *(f"consent_{purpose}" for purpose in CONSENTS))
PLACE = {name: index for index, name in enumerate(PLACES)} | {"paid_at": 2, "registered_at": 2}
NUMBER, MOMENT, GOODS, REFUNDED, WHO, CONSENTS_AT = 0, 2, 3, 5, 6, 10
WIDTH, CARD_END, FIRST_CONSENT = 11, 15, 15
BLANK = [*[NULL] * WIDTH, *[""] * (len(PLACES) - WIDTH)]
NOBODY = PARTED * 3


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


Reader = Callable[[Sequence[str]], tuple[list[str], list[Problem]]]


def reader(layout: Layout) -> Reader:
    """A function that reads one row: its places as COPY takes them, and what is wrong with it.

    Rows may be shorter than the header: what is missing is empty. A hot path: ten million rows go through it.
    """
    readings = [(name, index, PLACE[name], _reading(name, layout)) for name, index in layout.columns.items()]
    finish = _finish_purchase if layout.kind == "purchases" else _finish_customer
    width = layout.width

    def read(row: Sequence[str]) -> tuple[list[str], list[Problem]]:
        if len(row) < width:
            row = [*row, *[""] * (width - len(row))]
        places = BLANK.copy()
        problems: list[Problem] = []
        for name, index, place, reading in readings:
            cell = row[index].strip()
            if cell:
                try:
                    places[place] = reading(cell)
                except ValueError as error:
                    problems.append(Problem(name, str(error), cell[:LONGEST_SHOWN]))
        finish(places, problems)
        return places, problems

    return read


def values(places: Sequence[str], columns: Mapping[str, int]) -> dict[str, str]:
    """What will be stored of each chosen field, for people: empty where nothing is."""
    shown = {name: places[PLACE[name]] for name in columns}
    return {name: "" if text == NULL else text.replace("\\\\", "\\") for name, text in shown.items()}


def _reading(name: str, layout: Layout) -> Callable[[str], str]:
    region, today, zone = layout.region, layout.today, layout.zone
    if name.startswith("consent_"):
        return lambda cell: "yes" if cells.yes_or_no(cell) else ""
    readings: dict[str, Callable[[str], str]] = {
        "email": email_of,
        "phone": lambda cell: phone_of(cell, region),
        "birthday": lambda cell: _birthday(cell, today),
        "paid_at": _moments(today, zone),
        "registered_at": _moments(today, zone),
        "goods_amount": cells.money,
        "discount_amount": cells.money,
        "refunded_amount": cells.money,
        "number": lambda cell: _escaped(cells.key(cell, 50)),
        "channel": lambda cell: _escaped(cells.text(cell, 16)),
        "external_id": lambda cell: _escaped(cells.key(cell, 64)),
        "card": lambda cell: _escaped(NOT_IN_CARDS.sub("", cells.key(cell, 40)).upper()),
    }
    return readings.get(name, lambda cell: _escaped(cells.name(cell)))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\") if "\\" in text else text


def _birthday(cell: str, today: date) -> str:
    found = cells.day(cell)
    if not OLDEST_BIRTHDAY <= found <= today:
        raise ValueError("not_in_the_past")
    return found.isoformat()


def _moments(today: date, zone: str) -> Callable[[str], str]:
    """With an offset, or with the shop's zone after it: the database reads both."""
    shop = ZoneInfo(zone)

    def moment(cell: str) -> str:
        found, written = cells.moment(cell)
        has_offset = len(written) > LENGTH_WITHOUT_OFFSET
        if found < OLDEST_PURCHASE:
            raise ValueError("too_old")
        if has_offset and found - today <= ONE_DAY:
            found = datetime.fromisoformat(written).astimezone(shop).date()
        if found > today:
            raise ValueError("in_the_future")
        return written if has_offset else f"{written} {zone}"

    return moment


def _finish_purchase(places: list[str], problems: list[Problem]) -> None:
    for name, place in (("number", NUMBER), ("paid_at", MOMENT), ("goods_amount", GOODS)):
        if places[place] == NULL and not any(problem.field == name for problem in problems):
            problems.append(Problem(name, "required"))
    if places[REFUNDED] != NULL and places[GOODS] != NULL and Decimal(places[REFUNDED]) > Decimal(places[GOODS]):
        problems.append(Problem("refunded_amount", "more_than_paid", places[REFUNDED]))
    _put_who(places, problems)


def _finish_customer(places: list[str], problems: list[Problem]) -> None:
    given = [purpose for at, purpose in enumerate(CONSENTS, start=FIRST_CONSENT) if places[at]]
    if given:
        places[CONSENTS_AT] = ",".join(given)
    _put_who(places, problems)


def _put_who(places: list[str], problems: list[Problem]) -> None:
    who = PARTED.join(places[WIDTH:CARD_END])
    if who != NOBODY:
        places[WHO] = who
    elif not problems:
        problems.append(Problem("contact", "required"))
