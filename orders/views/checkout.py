"""One-page checkout. Every button is a plain form button; htmx only exchanges the summary."""

from decimal import Decimal, InvalidOperation

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from loyalty_site.kernel.errors import DomainError
from loyalty_site.kernel.transactions import in_transaction
from loyalty_site.kernel.visitors import device_of, keep_device
from orders.services import Contact, TotalChanged, move_code
from orders.services.placing import place_basket
from orders.views import visitor
from orders.views.checkout_page import CheckoutPage, checkout_page
from orders.views.shown import change_since
from promocodes.rules import Reason, explain
from promocodes.services import CodeRejected

PLACING = {"place", "place_without_code"}


@never_cache
@require_http_methods(["GET", "POST"])
def checkout(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        return _shown(checkout_page(request))
    action = request.POST.get("action", "recalculate")
    _remember_code(request, action)
    _remember_points(request, action)
    page = checkout_page(request, request.POST, is_placing=action in PLACING)
    if action == "place_without_code":
        page.promo = ""
    if action in PLACING:
        return _place(page)
    if action == "move_code":
        return _move(page)
    return _shown(page)


def _remember_code(request: HttpRequest, action: str) -> None:
    """The text is kept as typed, so that the field never loses it; a chip names its code in the button."""
    name, _colon, code = action.partition(":")
    if action == "remove_code":
        visitor.forget_promo(request)
    elif name == "code":
        visitor.remember_promo(request, code)
    elif "promo_code" in request.POST:
        visitor.remember_promo(request, request.POST["promo_code"])


def _remember_points(request: HttpRequest, action: str) -> None:
    """A chip names its number in the button; else the field's text is kept as typed."""
    name, _colon, count = action.partition(":")
    if name == "points":
        visitor.remember_points(request, count)
    elif "points" in request.POST:
        visitor.remember_points(request, request.POST["points"])


def _shown(page: CheckoutPage, status: int = 200) -> HttpResponse:
    if not page.lines:
        return redirect("shop:basket")
    page.price(timezone.now())
    part = visitor.wants_part(page.request) and status == 200
    template = "shop/_summary_answer.html" if part else "shop/checkout.html"
    return render(page.request, template, page.context(), status=status)


def _place(page: CheckoutPage) -> HttpResponse:
    """Refusals show the page again with what was typed; nothing has been placed then."""
    token = visitor.basket_token(page.request)
    if token is None:
        return redirect("shop:basket")
    if not page.form.is_valid() or page.wish.error:
        page.extra["refusal"] = _("Some of the fields need another look.")
        return _shown(page, status=422)
    if page.is_locked_out:
        page.extra["refusal"] = explain(Reason.TOO_MANY_ATTEMPTS)
        return _shown(page, status=422)
    expected = _expected_total(page.request)
    try:
        number = in_transaction(
            lambda: place_basket(
                token=token,
                placing_key=page.placing_key,
                request=page.quote_request,
                contact=_contact(page),
                expected_total=expected,
                now=timezone.now(),
                device=device_of(page.request),
            )
        )
    except TotalChanged as error:
        page.extra["changed"] = change_since(page.request.POST.get("shown", ""), expected or Decimal(0), error.quote)
        return _shown(page, status=409)
    except (CodeRejected, DomainError) as error:
        page.extra["refusal"] = str(error)
        return _shown(page, status=422)
    visitor.forget_promo(page.request)
    visitor.forget_points(page.request)
    visitor.remember_order(page.request, number)
    response = redirect("shop:order", number=number)
    keep_device(page.request, response)
    return response


def _move(page: CheckoutPage) -> HttpResponse:
    """PC-18: the visitor's unpaid order lets the code go, and the checkout is shown with it."""
    page.price(timezone.now())
    number = page.movable_from
    if number:
        try:
            in_transaction(lambda: move_code(number=number, now=timezone.now()))
        except DomainError as error:
            page.extra["refusal"] = str(error)
        else:
            page.extra["moved_from"] = number
    return _shown(page)


def _contact(page: CheckoutPage) -> Contact:
    typed, method = page.form.cleaned_data, page.form.method
    address = typed["address"] if method and method.needs_address else ""
    return Contact(name=typed["name"], email=typed["email"], phone=typed["phone"], address=address)


def _expected_total(request: HttpRequest) -> Decimal | None:
    """The total that was on the page; a form without a readable one places at the price of now."""
    try:
        total = Decimal(request.POST.get("expected_total", ""))
    except InvalidOperation:
        return None
    return total if total.is_finite() else None
