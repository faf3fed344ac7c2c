"""An order as its customer sees it."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from orders.models import DeliveryMethod, Order, OrderLine, PaymentSession
from orders.rules.texts import sentence
from orders.views import visitor
from orders.views.order_points import points_of


@never_cache
@require_GET
def order(request: HttpRequest, number: str) -> HttpResponse:
    """The owner's page, or the guest's: by the browser that placed it, or by the link with its key."""
    found = visible_order(request, number)
    if "key" in request.GET:
        return redirect("shop:order", number=found.number)
    return render(request, "shop/order.html", _context(request, found))


def visible_order(request: HttpRequest, number: str) -> Order:
    """The order, if this visitor may see it. A stranger gets 404, as for an order that does not exist."""
    found = get_object_or_404(Order.objects.select_related("customer"), pk=_key(number))
    if found.access_token is not None and _token(request) == found.access_token:
        visitor.remember_order(request, found.number)
    if not visitor.may_see(request, found):
        raise Http404
    return found


def _context(request: HttpRequest, found: Order) -> dict[str, Any]:
    lines = list(found.lines.order_by("position"))
    is_new = found.status == Order.Status.NEW
    is_overdue = is_new and found.pay_until < timezone.now()
    last = found.payment_sessions.order_by("-pk").first() if is_new else None
    is_declined = last is not None and last.status == PaymentSession.Status.DECLINED
    is_waiting = is_new and not is_overdue and not is_declined and request.GET.get("payment") == "waiting"
    code = found.quote.get("promo_code") or {}
    return {
        "order": found,
        "lines": lines,
        "discounts": _discounts(lines),
        "explanation": [text for step in _steps(found) if (text := _said(step))],
        "points": points_of(found, now=timezone.now()),
        "delivery_name": _delivery_name(found),
        "is_overdue": is_overdue,
        "is_settled": not is_new,
        "is_waiting": is_waiting,
        "can_pay": is_new and not is_overdue and not is_waiting,
        "is_declined": is_declined,
        "fallen_code": code if code.get("status") == "rejected" else None,
        "access_url": _access_url(request, found),
    }


def _steps(found: Order) -> list[dict[str, Any]]:
    """What was not used needs no line. Once an order is paid or cancelled, signing in earns nothing any more."""
    steps: list[dict[str, Any]] = found.quote.get("explanation", [])
    is_new = found.status == Order.Status.NEW
    silent = {"code_none", "points_none"} | (set() if is_new else {"earn_guest"})
    return [step for step in steps if step.get("key") not in silent]


def _said(step: dict[str, Any]) -> str:
    """In the reader's language where the step says what it is made of."""
    text = sentence(step["key"], step.get("params", {})) if "key" in step else ""
    return text or step.get("text", "")


def _discounts(lines: list[OrderLine]) -> list[dict[str, Any]]:
    """One sum for each source and percent of discount."""
    sums: dict[tuple[str, str | None], Decimal] = {}
    for line in lines:
        for part in line.discounts:
            key = (part["source"], part["percent"])
            sums[key] = sums.get(key, Decimal(0)) + Decimal(part["amount"])
    return [{"source": source, "percent": percent, "amount": amount} for (source, percent), amount in sums.items()]


def _delivery_name(found: Order) -> str:
    method = DeliveryMethod.objects.filter(code=found.delivery_method).first() if found.delivery_method else None
    return method.name if method else found.delivery_method


def _access_url(request: HttpRequest, found: Order) -> str:
    """A guest's link to the order; a customer finds it in the account."""
    if found.customer_id is not None or found.access_token is None:
        return ""
    return request.build_absolute_uri(f"{reverse('shop:order', args=[found.number])}?key={found.access_token}")


def _key(number: str) -> int:
    return int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0


def _token(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.GET.get("key", ""))
    except ValueError:
        return None
