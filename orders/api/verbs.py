"""What happens to an order: paid, completed, cancelled, refunded. For integrations only."""

from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from loyalty_site.kernel.api import ApiView
from loyalty_site.kernel.input import NoBody
from loyalty_site.kernel.schema import operation
from orders.api.fields import CancelIn, PaymentIn, RefundIn
from orders.api.shapes import OrderOut, RefundOut
from orders.models import Refund
from orders.queries import order_document
from orders.services import cancel_order, complete_order, pay_order, refund_order

TAG = "orders"
REFUSALS = [404, 422]


class OrderPayment(ApiView):
    scope = "orders"
    key_required = True

    @operation(
        "Report a payment; reported again it changes nothing",
        body=PaymentIn,
        answer=OrderOut,
        key="required",
        refusals=REFUSALS,
        tag=TAG,
        name="payOrder",
    )
    def post(self, request: Request, number: str) -> HttpResponse:
        given = self.read(PaymentIn)
        payment = {**given, "payer": given.get("payer") or ""}
        return self.effect(
            lambda now: order_document(pay_order(number=number, provider=self.caller.name, now=now, **payment))
        )


class OrderCompletion(ApiView):
    scope = "orders"

    @operation(
        "The goods are with the customer",
        body=NoBody,
        answer=OrderOut,
        key="accepted",
        refusals=REFUSALS,
        tag=TAG,
        name="completeOrder",
    )
    def post(self, request: Request, number: str) -> HttpResponse:
        self.read(NoBody)
        return self.effect(lambda now: order_document(complete_order(number=number, now=now)))


class OrderCancellation(ApiView):
    scope = "orders"

    @operation(
        "Cancel an unpaid order: the use of its code and the points come back",
        body=CancelIn,
        answer=OrderOut,
        key="accepted",
        refusals=REFUSALS,
        tag=TAG,
        name="cancelOrder",
    )
    def post(self, request: Request, number: str) -> HttpResponse:
        reason = self.read(CancelIn).get("reason", "")
        return self.effect(
            lambda now: order_document(cancel_order(number=number, reason=reason, now=now, by=self.caller.title))
        )


class OrderRefund(ApiView):
    scope = "orders"
    key_required = True

    @operation(
        "Refund lines, or all that is left",
        body=RefundIn,
        answer=RefundOut,
        key="required",
        refusals=REFUSALS,
        tag=TAG,
        name="refundOrder",
    )
    def post(self, request: Request, number: str) -> HttpResponse:
        given = self.read(RefundIn)
        lines = given.get("lines")
        wanted = None if lines is None else [(line["sku"], line["quantity"]) for line in lines]
        return self.effect(
            lambda now: _refund_document(
                refund_order(number=number, lines=wanted, reason=given.get("reason", ""), now=now, by=self.caller.title)
            )
        )


def _refund_document(refund: Refund) -> dict[str, Any]:
    return {
        "refunded_amount": f"{refund.amount:.2f}",
        "points_returned": refund.points_returned,
        "points_taken_back": refund.points_taken_back,
        "order": order_document(refund.order),
    }
