"""One order: lines, amounts, why they are so, its code, its payment and refunds, and what may be done next."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty_site.kernel.backoffice import page, staff_page
from orders.models import Order
from orders.queries.documents import explanation

REFUNDABLE = frozenset({Order.Status.PAID, Order.Status.COMPLETED, Order.Status.PARTIALLY_REFUNDED})


class PayForm(forms.Form):
    payment_id = forms.CharField(
        label=gettext_lazy("Number of the payment"),
        help_text=gettext_lazy("From the receipt or the bank. The same payment is taken once."),
        max_length=128,
    )


class CancelForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=150)


class RefundForm(forms.Form):
    """`quantity_<line>` of every line that has something left, and the reason."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)

    def __init__(self, data: Any = None, *, order: Order, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", prefix="refund", **kwargs)
        self.lines = [line for line in order.lines.order_by("position") if line.quantity > line.refunded_quantity]
        for line in self.lines:
            left = line.quantity - line.refunded_quantity
            self.fields[f"quantity_{line.pk}"] = forms.IntegerField(
                label=line.name,
                min_value=0,
                max_value=left,
                initial=0,
                required=False,
                widget=forms.NumberInput(attrs={"min": 0, "max": left, "aria-label": line.name}),
            )

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        return [(line, self[f"quantity_{line.pk}"]) for line in self.lines]

    def asked(self) -> list[tuple[str, int]]:
        """(SKU, pieces) of the lines where something is to be given back. Call when valid."""
        quantities = [(line.sku, self.cleaned_data.get(f"quantity_{line.pk}") or 0) for line in self.lines]
        return [(sku, quantity) for sku, quantity in quantities if quantity]


@staff_page("orders.view_order")
def show(request: HttpRequest, order_id: int) -> HttpResponse:
    return order_page(request, the_order(order_id))


def the_order(order_id: int) -> Order:
    orders = Order.objects.select_related("customer", "redemption__promo_code", "payment")
    return get_object_or_404(orders, pk=order_id)


def order_page(
    request: HttpRequest, order: Order, *, status: int = 200, preview: Any = None, **forms_sent: forms.Form
) -> HttpResponse:
    """`forms_sent` are the forms that were refused, to be shown as they were typed."""
    may = request.user.has_perm
    is_new = order.status == Order.Status.NEW
    may_refund = order.status in REFUNDABLE and may("orders.refund_order")
    context: dict[str, Any] = {
        "pay_form": PayForm(label_suffix="", prefix="pay") if is_new and may("orders.pay_order") else None,
        "cancel_form": CancelForm(label_suffix="", prefix="cancel") if is_new and may("orders.change_order") else None,
        "refund_form": RefundForm(order=order) if may_refund else None,
        "may_complete": order.status == Order.Status.PAID and may("orders.change_order"),
        **forms_sent,
    }
    return page(
        request,
        "orders/admin/order.html",
        title=_("Order No. %(number)s") % {"number": order.number},
        status=status,
        opts=Order._meta,
        order=order,
        lines=order.lines.order_by("position"),
        steps=explanation(order),
        payment=getattr(order, "payment", None),
        refunds=order.refunds.order_by("refunded_at", "pk").prefetch_related("lines__line"),
        use=order.redemption,
        preview=preview,
        **context,
    )
