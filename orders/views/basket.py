"""The basket: plain forms, with htmx only the changed part comes back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from loyalty_site.kernel.errors import DomainError, InvalidInput
from loyalty_site.kernel.transactions import in_transaction
from orders.forms import LineForm
from orders.queries.baskets import basket_lines, goods_total
from orders.queries.promise import points_promise
from orders.services.baskets import put_in_basket, set_quantity
from orders.views import visitor


@never_cache
@require_GET
def basket(request: HttpRequest) -> HttpResponse:
    return render(request, "shop/basket.html", _contents(request))


@require_POST
def add_line(request: HttpRequest) -> HttpResponse:
    """More of a product. Answers with the page it came from, or with the counter for htmx."""
    form = LineForm({"quantity": request.POST.get("quantity", "1")})
    sku = request.POST.get("sku", "").replace("\0", "")[:64]
    token = visitor.new_basket_token(request)
    customer = visitor.customer_of(request)
    try:
        in_transaction(
            lambda: put_in_basket(
                token=token, sku=sku, quantity=_quantity(form), customer_id=customer.pk if customer else None
            )
        )
    except DomainError as error:
        return _refused(request, error)
    if visitor.wants_part(request):
        return render(request, "shop/_basket_answer.html", {"added": True})
    messages.success(request, _("Added to the basket."))
    return redirect(_next(request))


@require_POST
def change_line(request: HttpRequest, sku: str) -> HttpResponse:
    form = LineForm(request.POST)
    token = visitor.new_basket_token(request)
    try:
        in_transaction(lambda: set_quantity(token=token, sku=sku, quantity=_quantity(form)))
    except DomainError as error:
        if not visitor.wants_part(request):
            return _refused(request, error)
    if visitor.wants_part(request):
        return render(request, "shop/_basket_change.html", _contents(request))
    return redirect("shop:basket")


def _contents(request: HttpRequest) -> dict[str, object]:
    lines = basket_lines(visitor.basket_token(request))
    goods = [(line.product, line.quantity) for line in lines]
    customer_id = visitor.customer_id_of(request)
    promise = points_promise(goods, customer_id=customer_id, now=timezone.now()) if goods else 0
    return {"lines": lines, "goods_total": goods_total(lines), "promise": promise}


def _quantity(form: LineForm) -> int:
    """-1 stands for what is no number: the service refuses it in the same words as any other wrong quantity."""
    return int(form.cleaned_data["quantity"]) if form.is_valid() else -1


def _refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    text = str(error.errors[0].detail) if isinstance(error, InvalidInput) and error.errors else str(error)
    if visitor.wants_part(request):
        return render(request, "shop/_basket_answer.html", {"refusal": text})
    messages.error(request, text)
    return redirect(_next(request))


def _next(request: HttpRequest) -> str:
    """Back to where the form was, never to another site."""
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        return target
    return "shop:basket"
