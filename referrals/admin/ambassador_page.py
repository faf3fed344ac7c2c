"""One ambassador: the link, how it does, the friends, the statement month by month (R-6)."""

from io import BytesIO
from typing import Any

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from loyalty_site.kernel.backoffice import page, staff_page
from referrals.admin import words
from referrals.admin.history import told_edits
from referrals.admin.ports import order_links
from referrals.admin.rows import referral_rows
from referrals.admin.statement_words import asked_month, line_rows, month_rows, month_text
from referrals.models import Ambassador, Referral
from referrals.queries import ambassador_totals, link_to, statement, statement_lines

FRIENDS_SHOWN = 20


@staff_page("referrals.view_ambassador")
def show(request: HttpRequest, ambassador_id: int) -> HttpResponse:
    """`?month=2026-05` shows the lines that the month is made of."""
    ambassador = get_object_or_404(Ambassador.objects.select_related("customer"), pk=ambassador_id)
    link, totals = link_to(ambassador.code), ambassador_totals([ambassador.pk])[ambassador.pk]
    friends = Referral.objects.filter(ambassador=ambassador).order_by("-registered_at", "-pk")
    return page(
        request,
        "referrals/admin/ambassador.html",
        title=_("Ambassador %(name)s") % {"name": ambassador},
        opts=Ambassador._meta,
        ambassador=ambassador,
        rate=words.rate_text(ambassador),
        link=link,
        qr=_drawn(link.url),
        totals=totals,
        sums=_sums(totals.earnings),
        friends=referral_rows(friends[:FRIENDS_SHOWN]),
        months=month_rows(list(reversed(statement(ambassador.pk)))),
        may_edit=request.user.has_perm("referrals.change_ambassador"),
        changes=told_edits(ambassador),
        **_lines(request, ambassador),
    )


def _sums(earnings: Any) -> list[dict[str, str]]:
    """What is shown of each sum: of points and of money."""
    return [
        {
            "title": title,
            "value": words.earnings_text(earnings, name),
        }
        for title, name in (
            (_("Earned"), "earned"),
            (_("Waits for the hold or a review"), "waiting"),
            (_("Taken back by refunds"), "taken_back"),
        )
    ]


def _lines(request: HttpRequest, ambassador: Ambassador) -> dict[str, Any]:
    month = asked_month(request.GET.get("month", ""))
    if month is None:
        return {"month": None}
    lines = statement_lines(ambassador.pk, month=month)
    return {
        "month": month,
        "month_label": month_text(month),
        "lines": line_rows(lines, order_links(line.order_ref for line in lines)),
    }


def _drawn(url: str) -> SafeString:
    """Black on white in both themes, as scanners expect."""
    drawn = segno.make(f"{url}?via=qr", error="m")
    return mark_safe(drawn.svg_inline(scale=4, border=2, dark="#000", light="#fff", omitsize=True))  # noqa: S308


@staff_page("referrals.view_ambassador")
def qr_svg(request: HttpRequest, ambassador_id: int) -> HttpResponse:
    return _download(ambassador_id, "svg", "image/svg+xml")


@staff_page("referrals.view_ambassador")
def qr_png(request: HttpRequest, ambassador_id: int) -> HttpResponse:
    return _download(ambassador_id, "png", "image/png")


def _download(ambassador_id: int, kind: str, content_type: str) -> HttpResponse:
    code = get_object_or_404(Ambassador, pk=ambassador_id).code
    out = BytesIO()
    segno.make(f"{link_to(code).url}?via=qr", error="m").save(out, kind=kind, scale=10, border=4)
    disposition = f'attachment; filename="{code}.{kind}"'
    return HttpResponse(out.getvalue(), content_type=content_type, headers={"Content-Disposition": disposition})
