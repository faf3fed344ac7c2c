"""The customer's own promo codes: what they give, until when, to copy or to show."""

from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

import customers.queries
from customers.models import Customer
from orders.views import visitor
from promocodes.queries import PersonalCode, PersonalState, checkout_link, personal_codes, qr_svg
from tiers.queries import benefits


@never_cache
@login_required
@require_GET
def codes(request: HttpRequest) -> HttpResponse:
    customer = visitor.customer_of(request)
    if customer is None:
        return render(request, "account/codes.html", {"customer": None})
    found = codes_of(customer, now=timezone.now())
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


def codes_of(customer: Customer, *, now: datetime) -> list[PersonalCode]:
    """Codes of this customer, of the own segments and tiers. At most four queries."""
    shopper = customers.queries.shopper(customer.pk)
    return personal_codes(
        customer.pk,
        segments=shopper.segments if shopper else (),
        tiers=benefits(customer.pk, now=now).reached,
        has_bought=bool(shopper and shopper.has_bought),
        now=now,
    )
