"""Promo codes over HTTP. There is no DELETE (PC-3)."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from loyalty_site.kernel.api import ApiView
from loyalty_site.kernel.input import NoBody
from loyalty_site.kernel.pagination import page
from loyalty_site.kernel.schema import PAGE_PARAMETERS, listing, operation, path_text
from promocodes.api.documents import code_document, use_document
from promocodes.api.fields import CodeIn, CodeOut, UseOut, code_spec
from promocodes.queries.rows import code_named, uses_of
from promocodes.services import activate_code, create_code, deactivate_code

TAG = "promo codes"
CODE = path_text("code", "The code in any spelling: case, spaces and hyphens do not matter.", maxLength=64)


class PromoCodes(ApiView):
    scope = "promocodes"

    @operation(
        "Create a promo code, a draft until it is activated",
        body=CodeIn,
        answer=CodeOut,
        status=201,
        key="accepted",
        tag=TAG,
        name="createPromoCode",
    )
    def post(self, request: Request) -> HttpResponse:
        given = self.read(CodeIn)
        return self.effect(
            lambda now: code_document(create_code(spec=code_spec(given), by=None, now=now), now), status=201
        )


class PromoCode(ApiView):
    scope = "promocodes"

    @operation("A promo code", answer=CodeOut, refusals=[404], parameters=[CODE], tag=TAG, name="getPromoCode")
    def get(self, request: Request, code: str) -> Response:
        return Response(code_document(code_named(code), timezone.now()))


class PromoCodeActivation(ApiView):
    scope = "promocodes"

    @operation(
        "Activate a promo code",
        body=NoBody,
        answer=CodeOut,
        refusals=[404, 409],
        parameters=[CODE],
        key="accepted",
        tag=TAG,
        name="activatePromoCode",
    )
    def post(self, request: Request, code: str) -> HttpResponse:
        self.read(NoBody)
        return self.effect(lambda now: code_document(activate_code(code=code, by=None, now=now), now))


class PromoCodeDeactivation(ApiView):
    scope = "promocodes"

    @operation(
        "Deactivate a promo code; it keeps its history",
        body=NoBody,
        answer=CodeOut,
        refusals=[404],
        parameters=[CODE],
        key="accepted",
        tag=TAG,
        name="deactivatePromoCode",
    )
    def post(self, request: Request, code: str) -> HttpResponse:
        self.read(NoBody)
        return self.effect(lambda now: code_document(deactivate_code(code=code, by=None, now=now), now))


class PromoCodeUses(ApiView):
    scope = "promocodes"

    @operation(
        "Uses of a promo code, the newest first, released ones too",
        answer=listing("Uses", UseOut),
        refusals=[404],
        parameters=[CODE, *PAGE_PARAMETERS],
        tag=TAG,
        name="listPromoCodeUses",
    )
    def get(self, request: Request, code: str) -> Response:
        answer: dict[str, Any] = page(request, uses_of(code_named(code)), use_document)
        return Response(answer)
