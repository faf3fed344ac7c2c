"""A customer's ledger over HTTP, and corrections of it (PT-1)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from customers.queries import customer_key
from loyalty_site.kernel.answers import Answer, idempotency_key
from loyalty_site.kernel.api import ApiView
from loyalty_site.kernel.errors import WrongState
from loyalty_site.kernel.pagination import page
from loyalty_site.kernel.schema import PAGE_PARAMETERS, listing, operation
from points.api.documents import entry_document, posted_document
from points.api.examples import CORRECTION
from points.api.fields import AdjustmentIn, AdjustmentOut, EntryFilter, EntryOut
from points.models import Entry
from points.queries import entries, entries_of
from points.rules import correction_fact
from points.services import Posted, adjust

TAG = "points"
FILTERS = (
    OpenApiParameter("kind", {"type": "string", "enum": Entry.Kind.values}),
    OpenApiParameter("since", {"type": "string", "format": "date-time"}, description="This moment and later."),
    OpenApiParameter("until", {"type": "string", "format": "date-time"}, description="Before this moment."),
    OpenApiParameter("order", {"type": "string", "maxLength": 58}, description="The order's number."),
    *PAGE_PARAMETERS,
)


class CustomerPoints(ApiView):
    scope = "points"
    customer_methods = frozenset({"GET"})
    key_required = True

    @operation(
        "What happened to a customer's points, the newest first",
        answer=listing("Entries", EntryOut),
        parameters=FILTERS,
        refusals=[404],
        tag=TAG,
        name="listPoints",
    )
    def get(self, request: Request, customer_id: UUID) -> Response:
        wanted = self.read_query(EntryFilter)
        found = entries(
            customer_key(customer_id, caller=self.caller),
            kinds=[wanted["kind"]] if "kind" in wanted else (),
            since=wanted.get("since"),
            until=wanted.get("until"),
            order_ref=f"order:{wanted['order']}" if "order" in wanted else "",
            with_balance=False,
        )
        return Response(page(request, found, entry_document))

    @operation(
        "Give points, or take them away",
        body=AdjustmentIn,
        answer={201: AdjustmentOut, 202: AdjustmentOut},
        key="required",
        refusals=[404, 422],
        examples=[CORRECTION],
        tag=TAG,
        name="adjustPoints",
    )
    def post(self, request: Request, customer_id: UUID) -> HttpResponse:
        """Never below zero available: 422 `not_enough_points` with `points_available`. A correction above the
        programme's `second_person_points` is 202 and `waiting`: nothing moves until a second person confirms it."""
        given = self.read(AdjustmentIn)
        key = idempotency_key(request, is_required=True) or ""
        fact = correction_fact(caller=self.caller.name, key=key)
        return self.effect(
            lambda now: _adjusted(customer_key(customer_id, caller=self.caller), given, fact=fact, now=now)
        )


def _adjusted(customer_id: int, given: dict[str, Any], *, fact: str, now: datetime) -> Answer:
    """201 with what was posted, 202 while it waits for a second person. Raises WrongState once he has refused it."""
    done = adjust(
        customer_id=customer_id,
        amount=given["amount"],
        reason=given["reason"],
        expires_at=given.get("expires_at"),
        by=None,
        fact=fact,
        now=now,
    )
    is_posted = isinstance(done, Posted) or done.is_confirmed
    if not isinstance(done, Posted) and done.is_confirmed is False:
        raise WrongState(_("A second person has refused this correction."), code="correction_refused")
    document = {
        "status": "posted" if is_posted else "waiting",
        "amount": given["amount"],
        "reason": given["reason"],
        **posted_document(customer_id, entries_of(fact), now=now),
    }
    return Answer.of(201 if is_posted else 202, document)
