"""The account's first page: what a customer has, what comes, what goes."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

import customers.queries
from loyalty_site.account.card import shown_cards
from loyalty_site.account.invitations import invitations
from loyalty_site.account.tier_view import tier_view
from orders.queries.own_codes import own_codes
from orders.queries.visits import orders_of
from orders.views import visitor
from points.queries import balance, fresh_gift
from promocodes.queries import PersonalState

RECENT, CODES = 3, 3


@never_cache
@login_required
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    customer = visitor.customer_of(request)
    context: dict[str, Any] = {"customer": customer}
    if customer is not None:
        now = timezone.now()
        programme = customers.queries.programme()
        has = balance(customer.pk, now=now)
        context |= {
            "orders": list(orders_of(customer)[:RECENT]),
            "balance": has,
            "gift": fresh_gift(customer.pk, now=now),
            "balance_money": has.available * programme.point_value,
            "bonus": programme.first_purchase_bonus,
            "tier": tier_view(customer.pk, base_percent=programme.base_earn_percent, now=now),
            "card": next(iter(shown_cards(customer.pk)), None),
            "invitations": invitations(customer, programme=programme, now=now),
            "codes": [code for code in own_codes(customer.pk, now=now) if code.state == PersonalState.ACTIVE][:CODES],
        }
    return render(request, "account/overview.html", context)
