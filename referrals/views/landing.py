"""The page that a link leads to."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET


@require_GET
def landing(request: HttpRequest, code: str) -> HttpResponse:
    raise Http404
