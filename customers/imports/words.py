"""Imports in words: fields, problems, reasons of refusal (CU-6)."""

from collections.abc import Sequence
from datetime import datetime, time

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.imports.errors import UnreadableFile
from customers.rules.imports import Problem
from loyalty_site.kernel.texts import day_text, moment_text, money_text

Text = str | Promise

FIELD_NAMES: dict[str, Text] = {
    "number": gettext_lazy("number of the purchase"),
    "paid_at": gettext_lazy("date of the purchase"),
    "goods_amount": gettext_lazy("paid for goods"),
    "discount_amount": gettext_lazy("discount"),
    "refunded_amount": gettext_lazy("given back"),
    "channel": gettext_lazy("channel"),
    "external_id": gettext_lazy("customer’s id"),
    "email": gettext_lazy("e-mail"),
    "phone": gettext_lazy("phone"),
    "card": gettext_lazy("card"),
    "first_name": gettext_lazy("first name"),
    "last_name": gettext_lazy("last name"),
    "birthday": gettext_lazy("birthday"),
    "registered_at": gettext_lazy("date of registration"),
    "consent_programme": gettext_lazy("consent: programme"),
    "consent_email": gettext_lazy("consent: e-mail"),
    "consent_sms": gettext_lazy("consent: SMS"),
    "consent_messenger": gettext_lazy("consent: messenger"),
    "contact": gettext_lazy("customer"),
    "row": gettext_lazy("row"),
}

SUMS = frozenset({"goods_amount", "discount_amount", "refunded_amount"})
DATES = frozenset({"paid_at", "birthday", "registered_at"})

PROBLEMS: dict[str, Text] = {
    "not_phone": gettext_lazy("%(field)s “%(cell)s” does not look like a number"),
    "not_email": gettext_lazy("%(field)s “%(cell)s” does not look like an address"),
    "not_date": gettext_lazy("%(field)s: “%(cell)s” is not a date; write 31.12.2025 or 2025-12-31"),
    "not_in_the_past": gettext_lazy("%(field)s: “%(cell)s” is not a day in the past"),
    "in_the_future": gettext_lazy("%(field)s: “%(cell)s” has not come yet"),
    "too_old": gettext_lazy("%(field)s: “%(cell)s” is too long ago"),
    "not_money": gettext_lazy("%(field)s: “%(cell)s” is not a sum; write 1234.56 or 1 234,56"),
    "negative": gettext_lazy("%(field)s: “%(cell)s” is less than nothing; what was given back has its own column"),
    "cut_number": gettext_lazy("%(field)s: of “%(cell)s” the spreadsheet has lost digits; make the column text"),
    "too_much": gettext_lazy("%(field)s: “%(cell)s” is too large a sum"),
    "more_than_paid": gettext_lazy("%(field)s: %(cell)s is more than was paid"),
    "not_yes_no": gettext_lazy("%(field)s: “%(cell)s” is neither yes nor no"),
    "characters": gettext_lazy("%(field)s: “%(cell)s” holds characters that cannot be stored"),
    "too_long": gettext_lazy("%(field)s: “%(cell)s…” is too long"),
    "formula": gettext_lazy("%(field)s: the spreadsheet says %(cell)s, its formula has failed"),
    "required": gettext_lazy("%(field)s: nothing stands there"),
    "twice": gettext_lazy("%(field)s: the same stands in line %(cell)s already"),
    "other_purchase": gettext_lazy("%(field)s “%(cell)s” is that of another purchase: its date or a sum differs"),
    "too_many_cells": gettext_lazy("the row has %(cell)s columns, more than the header"),
    "unknown_customer": gettext_lazy("there is no customer “%(cell)s”"),
    "taken": gettext_lazy("%(field)s “%(cell)s” belongs to another customer"),
    "forgotten": gettext_lazy("this customer has been forgotten meanwhile"),
    "two_people": gettext_lazy("the e-mail belongs to one customer, and the phone “%(cell)s” to another"),
    "other_customer": gettext_lazy("the e-mail or phone belongs to a customer of another id than “%(cell)s”"),
    "other_person": gettext_lazy("the e-mail or phone stands in the file for another id than “%(cell)s” too"),
}

UNREADABLE: dict[str, Text] = {
    "empty": gettext_lazy("The file is empty."),
    "no_rows": gettext_lazy("The file has a header and no rows."),
    "gone": gettext_lazy("The file is kept no longer: upload it again."),
    "old_workbook": gettext_lazy("This is a workbook of the old kind, or one with a password: save it as XLSX or CSV."),
    "archive": gettext_lazy("This is an archive: unpack it and upload the file that is in it."),
    "web_page": gettext_lazy(
        "This is a web page or XML, whatever its name says: open it in a spreadsheet and save it as XLSX or CSV."
    ),
    "no_table": gettext_lazy("This is no table: upload a CSV or XLSX file."),
    "clash": gettext_lazy(
        "What is in the file does not go with what is stored by now: nothing is imported, check it again."
    ),
    "unstorable": gettext_lazy("After line %(line)s there is something that cannot be stored: nothing is imported."),
    "broken_workbook": gettext_lazy("This workbook cannot be read: open it in a spreadsheet and save it as XLSX."),
    "macros": gettext_lazy("The workbook holds macros: save it as XLSX without them."),
    "too_big_inside": gettext_lazy("The workbook is too large once it is unpacked: save it as CSV."),
    "too_many_columns": gettext_lazy("The file has more than %(limit)s columns: leave the needed ones."),
    "line_too_long": gettext_lazy("About line %(line)s there is a row without an end: this is no table."),
    "quotes": gettext_lazy("Line %(line)s opens a quotation mark that is never closed, or its cell is too long."),
    "encoding": gettext_lazy("About line %(line)s there are bytes that this encoding does not know: choose another."),
}


def problem_text(problem: Problem) -> str:
    """One problem of a line, without its number."""
    field = str(FIELD_NAMES.get(problem.field, problem.field))
    return str(PROBLEMS[problem.code]) % {"field": field, "cell": problem.cell}


def problems_text(problems: Sequence[Problem]) -> str:
    return "; ".join(problem_text(problem) for problem in problems)


def unreadable_text(error: UnreadableFile) -> str:
    return failure_text({"code": error.code, **error.details})


def failure_text(failure: dict[str, int | str]) -> str:
    """Why a file was refused; empty for one that was not."""
    if not failure:
        return ""
    text = UNREADABLE.get(str(failure["code"]), gettext_lazy("The file cannot be read."))
    return str(text) % {"line": "?", "limit": "?", **failure}


def line_text(line: int, problems: Sequence[Problem]) -> str:
    return _("Line %(line)s: %(problems)s") % {"line": line, "problems": problems_text(problems)}


def cell_text(field: str, cell: str) -> str:
    """A value of the preview as people write it: days, moments and sums in words, the rest as it will be stored."""
    if field in SUMS and cell:
        return money_text(cell)
    try:
        found = datetime.fromisoformat(cell.removesuffix(settings.TIME_ZONE).strip()) if field in DATES else None
    except ValueError:  # a cell that is no date is shown as it is, with its problem beside it
        found = None
    if found is None:
        return cell
    if found.tzinfo is not None:
        return moment_text(found)
    return day_text(found.date()) + (f", {found:%H:%M}" if found.time() != time() else "")
