"""A cell of a file as typed by people, brought to the form it is stored in (CU-6). ValueError carries a code."""

import csv
import io
import re
import unicodedata
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache, partial
from itertools import islice

# Control characters and halves of surrogate pairs: what no table takes, and what the staging table parts cells by.
UNSTORABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
# What nobody sees and copying from a web page or a chat leaves behind.
UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u2060\ufeff]")
# A long number as a spreadsheet shows it in a narrow column, and writes it: its last digits are lost.
CUT_NUMBER = re.compile(r"\d(?:[.,]\d+)?[eе]\+\d{1,3}", re.IGNORECASE)
# An apostrophe before these is a spreadsheet's, or that of our own list of wrong lines.
AFTER_APOSTROPHE = ("'=", "'+", "'-", "'@")
SPREADSHEET_ERRORS = frozenset(
    ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#Н/Д", "#ССЫЛКА!", "#ЗНАЧ!", "#ДЕЛ/0!"]
)
MOST_MONEY = Decimal("9999999999.99")
PLAIN_MONEY = re.compile(r"\d{1,10}(?:[.,]\d{1,2})?", re.ASCII)
# Thousands are parted by a space that breaks no line (U+00A0, U+202F: Excel and 1C), a plain or a thin one, or "'".
GROUPED = re.compile(r"\d{1,3}(?:[ \u00a0\u2009\u202f'\u2019]\d{3})+", re.ASCII)
CURRENCY = re.compile(r"(?:₽|руб(?:лей|ля|ль|\.)?|р\.?|rub|rur)$", re.IGNORECASE)
EPOCH_OF_SHEETS = datetime(1899, 12, 30)
# 1927 … 2100. A number of four digits is a year, and a year alone is no day.
FIRST_SERIAL, LAST_SERIAL = 10_000, 73_415
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("янв", "января", "январь", "jan", "january"),
            ("фев", "февраля", "февраль", "feb", "february"),
            ("мар", "марта", "март", "mar", "march"),
            ("апр", "апреля", "апрель", "apr", "april"),
            ("мая", "май", "may"),
            ("июн", "июня", "июнь", "jun", "june"),
            ("июл", "июля", "июль", "jul", "july"),
            ("авг", "августа", "август", "aug", "august"),
            ("сен", "сент", "сентября", "сентябрь", "sep", "september"),
            ("окт", "октября", "октябрь", "oct", "october"),
            ("ноя", "нояб", "ноября", "ноябрь", "nov", "november"),
            ("дек", "декабря", "декабрь", "dec", "december"),
        ),
        start=1,
    )
    for name in names
}
OF_THE_YEAR = r"(?:\s*(?:г\.?|года))?"
DAY_FIRST = re.compile(rf"(\d{{1,2}})[./-](\d{{1,2}})[./-](\d{{4}}|\d{{2}}){OF_THE_YEAR}", re.ASCII)
YEAR_FIRST = re.compile(r"(\d{4})[./](\d{1,2})[./](\d{1,2})", re.ASCII)
WITH_MONTH = re.compile(rf"(\d{{1,2}})[ .-]+([a-zа-я]+)\.?,?[ -]*(\d{{4}}|\d{{2}}){OF_THE_YEAR}", re.ASCII)
CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?", re.ASCII)
# The two spellings of nearly all files: the day is looked up, the time taken as it is.
USUAL_MOMENT = re.compile(
    r"(\d\d\.\d\d\.\d{4}|\d{4}-\d\d-\d\d)(?:[ T]((?:[01]\d|2[0-3]):[0-5]\d)(:[0-5]\d)?)?\Z", re.ASCII
)
YES = frozenset(["1", "да", "yes", "true", "y", "д", "+", "есть", "истина", "on", "согласен", "согласна"])
NO = frozenset(["", "0", "нет", "no", "false", "n", "н", "-", "—", "ложь", "off"])
CENTURY = 100
HALF_CENTURY = 50


def text(cell: str, longest: int) -> str:
    """Codes: `characters`, `too_long`, `formula` (a spreadsheet's error stands there), `required` (nothing is seen)."""
    if not cell.isascii():
        cell = UNSEEN.sub("", unicodedata.normalize("NFC", cell)).strip()
        if not cell:
            raise ValueError("required")
    if UNSTORABLE.search(cell):
        raise ValueError("characters")
    if len(cell) > longest:
        raise ValueError("too_long")
    if cell[0] == "#" and cell in SPREADSHEET_ERRORS:
        raise ValueError("formula")
    return cell[1:] if cell.startswith(AFTER_APOSTROPHE) else cell


def key(cell: str, longest: int) -> str:
    """A number or code that must be whole. Codes: as `text`, and `cut_number`."""
    if "+" in cell and CUT_NUMBER.fullmatch(cell):
        raise ValueError("cut_number")
    return text(cell, longest)


def name(cell: str) -> str:
    """Spaces and breaks of the line within a name are one space. Codes: as `text`."""
    if "\n" in cell and ";" in cell:
        # Lines of the file swallowed by a quotation mark that was never closed.
        raise ValueError("characters")
    return text(" ".join(cell.split()), 100)


def money(cell: str) -> str:
    """`1 234,56`, `1,234.56`, `1234.5 ₽` → `1234.56`.

    Codes: `not_money`, `negative`, `too_much`, `formula`, `cut_number`.
    """
    if PLAIN_MONEY.fullmatch(cell):
        return cell.replace(",", ".")
    if cell in SPREADSHEET_ERRORS:
        raise ValueError("formula")
    if CUT_NUMBER.fullmatch(cell):
        raise ValueError("cut_number")
    bare = CURRENCY.sub("", cell).strip()
    if bare[:1] in ("-", "−", "–"):
        raise ValueError("negative" if _amount(bare[1:].strip()) else "not_money")
    amount = _amount(bare)
    if amount is None:
        raise ValueError("not_money")
    if amount > MOST_MONEY:
        raise ValueError("too_much")
    return str(amount)


