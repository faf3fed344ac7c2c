"""Orders over HTTP: placed and read by customers for themselves, moved on by integrations."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty_site.kernel.api import ApiView
from loyalty_site.kernel.callers import Caller
from loyalty_site.kernel.errors import NotFound
from loyalty_site.kernel.pagination import page
from loyalty_site.kernel.schema import PAGE_PARAMETERS, listing, operation
from orders.api.examples import ORDER
from orders.api.fields import OrderFilter, OrderIn
from orders.api.requests import contact_of, quote_request, subjects
from orders.api.shapes import OrderOut
from orders.models import Order as OrderRow
from orders.queries import QuoteRequest, order_document
from orders.queries.lists import order_numbered, orders_matching
from orders.services import NoSuchOrder, place_order
from promocodes.rules import Reason
from promocodes.services import CodeRejected
from promocodes.services.guessing import is_locked_out, note_answer

TAG = "orders"
FILTERS = (
    OpenApiParameter("customer", {"type": "string", "format": "uuid"}),
    OpenApiParameter("status", {"type": "string", "enum": OrderRow.Status.values}),
    OpenApiParameter("promo_code", {"type": "string", "maxLength": 64}, description="In any spelling."),
    *PAGE_PARAMETERS,
)


class Orders(ApiView):
    scope = "orders"
    customer_methods = frozenset({"GET", "POST"})
    key_required = True

    @operation(
        "Orders, the newest first",
        answer=listing("Orders", OrderOut),
        parameters=FILTERS,
        refusals=[404],
        tag=TAG,
        name="listOrders",
    )
    def get(self, request: Request) -> Response:
        wanted = self.read_query(OrderFilter)
        if self.caller.is_customer:
            if wanted.get("customer", self.caller.customer_public_id) != self.caller.customer_public_id:
                raise NotFound()
            wanted["customer"] = self.caller.customer_public_id
        return Response(page(request, orders_matching(**wanted), order_document))

    @operation(
        "Place an order at the prices of now",
        body=OrderIn,
        answer=OrderOut,
        status=201,
        key="required",
        refusals=[404, 422],
        examples=[ORDER],
        tag=TAG,
        name="placeOrder",
    )
    def post(self, request: Request) -> HttpResponse:
        given = self.read(OrderIn)
        asked = quote_request(self.caller, given)
        placing = _Placing(self.caller, asked, given, subjects(request, self.caller, given))
        response = self.effect(placing.work, status=201)
        placing.note_wrong_code()
        return response


class Order(ApiView):
    scope = "orders"
    customer_methods = frozenset({"GET"})

    @operation("An order as it was placed", answer=OrderOut, refusals=[404], tag=TAG, name="getOrder")
    def get(self, request: Request, number: str) -> Response:
        order = order_numbered(number)
        if self.caller.is_customer and order.customer_id != self.caller.customer_id:
            raise NoSuchOrder
        return Response(order_document(order))


class _Placing:
    """One placing, with what is kept for afterwards: a wrong code counts as a try, outside the transaction."""

    def __init__(
        self, caller: Caller, asked: QuoteRequest, given: Mapping[str, Any], subjects: tuple[str, ...]
    ) -> None:
        self.caller, self.asked, self.given, self.subjects = caller, asked, given, subjects
        self.contact = contact_of(caller)
        self.is_locked = bool(asked.promo_code) and is_locked_out(subjects)
        self.reason: str | None = None

    def work(self, now: datetime) -> dict[str, Any]:
        if self.is_locked:
            raise CodeRejected(Reason.TOO_MANY_ATTEMPTS)
        try:
            order = place_order(
                request=self.asked,
                contact=self.contact,
                now=now,
                by=self.caller.title,
                expected_total=self.given.get("expected_total"),
                external_number=self.given.get("external_number") or None,
                device=self.given.get("device") or "",
            )
        except CodeRejected as refusal:
            self.reason = refusal.reason
            raise
        return order_document(order)

    def note_wrong_code(self) -> None:
        note_answer(self.subjects, self.reason)
