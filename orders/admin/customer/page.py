"""The customer's page: everything there is of one person, each part in a bounded number of queries (CU-10)."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

import customers.queries
from customers.models import Customer, Purchase, RfmMove, SegmentMove
from loyalty_site.kernel.backoffice import page
from orders.admin.customer.forms import CustomerForm, ManagerForm, NoteForm, TagForm
from orders.admin.customer.head import head, is_living
from orders.admin.customer.tier import tier_story
from orders.admin.customer.timeline import line_of_time
from orders.models import Order
from promocodes.queries import with_state
from promocodes.queries.overview import codes_of_customer, uses_by_customer
from promocodes.rules import STATE_LABELS, State

SHOWN = 20
NOTES_SHOWN = 10
MOVES_SHOWN = 10


def shown_customers() -> QuerySet[Customer]:
    return Customer.objects.select_related("manager", "merged_into", "tier_standing__tier")


def the_customer(customer_id: int) -> Customer:
    """Raises Http404."""
    return get_object_or_404(shown_customers(), pk=customer_id)


def customer_page(request: HttpRequest, customer: Customer, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The whole page; `forms` replace those it makes itself, with what was typed and what is wrong with it."""
    may_write = request.user.has_perm("customers.change_customer") and is_living(customer)
    form = forms.pop("form", None) or CustomerForm(initial=initial_of(customer), label_suffix="")
    if not may_write:
        for field in form.fields.values():
            field.disabled = True
    return page(
        request,
        "orders/admin/customer/page.html",
        title=str(customer),
        status=status,
        opts=Customer._meta,
        original=customer,
        form=form,
        may_write=may_write,
        **{**customer_context(request, customer), **forms},
    )


def customer_context(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    now = timezone.now()
    may, living = request.user.has_perm, is_living(customer)
    may_tag = living and may("customers.change_customer")
    return {
        **head(request, customer, now=now),
        **_purchases(customer),
        **_codes(request, customer, now),
        **_segments(request, customer),
        **tier_story(customer, now=now),
        "timeline": line_of_time(request, customer.pk),
        "notes": _notes(customer) if may("customers.view_customernote") else None,
        "note_form": NoteForm(label_suffix="", prefix="note") if living and may("customers.add_customernote") else None,
        "may_strike": may("customers.change_customernote"),
        "tag_form": TagForm(customer=customer, prefix="tag") if may_tag else None,
        "manager_form": ManagerForm(customer=customer, prefix="manager") if may_tag else None,
    }


def initial_of(customer: Customer) -> dict[str, Any]:
    live = customer.consents.filter(withdrawn_at=None).values_list("purpose", flat=True)
    names = [name for name in CustomerForm.base_fields if name != "consents"]
    return {**{name: getattr(customer, name) or "" for name in names}, "consents": list(live)}


def _notes(customer: Customer) -> Any:
    """Those kept on top first, then the newest."""
    rows = customer.notes.select_related("author", "struck_by")
    return rows.order_by("-is_pinned", "-pk")[:NOTES_SHOWN]


def _purchases(customer: Customer) -> dict[str, Any]:
    """The last orders, and what was bought elsewhere and loaded."""
    orders = Order.objects.filter(customer=customer).order_by("-placed_at", "-pk")
    elsewhere = Purchase.objects.filter(customer=customer).exclude(ref__startswith="order:")
    names = dict(Order.Channel.choices)
    return {
        "orders": orders.defer("quote")[:SHOWN],
        "elsewhere": [
            (row, row.ref.partition(":")[2] or row.ref, names.get(row.channel, row.channel))
            for row in elsewhere.order_by("-paid_at", "-pk")[:SHOWN]
        ],
    }


def _codes(request: HttpRequest, customer: Customer, now: Any) -> dict[str, Any]:
    own = with_state(codes_of_customer(customer.pk), now=now)
    seen: list[Any] = list(own[:SHOWN]) if request.user.has_perm("promocodes.view_promocode") else []
    for code in seen:
        code.state_text = STATE_LABELS[State(code.state)]
    return {
        "uses": [
            {"use": use, "number": use.order_ref.partition(":")[2]} for use in uses_by_customer(customer.pk)[:SHOWN]
        ],
        "own_codes": seen,
    }


def _segments(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    """Where he is now, and how he came there: moves on the map and in and out of segments."""
    context: dict[str, Any] = {"segments_of": customers.queries.segments_of(customer.pk)}
    if request.user.has_perm("customers.view_rfmmove"):
        names = customers.queries.rfm_names()
        moves = RfmMove.objects.filter(customer=customer).order_by("-pk")[:MOVES_SHOWN]
        context["rfm_moves"] = [
            (row, names.get(row.from_segment, row.from_segment), names.get(row.to_segment, row.to_segment))
            for row in moves
        ]
    if request.user.has_perm("customers.view_segmentmove"):
        moved = SegmentMove.objects.filter(customer=customer).select_related("segment")
        context["segment_moves"] = moved.order_by("-pk")[:MOVES_SHOWN]
    return context
