"""What staff do to an order, each by its own right: one service call, a refusal beside the field (O-1, O-7)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from loyalty_site.kernel.backoffice import attempt, attempt_form, staff_page
from loyalty_site.kernel.texts import money_text
from orders import services
from orders.admin.order_page import CancelForm, PayForm, RefundForm, order_page, the_order
from orders.models import Order
from orders.queries.refund_preview import refund_preview

MANUAL = "manual"


@staff_page("orders.pay_order")
def pay(request: HttpRequest, order_id: int) -> HttpResponse:
    """A payment that came in past the acquirer: cash, a transfer."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    order, form = the_order(order_id), PayForm(request.POST, label_suffix="", prefix="pay")
    if form.is_valid():
        payment_id = form.cleaned_data["payment_id"]
        if attempt_form(
            form,
            lambda: services.pay_order(
                number=order.number, amount=order.total, provider=MANUAL, payment_id=payment_id, now=timezone.now()
            ),
        ):
            messages.success(request, _("The payment is recorded."))
            return _back(order)
    return order_page(request, the_order(order_id), status=422, pay_form=form)


@staff_page("orders.change_order")
def complete(request: HttpRequest, order_id: int) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    order = the_order(order_id)
    if attempt(request, lambda: services.complete_order(number=order.number, now=timezone.now())):
        messages.success(request, _("The order is completed."))
    return _back(order)


@staff_page("orders.change_order")
def cancel(request: HttpRequest, order_id: int) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    order, form = the_order(order_id), CancelForm(request.POST, label_suffix="", prefix="cancel")
    if form.is_valid():
        reason, by = form.cleaned_data["reason"], _name(request)
        if attempt_form(
            form, lambda: services.cancel_order(number=order.number, reason=reason, now=timezone.now(), by=by)
        ):
            messages.success(request, _("The order is cancelled; the use of its promo code is free again."))
            return _back(order)
    return order_page(request, the_order(order_id), status=422, cancel_form=form)


@staff_page("orders.refund_order")
def refund(request: HttpRequest, order_id: int) -> HttpResponse:
    """First what would be given back is shown, then it is given back."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    order = the_order(order_id)
    form = RefundForm(request.POST, order=order)
    if not form.is_valid():
        return order_page(request, order, status=422, refund_form=form)
    asked = form.asked()
    if not asked:
        form.add_error(None, _("Say how many pieces of which line are given back."))
        return order_page(request, order, status=422, refund_form=form)
    if "_refund" not in request.POST:
        return order_page(request, order, refund_form=form, preview=refund_preview(order, dict(asked)))
    reason, by = form.cleaned_data["reason"], _name(request)
    done = attempt_form(
        form,
        lambda: services.refund_order(number=order.number, lines=asked, reason=reason, now=timezone.now(), by=by),
    )
    if done is None:
        return order_page(request, the_order(order_id), status=422, refund_form=form)
    messages.success(request, _("%(amount)s given back.") % {"amount": money_text(done.amount)})
    return _back(order)


def _back(order: Order) -> HttpResponse:
    return redirect("admin:orders_order_page", order.pk)


def _name(request: HttpRequest) -> str:
    user: Any = request.user
    return str(user.email)
