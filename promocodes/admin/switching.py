"""Turning one code on or off from its page (PC-1, PC-2)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from loyalty_site.kernel.backoffice import attempt, staff_page
from promocodes import services
from promocodes.models import PromoCode


@staff_page("promocodes.activate_promocode")
def activate(request: HttpRequest, code_id: int) -> HttpResponse:
    return _switch(request, code_id, on=True)


@staff_page("promocodes.activate_promocode")
def deactivate(request: HttpRequest, code_id: int) -> HttpResponse:
    return _switch(request, code_id, on=False)


def _switch(request: HttpRequest, code_id: int, *, on: bool) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    code = get_object_or_404(PromoCode, pk=code_id)
    service = services.activate_code if on else services.deactivate_code
    done = attempt(request, lambda: service(code=code.code, by=request.user, now=timezone.now()))
    if done is not None:
        said = _("The promo code %(code)s is activated.") if on else _("The promo code %(code)s is deactivated.")
        messages.success(request, said % {"code": code.code})
    return redirect("admin:promocodes_promocode_page", code_id)
