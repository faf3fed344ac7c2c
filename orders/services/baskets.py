"""The visitor's basket."""

from collections.abc import Callable
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.errors import NotFound, invalid
from loyalty_site.kernel.transactions import requires_transaction
from orders.models import Basket, BasketLine, Product
from orders.queries.basket_lines import MAX_LINES, MAX_QUANTITY


@requires_transaction
def put_in_basket(*, token: UUID, sku: str, quantity: int, customer_id: int | None = None) -> Basket:
    """`quantity` more of a product; the basket is made when there is none. At most 999 of one, 200 lines.

    Raises NotFound for what is not on sale, InvalidInput for a quantity out of range or a full basket.
    """
    if not 1 <= quantity <= MAX_QUANTITY:
        raise invalid("quantity", _("The quantity is from 1 to 999."), "out_of_range")
    return _change(token, sku, customer_id, lambda present: min(present + quantity, MAX_QUANTITY))


@requires_transaction
def set_quantity(*, token: UUID, sku: str, quantity: int) -> Basket:
    """The quantity of a product becomes `quantity`; 0 takes it out. Raises like `put_in_basket`."""
    if not 0 <= quantity <= MAX_QUANTITY:
        raise invalid("quantity", _("The quantity is from 1 to 999."), "out_of_range")
    return _change(token, sku, None, lambda present: quantity)


@requires_transaction
def empty_basket(*, token: UUID) -> None:
    BasketLine.objects.filter(basket__token=token).delete()


def _change(token: UUID, sku: str, customer_id: int | None, quantity: Callable[[int], int]) -> Basket:
    """The basket's row is held, so that two clicks at once both count."""
    Basket.objects.get_or_create(token=token, defaults={"customer_id": customer_id})
    basket = Basket.objects.select_for_update(no_key=True).get(token=token)
    line = BasketLine.objects.filter(basket=basket, product__sku=sku).first()
    wanted = quantity(line.quantity if line else 0)
    if line and wanted:
        line.quantity = wanted
        line.save(update_fields=["quantity"])
    elif line:
        line.delete()
    elif wanted:
        _add_line(basket, sku, wanted)
    basket.save(update_fields=["updated_at"])
    return basket


def _add_line(basket: Basket, sku: str, quantity: int) -> None:
    product = Product.objects.filter(sku=sku, is_active=True).first()
    if product is None:
        raise NotFound(_("This product is not on sale any more."))
    if BasketLine.objects.filter(basket=basket).count() >= MAX_LINES:
        raise invalid("sku", _("An order holds at most 200 lines."), "too_many")
    BasketLine.objects.create(basket=basket, product=product, quantity=quantity)
