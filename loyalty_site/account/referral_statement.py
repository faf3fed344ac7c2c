"""An ambassador's own statement of earnings by month, to read and to keep (R-6)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from loyalty_site.kernel.cells import Cell, csv_lines
from loyalty_site.kernel.texts import money_text, points_text
from orders.views import visitor
from referrals.models import Ambassador
from referrals.queries import MonthOfEarnings, statement


@dataclass(frozen=True)
class Month:
    """A month in words: sums in points or in money."""

    month: date
    friends: int
    orders: int
    goods: Decimal
    earned: str
    taken_back: str
    net: str


@never_cache
@login_required
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """404 for who is no ambassador; who is one no more still reads what was earned."""
    months = [_told(month) for month in reversed(statement(_ambassador_id(request)))]
    return render(request, "account/referral_statement.html", {"months": months})


@never_cache
@login_required
@require_GET
def download(request: HttpRequest) -> StreamingHttpResponse:
    """The same months as CSV, the oldest first."""
    lines = csv_lines(header(), map(_cells, statement(_ambassador_id(request))))
    headers = {"Content-Disposition": 'attachment; filename="statement.csv"'}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


def header() -> list[str]:
    return [
        _("Month"),
        pgettext("statement", "Paid in"),
        _("Friends"),
        _("Orders"),
        pgettext("statement", "Goods"),
        pgettext("statement", "Earned"),
        pgettext("statement", "Taken back"),
        _("In total"),
    ]


def _told(month: MonthOfEarnings) -> Month:
    def text(amount: Decimal) -> str:
        return money_text(amount) if month.kind == Ambassador.PaidIn.MONEY else points_text(int(amount))

    return Month(
        month.month,
        month.friends,
        month.orders,
        month.goods,
        text(month.earned),
        text(month.taken_back) if month.taken_back else "",
        text(month.net),
    )


def _cells(month: MonthOfEarnings) -> list[Cell]:
    paid_in = Ambassador.PaidIn(month.kind).label
    sums = [month.earned, month.taken_back, month.net]
    return [f"{month.month:%Y-%m}", str(paid_in), month.friends, month.orders, month.goods, *sums]


def _ambassador_id(request: HttpRequest) -> int:
    customer = visitor.customer_of(request)
    own = Ambassador.objects.filter(customer=customer).values_list("pk", flat=True).first() if customer else None
    if own is None:
        raise Http404
    return own
