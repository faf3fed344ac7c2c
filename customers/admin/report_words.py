"""How the reports on customers call months, periods and groups of buyers."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import ngettext

from loyalty_site.kernel.texts import day_text


def month_text(first: date) -> str:
    """`Июнь 2026`."""
    text = date_format(first, "YEAR_MONTH_FORMAT").replace(" г.", "")
    return text[:1].upper() + text[1:]


def span_text(first: date, last: date) -> str:
    return day_text(first) if first == last else f"{day_text(first)} – {day_text(last)}"


def band_text(least: int, most: int | None) -> str:
    """`1 покупка`, `6–10 покупок`, `11 покупок и больше`."""
    if most is None:
        return ngettext("%(n)s purchase or more", "%(n)s purchases or more", least) % {"n": least}
    span = str(least) if least == most else f"{least}–{most}"
    return ngettext("%(n)s purchase", "%(n)s purchases", most) % {"n": span}
