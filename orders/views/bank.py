"""The test bank's page, and the door at which acquirers report."""

import logging
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST
from kombu.exceptions import OperationalError

from loyalty_site.kernel.answers import Answer
from loyalty_site.kernel.errors import DomainError
from loyalty_site.kernel.problems import problem
from loyalty_site.kernel.transactions import in_transaction
from orders import bank
from orders.models import Order, PaymentSession
from orders.services.acquiring import open_payment, receive_event
from orders.tasks import tell_shop
from orders.views.order import visible_order

log = logging.getLogger(__name__)
LARGEST_BODY = 64 * 1024


class ForgedEvent(DomainError):
    code, status = "bad_signature", 401


@require_POST
def pay(request: HttpRequest, number: str) -> HttpResponse:
    """Opens the acquirer's page for an order that this visitor may see."""
    order = visible_order(request, number)
    if not settings.TEST_ACQUIRER_ENABLED:
        raise Http404
    try:
        session = in_transaction(lambda: open_payment(number=order.number, now=timezone.now()))
    except DomainError:
        # The order's own page says in which state it is.
        return redirect("shop:order", number=order.number)
    return redirect("shop:bank", token=session.token)


@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, token: UUID) -> HttpResponse:
    """Pay, decline, or come back later. The answer reaches the shop by its webhook only, outside any transaction."""
    if not settings.TEST_ACQUIRER_ENABLED:
        raise Http404
    session = get_object_or_404(PaymentSession.objects.select_related("order"), token=token)
    answer = request.POST.get("answer", "")
    is_open = _is_open(session)
    if request.method == "GET" or answer not in bank.TYPES or not is_open:
        return render(request, "shop/bank.html", {"payment": session, "is_open": is_open, "cards": bank.CARDS})
    now = timezone.now()
    event = bank.event_for(session, answer, now, card=request.POST.get("card", ""))
    url = settings.TEST_ACQUIRER_NOTIFY_URL or request.build_absolute_uri(reverse("shop:webhook"))
    if not bank.deliver(event, url, now):
        _tell_later(event, url)
    return redirect(f"{reverse('shop:order', args=[session.order.number])}?payment=waiting")


@csrf_exempt
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """Only a right signature over the raw body is believed; without a configured secret none is."""
    if not settings.TEST_ACQUIRER_ENABLED or not settings.TEST_ACQUIRER_SECRET:
        raise Http404
    if len(request.body) > LARGEST_BODY:
        return Answer.of(413, problem(ForgedEvent(code="body_too_large"))).response()
    payload = bank.verified(request.body, request.headers)
    if payload is None:
        return Answer.of(401, problem(ForgedEvent())).response()
    event_id = request.headers["webhook-id"][:128]
    try:
        in_transaction(
            lambda: receive_event(provider=bank.PROVIDER, event_id=event_id, payload=payload, now=timezone.now())
        )
    except DomainError as refusal:
        return Answer.of(refusal.status, problem(refusal)).response()
    return JsonResponse({"received": True})


def _tell_later(event: dict[str, Any], url: str) -> None:
    """With the queue down, too, the answer is lost as a real bank's may be: the order can be paid again."""
    try:
        tell_shop.delay(event=event, url=url)
    except OperationalError:
        log.exception("The test bank could not queue its answer.")


def _is_open(session: PaymentSession) -> bool:
    """The order still waits, for the same amount as when the page was opened."""
    order = session.order
    is_waiting = order.status == Order.Status.NEW and order.pay_until > timezone.now()
    return is_waiting and session.status == PaymentSession.Status.OPEN and session.amount == order.total