def _amount(bare: str) -> Decimal | None:
    """Kopecks after the last point or comma, at most two; whatever parts thousands must part them all."""
    head, point, tail = bare, "", ""
    last = max(bare.rfind("."), bare.rfind(","))
    if last >= 0:
        head, point, tail = bare[:last], bare[last], bare[last + 1 :]
        if len(tail) > 2:
            # A thousand, or thousandths? Only floats of spreadsheets have more, and they are rounded.
            return _float(bare)
        if not tail:
            return None
    other = "," if point == "." else "."
    whole = head.replace(other, " ") if other in head else head
    if GROUPED.fullmatch(whole):
        whole = re.sub(r"\D", "", whole)
    if not re.fullmatch(r"\d{1,15}", whole, re.ASCII) or (tail and not re.fullmatch(r"\d+", tail, re.ASCII)):
        return None
    return Decimal(f"{whole}.{tail or 0}").quantize(Decimal("0.01"))


def _float(bare: str) -> Decimal | None:
    """`1234.5600000001`, as spreadsheets store 1234.56; `1.234` could be both and is neither."""
    if not re.fullmatch(r"\d{1,12}\.\d{4,20}", bare, re.ASCII):
        return None
    try:
        return Decimal(bare).quantize(Decimal("0.01"))
    except InvalidOperation:
        return None


@lru_cache(maxsize=16_384)
def day(cell: str) -> date:
    """Code: `not_date`."""
    return moment(cell)[0]


def moment(cell: str) -> tuple[date, str]:
    """ISO, `31.12.2024 10:30`, `1 мая 2024` or a spreadsheet's serial → the day, and all of it in ISO.

    Without a time it is the beginning of the day, without an offset the shop's clock; with one it is told in UTC.
    Code: `not_date`.
    """
    if usual := USUAL_MOMENT.match(cell):
        found, written = _any_moment(cell[: usual.end(1)])
        return found, f"{written[:10]} {usual[2] or '00:00'}{usual[3] or ':00'}"
    return _any_moment(cell)


@lru_cache(maxsize=16_384)
def _any_moment(cell: str) -> tuple[date, str]:
    if cell in SPREADSHEET_ERRORS:
        raise ValueError("formula")
    found = _iso(cell) or _written(cell) or _serial(cell)
    if found is None:
        raise ValueError("not_date")
    if found.tzinfo is not None:
        try:
            # The database takes fewer offsets than Python does.
            found = found.astimezone(UTC)
        except OverflowError as error:
            raise ValueError("not_date") from error
    return found.date(), found.isoformat(sep=" ", timespec="seconds")


def _iso(cell: str) -> datetime | None:
    if len(cell) < len("2024-01-01") or cell[4] != "-":
        return None
    try:
        return datetime.fromisoformat(cell)
    except ValueError:
        return None


def _written(cell: str) -> datetime | None:
    """Day first (or the year), however it is written, with or without a time."""
    head, time = " ".join(cell.split()).lower(), (0, 0, 0)
    if clock := re.search(rf"[ ,t]+(?:в )?({CLOCK.pattern})$", head, re.ASCII):
        head, (hour, minute, second) = head[: clock.start()], clock.groups()[1:4]
        time = int(hour), int(minute), int(second or 0)
    if found := DAY_FIRST.fullmatch(head):
        return _real(_year(found[3]), int(found[2]), int(found[1]), *time)
    if found := YEAR_FIRST.fullmatch(head):
        return _real(int(found[1]), int(found[2]), int(found[3]), *time)
    if found := WITH_MONTH.fullmatch(head):
        return _real(_year(found[3]), MONTHS.get(found[2], 0), int(found[1]), *time)
    return None


def _year(digits: str) -> int:
    year = int(digits)
    return year if year >= CENTURY else year + (2000 if year < HALF_CENTURY else 1900)


def _serial(cell: str) -> datetime | None:
    """Days since 1900, as spreadsheets store moments when the column was made plain numbers."""
    days = cell.replace(",", ".")
    if not re.fullmatch(r"\d{5}(\.\d{1,15})?", days, re.ASCII) or not FIRST_SERIAL <= float(days) <= LAST_SERIAL:
        return None
    return EPOCH_OF_SHEETS + timedelta(seconds=round(float(days) * 86_400))


def _real(year: int, month: int, day_of_month: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime | None:
    try:
        return datetime(year, month, day_of_month, hour, minute, second)
    except ValueError:
        return None


def yes_or_no(cell: str) -> bool:
    """Code: `not_yes_no`."""
    low = cell.lower()
    if low in YES:
        return True
    if low in NO:
        return False
    raise ValueError("not_yes_no")


def delimiter_of(sample: str) -> str:
    """The separator that parts most of the first rows into as many columns, and into the most of them."""
    return max((";", ",", "\t", "|"), key=partial(_evenness, sample))


def _evenness(sample: str, mark: str) -> tuple[int, int]:
    try:
        rows = list(islice(csv.reader(io.StringIO(sample, newline=""), delimiter=mark), 20))
    except csv.Error:  # so long a cell that this mark can be no separator
        return 0, 0
    widths = Counter(len(row) for row in rows if len(row) > 1)
    columns, lines = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
    return lines, columns
