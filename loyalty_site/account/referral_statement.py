"""An ambassador's own statement of earnings by month, to read and to keep (R-6)."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from loyalty_site.kernel.cells import Cell, csv_lines
from orders.views import visitor
from referrals.models import Ambassador
from referrals.queries import MonthOfEarnings, statement


@never_cache
@login_required
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """404 for who is no ambassador; who is one no more still reads what was earned."""
    months = statement(_ambassador_id(request))[::-1]
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
