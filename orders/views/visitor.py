"""Who is at the door: the visitor's basket, code, orders and customer, all kept in the browser's session."""

from uuid import UUID, uuid4

from django.http import HttpRequest

from customers.models import Customer
from orders.models import Order

BASKET, CODE, ORDERS, TRIED, POINTS = "basket", "promo_code", "orders", "promo_tried", "points"
CODE_LENGTH = 64
POINTS_LENGTH = 20
ORDERS_KEPT = 50


def wants_part(request: HttpRequest) -> bool:
    """htmx asked: only the changed part of the page goes back."""
    return bool(getattr(request, "htmx", False))


def basket_token(request: HttpRequest) -> UUID | None:
    stored = request.session.get(BASKET)
    return UUID(stored) if stored else None


def new_basket_token(request: HttpRequest) -> UUID:
    """The basket's token, made when the visitor has none."""
    token = basket_token(request) or uuid4()
    request.session[BASKET] = str(token)
    return token


def promo_text(request: HttpRequest) -> str:
    """The code as it was typed or came with a link; empty when there is none."""
    return str(request.session.get(CODE, ""))


def remember_promo(request: HttpRequest, text: str) -> None:
    """Kept as typed, without characters that no database takes."""
    kept = "".join(character for character in text if character.isprintable())[:CODE_LENGTH]
    if kept != promo_text(request):
        request.session[CODE] = kept


def forget_promo(request: HttpRequest) -> None:
    request.session.pop(CODE, None)
    request.session.pop(TRIED, None)


def points_text(request: HttpRequest) -> str:
    """How many points are to pay, as it was typed; empty when nobody has said."""
    return str(request.session.get(POINTS, ""))


def remember_points(request: HttpRequest, text: str) -> None:
    kept = "".join(character for character in text if character.isprintable())[:POINTS_LENGTH]
    if kept != points_text(request):
        request.session[POINTS] = kept


def forget_points(request: HttpRequest) -> None:
    request.session.pop(POINTS, None)


def customer_of(request: HttpRequest) -> Customer | None:
    """The signed-in customer; None for a guest and for staff without a customer's card."""
    if not request.user.is_authenticated:
        return None
    return Customer.objects.filter(user=request.user).first()


def customer_id_of(request: HttpRequest) -> int | None:
    customer = customer_of(request)
    return customer.pk if customer else None


def remember_order(request: HttpRequest, number: str) -> None:
    """This browser may see the order from now on."""
    numbers = [*request.session.get(ORDERS, []), number]
    request.session[ORDERS] = list(dict.fromkeys(numbers))[-ORDERS_KEPT:]


def may_see(request: HttpRequest, order: Order) -> bool:
    """The owner, or the browser that placed it or opened its link while it belongs to nobody (a stranger gets 404)."""
    if order.customer_id is None:
        return order.number in request.session.get(ORDERS, [])
    customer = customer_of(request)
    return customer is not None and customer.pk == order.customer_id


def orders_seen(request: HttpRequest) -> list[str]:
    """Numbers of the orders that this browser may see as a guest."""
    return list(request.session.get(ORDERS, []))
