"""Batches of codes over HTTP: made by the worker, watched and downloaded here (PC-15)."""

from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty_site.kernel.api import ApiView
from loyalty_site.kernel.input import NoBody
from loyalty_site.kernel.schema import operation
from promocodes.api.documents import batch_document
from promocodes.api.fields import BatchIn, BatchOut, code_spec
from promocodes.queries import batch_codes_csv
from promocodes.queries.rows import batch_numbered
from promocodes.services import activate_batch, create_batch

TAG = "batches"
CSV = OpenApiResponse(OpenApiTypes.STR, description="A header line `code`, then one code a line.")


class Batches(ApiView):
    scope = "promocodes"

    @operation(
        "Make a batch of codes with the same terms, in the background",
        body=BatchIn,
        answer=BatchOut,
        status=202,
        key="accepted",
        tag=TAG,
        name="createBatch",
    )
    def post(self, request: Request) -> HttpResponse:
        given = self.read(BatchIn)
        return self.effect(
            lambda now: batch_document(
                create_batch(spec=code_spec(given), count=given["count"], by=None, now=now), now
            ),
            status=202,
        )


class Batch(ApiView):
    scope = "promocodes"

    @operation("A batch and how far it is", answer=BatchOut, refusals=[404], tag=TAG, name="getBatch")
    def get(self, request: Request, batch_id: int) -> Response:
        return Response(batch_document(batch_numbered(batch_id), timezone.now()))


class BatchCodes(ApiView):
    scope = "promocodes"

    @operation(
        "The codes made so far, as CSV",
        answer={(200, "text/csv"): CSV},
        refusals=[404],
        tag=TAG,
        name="getBatchCodes",
    )
    def get(self, request: Request, batch_id: int) -> StreamingHttpResponse:
        batch = batch_numbered(batch_id)
        response = StreamingHttpResponse(
            batch_codes_csv(batch, for_spreadsheet=False), content_type="text/csv; charset=utf-8"
        )
        response["Content-Disposition"] = f'attachment; filename="codes-{batch.pk}.csv"'
        return response


class BatchActivation(ApiView):
    scope = "promocodes"

    @operation(
        "Activate all codes of a batch",
        body=NoBody,
        answer=BatchOut,
        refusals=[404, 409],
        key="accepted",
        tag=TAG,
        name="activateBatch",
    )
    def post(self, request: Request, batch_id: int) -> HttpResponse:
        self.read(NoBody)
        return self.effect(lambda now: batch_document(activate_batch(batch_id=batch_id, by=None, now=now), now))
