"""The customer's account: all orders."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from orders.queries.visits import orders_of
from orders.views import visitor

PAGE = 20


@never_cache
@login_required
@require_GET
def orders(request: HttpRequest) -> HttpResponse:
    page = Paginator(orders_of(visitor.customer_of(request)), PAGE).get_page(request.GET.get("page"))
    return render(request, "account/orders.html", {"page": page})
