"""The root of the API, the programme's settings, and what is not there."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from customers.queries import programme
from customers.services import update_programme
from loyalty_site.api.fields import ProgrammeIn, ProgrammeOut, RootOut
from loyalty_site.kernel.api import ApiView
from loyalty_site.kernel.errors import NotFound
from loyalty_site.kernel.problems import CONTENT_TYPE, problem
from loyalty_site.kernel.schema import operation


class Root(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(summary="Where to look", operation_id="getRoot", tags=["about"], responses=RootOut, auth=[])
    def get(self, request: Request) -> Response:
        return Response(
            {
                "version": "1",
                "schema": reverse("api-schema", request=request),
                "docs": reverse("api-docs", request=request),
            }
        )


class Programme(ApiView):
    scope = "programme"

    @operation("The programme's settings", answer=ProgrammeOut, tag="programme", name="getProgramme")
    def get(self, request: Request) -> Response:
        return Response(ProgrammeOut(programme()).data)

    @operation(
        "Change settings: only what is given",
        body=ProgrammeIn,
        answer=ProgrammeOut,
        tag="programme",
        name="changeProgramme",
    )
    def patch(self, request: Request) -> HttpResponse:
        given = self.read(ProgrammeIn)
        return self.effect(lambda now: ProgrammeOut(update_programme(changes=given)).data)


class NoSuchAddress(APIView):
    """Whatever is not in the table of addresses, in any method."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(exclude=True)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return JsonResponse(problem(NotFound()), status=404, content_type=CONTENT_TYPE)


class Schema(SpectacularAPIView):
    """Negotiates as drf-spectacular does: YAML unless JSON is asked for."""

    content_negotiation_class = DefaultContentNegotiation
    authentication_classes = ()
    permission_classes = (AllowAny,)


class Docs(SpectacularSwaggerSplitView):
    """Swagger from our own files, its script apart, so that no inline script is needed."""

    url_name = "api-schema"
    template_name = "loyalty_site/api_docs.html"
    content_negotiation_class = DefaultContentNegotiation
    authentication_classes = ()
    permission_classes = (AllowAny,)
