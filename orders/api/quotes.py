"""Quotes over HTTP: a forecast that writes nothing (Q-7)."""

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty_site.kernel.answers import idempotency_key
from loyalty_site.kernel.api import ApiView
from loyalty_site.kernel.errors import NotAllowed
from loyalty_site.kernel.schema import operation
from orders.api.examples import QUOTE
from orders.api.fields import QuoteIn
from orders.api.requests import WHAT_IF, quote_request, subjects
from orders.api.shapes import QuoteOut
from orders.queries.guarded import guarded_quote


class Quotes(ApiView):
    scope = "orders"
    customer_methods = frozenset({"POST"})

    @operation(
        "What an order would cost now",
        body=QuoteIn,
        answer=QuoteOut,
        refusals=[404],
        key="accepted",
        examples=[QUOTE],
        tag="quotes",
        name="createQuote",
    )
    def post(self, request: Request) -> Response:
        """A code that does not apply leaves the quote without it, says why and how to mend it; status 200."""
        idempotency_key(request, is_required=False)
        given = self.read(QuoteIn)
        if given.get("include_drafts") and not self.caller.may("promocodes"):
            raise NotAllowed()
        found = guarded_quote(
            quote_request(self.caller, given),
            subjects=subjects(request, self.caller, given),
            now=given.get("at") or timezone.now(),
            include_drafts=given.get("include_drafts", False),
            is_forecast=not any(given.get(field) for field in WHAT_IF),
        )
        return Response(found.document())
