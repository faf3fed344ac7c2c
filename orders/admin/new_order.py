"""An order placed by staff for a customer: the same placing as everywhere, limits and all (O-8)."""

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty_site.kernel.backoffice import page, staff_page
from loyalty_site.kernel.errors import DomainError, InvalidInput
from loyalty_site.kernel.transactions import in_transaction
from orders.admin.asking import AskForm, line_error_text
from orders.models import Order
from orders.queries import QuoteRequest, quote
from orders.services import Contact, TotalChanged
from orders.services.placing import place_by_staff


class NewOrderForm(AskForm):
    name = forms.CharField(label=gettext_lazy("Recipient's name"), required=False, max_length=200)
    address = forms.CharField(label=gettext_lazy("Address"), required=False, max_length=500)
    expected_total = forms.DecimalField(required=False, widget=forms.HiddenInput)
    placing_key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def contact(self) -> Contact:
        values, found = self.cleaned_data, self.found
        return Contact(
            name=values["name"] or (found.full_name if found else ""),
            email=values["email"] or (found.email or "" if found else ""),
            phone=values["phone"] or (str(found.phone or "") if found else ""),
            address=values["address"],
        )


@staff_page("orders.add_order")
def new_order(request: HttpRequest) -> HttpResponse:
    """First the price is shown, then the order is placed at the price that was shown (O-3)."""
    if request.method != "POST":
        form = NewOrderForm(initial={"customer": request.GET.get("customer", "")})
        return _page(request, form)
    form = NewOrderForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    asked = form.request()
    if "_place" in request.POST and form.cleaned_data["expected_total"] is not None:
        order = _place(request, form, asked)
        if order is not None:
            messages.success(request, _("Order No. %(number)s is placed.") % {"number": order.number})
            return redirect("admin:orders_order_page", order.pk)
    priced = _quoted(form, asked)
    return _page(request, form, priced, status=422 if form.errors else 200)


def _place(request: HttpRequest, form: NewOrderForm, asked: QuoteRequest) -> Order | None:
    contact = form.contact()
    values = form.cleaned_data
    by: Any = request.user
    try:
        number = in_transaction(
            lambda: place_by_staff(
                placing_key=values["placing_key"] or uuid4(),
                request=asked,
                contact=contact,
                expected_total=values["expected_total"],
                by=by,
                now=timezone.now(),
            )
        )
        return Order.objects.get(pk=number)
    except TotalChanged:
        form.add_error(None, _("The price has changed: look at the new one and place the order again."))
    except DomainError as refusal:
        _tell(form, refusal, asked)
    return None


def _quoted(form: NewOrderForm, asked: QuoteRequest) -> Any:
    try:
        return quote(asked, now=timezone.now())
    except DomainError as refusal:
        if not form.errors:
            _tell(form, refusal, asked)
        return None


def _tell(form: NewOrderForm, refusal: DomainError, asked: QuoteRequest) -> None:
    if not isinstance(refusal, InvalidInput):
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return
    for error in refusal.errors:
        sku = line_error_text(error.field, asked.lines)
        form.add_error(
            error.field if error.field in form.fields else None, f"{sku}: {error.detail}" if sku else str(error.detail)
        )


def _page(request: HttpRequest, form: NewOrderForm, priced: Any = None, status: int = 200) -> HttpResponse:
    return page(
        request,
        "orders/admin/new_order.html",
        title=_("New order"),
        opts=Order._meta,
        form=form,
        quote=priced,
        placing_key=form["placing_key"].value() or uuid4(),
        status=status,
    )
