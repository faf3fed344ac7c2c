"""One line of time of all that happened to a customer, newest first, by pages and by kinds (CU-10)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

import customers.queries.timeline
import notifications.queries.timeline
import orders.queries.timeline
import points.queries.timeline
import promocodes.queries.timeline
import referrals.queries.timeline
import tiers.queries.timeline
from customers.models import Customer
from loyalty_site.kernel.backoffice import staff_page
from loyalty_site.kernel.timeline import cursor_of, happened
from orders.queries import admin_links

PAGE = 25
SOURCES = (
    *orders.queries.timeline.SOURCES,
    *points.queries.timeline.SOURCES,
    *promocodes.queries.timeline.SOURCES,
    *tiers.queries.timeline.SOURCES,
    *referrals.queries.timeline.SOURCES,
    *notifications.queries.timeline.SOURCES,
    *customers.queries.timeline.SOURCES,
)
KINDS = {
    "orders": _("Orders"),
    "points": _("Points"),
    "codes": _("Codes"),
    "tiers": _("Tiers"),
    "referrals": _("Invitations"),
    "messages": _("Messages"),
    "segments": _("Segments and tags"),
    "consents": _("Consents"),
    "notes": _("Notes"),
    "details": _("Personal data"),
}


def line_of_time(request: HttpRequest, customer_id: int) -> dict[str, Any]:
    """What `orders/admin/customer/_timeline.html` shows: `?kind=` keeps one kind, `?before=` goes back in time.

    One statement for the page's rows, one or a few for each kind met, and one for the orders' numbers.
    """
    seen = [source for source in SOURCES if request.user.has_perm(source.right)]
    kinds = {source.kind for source in seen}
    kind = request.GET.get("kind", "")
    kind = kind if kind in kinds else ""
    wanted = [source for source in seen if not kind or source.kind == kind]
    before = cursor_of(request.GET.get("before", ""))
    rows, has_more = happened(wanted, customer_id, before=before, limit=PAGE)
    refs = {row.told.ref for row in rows if row.told.ref}
    links = admin_links(refs) if refs else {}
    return {
        "rows": [{"row": row, "order": links.get(row.told.ref)} for row in rows],
        "kinds": [(code, name) for code, name in KINDS.items() if code in kinds],
        "kind": kind,
        "is_later": before is not None,
        "older": rows[-1].cursor if has_more and rows else "",
    }


@staff_page("customers.view_customer")
@require_GET
def timeline(request: HttpRequest, customer_id: int) -> HttpResponse:
    """The part alone, for pages with JavaScript: the rows after `?before=`, else the whole part."""
    customer = get_object_or_404(Customer, pk=customer_id)
    name = "_timeline_rows.html" if request.GET.get("before") else "_timeline.html"
    context = {"original": customer, "timeline": line_of_time(request, customer.pk)}
    return TemplateResponse(request, f"orders/admin/customer/{name}", context)
