"""A statement of earnings as people read it, on pages and in files."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from loyalty_site.kernel.cells import Cell
from referrals.admin.words import sum_text
from referrals.models.referral import RewardKind
from referrals.queries import MonthOfEarnings, StatementLine


def asked_month(text: str) -> date | None:
    """`2026-05` → its first day; None for anything else."""
    try:
        return date.fromisoformat(f"{text}-01") if len(text) == 7 else None
    except ValueError:
        return None


def month_text(month: date) -> str:
    """`июнь 2026`."""
    return date_format(month, "YEAR_MONTH_FORMAT").replace(" г.", "")


def month_rows(months: Sequence[MonthOfEarnings]) -> list[dict[str, Any]]:
    return [
        {
            "month": row,
            "key": f"{row.month:%Y-%m}",
            "label": month_text(row.month),
            "earned": sum_text(row.kind, row.earned),
            "taken_back": sum_text(row.kind, -row.taken_back) if row.taken_back else "",
            "net": sum_text(row.kind, row.net),
        }
        for row in months
    ]


def line_rows(lines: Sequence[StatementLine], links: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "line": line,
            "order": links.get(line.order_ref),
            "name": f"{line.first_name} {line.last_name}".strip(),
            "amount": sum_text(line.kind, line.amount),
        }
        for line in lines
    ]


def months_file(months: Sequence[MonthOfEarnings]) -> tuple[list[str], Iterator[list[Cell]]]:
    """Header and rows: a month a row, the oldest first."""
    header = [
        _("Month"),
        _("Paid in"),
        _("Friends"),
        _("Orders"),
        _("Goods, roubles"),
        _("Earned"),
        pgettext("statement", "Taken back"),
        _("In total"),
    ]
    rows: Iterator[list[Cell]] = (
        [
            f"{row.month:%Y-%m}",
            str(RewardKind(row.kind).label),
            row.friends,
            row.orders,
            row.goods,
            row.earned,
            row.taken_back,
            row.net,
        ]
        for row in months
    )
    return header, rows


def lines_file(lines: Sequence[StatementLine]) -> tuple[list[str], Iterator[list[Cell]]]:
    """Header and rows: what one month is made of."""
    header = [_("When"), _("Friend"), _("Order"), _("Goods, roubles"), _("Paid in"), _("Amount")]
    rows: Iterator[list[Cell]] = (
        [
            line.at,
            f"{line.first_name} {line.last_name}".strip() or f"№{line.newcomer_id}",
            line.order_ref.removeprefix("order:"),
            line.goods,
            str(RewardKind(line.kind).label),
            line.amount,
        ]
        for line in lines
    )
    return header, rows
