"""The ladder over HTTP (T-1)."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty_site.kernel.answers import idempotency_key
from loyalty_site.kernel.api import ApiView
from loyalty_site.kernel.schema import operation
from tiers.api.documents import ladder_document, preview_document
from tiers.api.examples import LADDER
from tiers.api.fields import LadderIn, LadderOut, PreviewOut, ladder_spec
from tiers.queries import ladder, preview_ladder
from tiers.services import save_ladder

TAG = "tiers"


class Tiers(ApiView):
    scope = "programme"
    reading_scopes = frozenset({"customers"})

    @operation("The ladder, lowest tier first", answer=LadderOut, tag=TAG, name="getLadder")
    def get(self, request: Request) -> Response:
        """Keys with the scope `programme` or `customers` may read it; only `programme` may put it."""
        return Response(ladder_document(ladder()))

    @operation("Put a whole ladder", body=LadderIn, answer=LadderOut, examples=[LADDER], tag=TAG, name="putLadder")
    def put(self, request: Request) -> HttpResponse:
        """Nobody moves at once: up at the next review, down after a notice and the days of grace.

        A tier that is left out comes off the ladder and stays for those who stand on it; named again, it is back.
        `POST /tiers/preview` tells beforehand how many would move.
        """
        spec = ladder_spec(self.read(LadderIn))

        def put(now: datetime) -> dict[str, Any]:
            save_ladder(spec=spec, by=None, now=now)
            return ladder_document(ladder())

        return self.effect(put)


class TiersPreview(ApiView):
    scope = "programme"

    @operation(
        "How many customers would move if this were the ladder",
        body=LadderIn,
        answer=PreviewOut,
        key="accepted",
        examples=[LADDER],
        tag=TAG,
        name="previewLadder",
    )
    def post(self, request: Request) -> Response:
        """Changes nothing. Those who would move anyway are left out; the largest groups come first."""
        idempotency_key(request, is_required=False)
        spec = ladder_spec(self.read(LadderIn))
        return Response(preview_document(preview_ladder(spec, now=timezone.now())))
