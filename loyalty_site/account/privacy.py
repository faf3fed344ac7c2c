"""My data: what the customer agreed to, what is held of him, and being forgotten (CU-2, CU-4)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from customers.models import Customer, DataDownload, ErasureRequest
from customers.queries import consent_record, programme
from customers.queries.erasure import open_erasure
from customers.queries.held import held_parts
from customers.services import (
    cancel_erasure,
    erase_at_once,
    give_consent,
    note_download,
    request_erasure,
    withdraw_consent,
)
from loyalty_site.account.privacy_words import WhatGoes, what_goes
from loyalty_site.kernel.errors import DomainError
from loyalty_site.kernel.held_answer import held_answer
from loyalty_site.kernel.limits import note_event
from loyalty_site.kernel.texts import day_text
from loyalty_site.kernel.transactions import in_transaction

SOURCE = "account"
DOWNLOADS, DOWNLOADS_WITHIN = 5, 3600


@dataclass(frozen=True)
class Forgetting:
    """`days` of the term; `due` in words while a request is open."""

    days: int
    due: str
    words: WhatGoes


@never_cache
@login_required
@require_GET
def data(request: HttpRequest) -> HttpResponse:
    customer = _customer(request)
    if customer is None:
        return render(request, "account/data.html", {"customer": None})
    return render(
        request,
        "account/data.html",
        {"customer": customer, "purposes": consent_record(customer.pk), "forgetting": _forgetting(customer.pk)},
    )


@never_cache
@login_required
@require_POST
def consent(request: HttpRequest) -> HttpResponse:
    """Gives or withdraws one consent."""
    customer, purpose, now = _customer(request), request.POST.get("purpose", ""), timezone.now()
    if customer is not None:
        said: dict[str, Any] = {"customer_id": customer.pk, "purpose": purpose, "now": now, "source": SOURCE}
        try:
            if request.POST.get("agree") == "yes":
                in_transaction(lambda: give_consent(**said, shown=request.POST.get("version")))
            else:
                in_transaction(lambda: withdraw_consent(**said))
            messages.success(request, _("Your choice is saved."))
        except DomainError as refusal:
            messages.error(request, str(refusal))
    return redirect("account:data")


@never_cache
@login_required
@require_GET
def download(request: HttpRequest, form: str) -> HttpResponseBase:
    """All that is held, as a file. A few times an hour: each reads everything there is."""
    customer, now = _customer(request), timezone.now()
    if customer is None:
        return redirect("account:data")
    if not note_event(f"download:{customer.pk}", limit=DOWNLOADS, seconds=DOWNLOADS_WITHIN):
        messages.error(request, _("You have downloaded your data several times just now. Come again in an hour."))
        return redirect("account:data")
    in_transaction(lambda: note_download(customer_id=customer.pk, form=DataDownload.Form(form), by=None, now=now))
    return held_answer(held_parts(customer.pk, now=now), form, number=customer.pk, now=now)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def forget(request: HttpRequest) -> HttpResponse:
    """What goes and what stays, and the request itself. A term of no days: at once, and the last page."""
    customer = _customer(request)
    if customer is None:
        return redirect("account:data")
    forgetting = _forgetting(customer.pk)
    if request.method == "GET" or request.POST.get("sure") != "yes":
        wrong = request.method == "POST"
        context = {"forgetting": forgetting, "is_unsure": wrong}
        return render(request, "account/forget.html", context, status=422 if wrong else 200)
    if forgetting.days == 0:
        return _forget_now(request, customer)
    now, source = timezone.now(), ErasureRequest.Source.ACCOUNT
    asked = in_transaction(lambda: request_erasure(customer_id=customer.pk, source=source, by=None, now=now))
    due = _("Your data will be erased on %(day)s. Until then you may change your mind.")
    messages.success(request, due % {"day": day_text(timezone.localdate(asked.due_at))})
    return redirect("account:data")


@never_cache
@login_required
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Calls the request off."""
    customer, now = _customer(request), timezone.now()
    if customer is not None:
        try:
            in_transaction(lambda: cancel_erasure(customer_id=customer.pk, by=None, now=now))
            messages.success(request, _("Nothing will be erased: we are glad that you stay."))
        except DomainError as refusal:
            messages.error(request, str(refusal))
    return redirect("account:data")


@never_cache
@require_GET
def forgotten(request: HttpRequest) -> HttpResponse:
    """The last page: says that nothing is known any more."""
    return render(request, "account/forgotten.html")


def _forget_now(request: HttpRequest, customer: Customer) -> HttpResponse:
    now, source = timezone.now(), ErasureRequest.Source.ACCOUNT
    in_transaction(lambda: erase_at_once(customer_id=customer.pk, source=source, by=None, reason="", now=now))
    logout(request)
    return redirect("account:forgotten")


def _customer(request: HttpRequest) -> Customer | None:
    return Customer.objects.filter(user=request.user.pk).first()


def _forgetting(customer_id: int) -> Forgetting:
    asked = open_erasure(customer_id)
    due = day_text(timezone.localdate(asked.due_at)) if asked else ""
    now: datetime = timezone.now()
    return Forgetting(programme().erasure_days, due, what_goes(customer_id, now=now))
