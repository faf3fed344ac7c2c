"""Actions that earn over HTTP: what there is, and that a customer did it (PT-5)."""

from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from customers.queries import customer_key
from loyalty_site.kernel.answers import Answer
from loyalty_site.kernel.api import ApiView
from loyalty_site.kernel.pagination import page
from loyalty_site.kernel.schema import PAGE_PARAMETERS, listing, operation
from points.api.documents import action_document, posted_document
from points.api.examples import REVIEW
from points.api.fields import ActionIn, ActionOut, ReportedActionOut
from points.models import EarningAction
from points.queries import entries_of
from points.services import report_action

TAG = "points"


class Actions(ApiView):
    scope = "points"

    @operation(
        "Actions that earn, the newest first",
        answer=listing("Actions", ActionOut),
        parameters=PAGE_PARAMETERS,
        tag=TAG,
        name="listEarningActions",
    )
    def get(self, request: Request) -> Response:
        return Response(page(request, EarningAction.objects.all(), action_document))


class CustomerActions(ApiView):
    scope = "points"

    @operation(
        "A customer did what earns points",
        body=ActionIn,
        answer={201: ReportedActionOut, 200: ReportedActionOut},
        key="accepted",
        refusals=[404, 422],
        examples=[REVIEW],
        tag=TAG,
        name="reportAction",
    )
    def post(self, request: Request, customer_id: UUID) -> HttpResponse:
        """Each `reference` earns once: reported again it is 200 with the first result. 404 `unknown_action` when there
        is no such action or it earns nothing now, 422 `action_limit_reached` when the customer has had all it gives."""
        given = self.read(ActionIn)
        return self.effect(lambda now: _reported(customer_key(customer_id, caller=self.caller), given, now=now))


def _reported(customer_id: int, given: dict[str, str], *, now: datetime) -> Answer:
    """201, or 200 when this deed was reported before."""
    posted = report_action(customer_id=customer_id, action_code=given["action"], reference=given["reference"], now=now)
    document = {
        **given,
        "amount": posted.points,
        **posted_document(customer_id, entries_of(posted.fact), now=now),
    }
    return Answer.of(200 if posted.is_repeat else 201, document)
