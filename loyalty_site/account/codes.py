"""The customer's own promo codes: what they give, until when, to copy or to show."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from orders.queries.own_codes import own_codes
from orders.views import visitor
from promocodes.queries import PersonalState, checkout_link, qr_svg


@never_cache
@login_required
@require_GET
def codes(request: HttpRequest) -> HttpResponse:
    customer = visitor.customer_of(request)
    if customer is None:
        return render(request, "account/codes.html", {"customer": None})
    found = own_codes(customer.pk, now=timezone.now())
    context = {
        "customer": customer,
        "active": [
            (code, checkout_link(code.code), qr_svg(code.code))
            for code in found
            if code.state in (PersonalState.ACTIVE, PersonalState.SCHEDULED)
        ],
        "past": [code for code in found if code.state in (PersonalState.USED, PersonalState.EXPIRED)],
    }
    return render(request, "account/codes.html", context)
