"""Ways of delivery of the shop's own site."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.errors import FieldError, InvalidInput
from loyalty_site.kernel.money import MAX_AMOUNT, ZERO
from loyalty_site.kernel.transactions import requires_transaction
from orders.models import DeliveryMethod


@requires_transaction
def put_delivery_method(
    *, code: str, name: str, price: Decimal, needs_address: bool = True, position: int = 0, is_active: bool = True
) -> DeliveryMethod:
    """Makes the method of that code or changes it. Raises InvalidInput. Orders already placed keep their price."""
    errors = []
    if not name.strip() or len(name) > 100:
        errors.append(FieldError("name", "invalid", _("Enter a name of at most 100 characters.")))
    if not ZERO <= price <= MAX_AMOUNT:
        errors.append(FieldError("price", "out_of_range", _("The price of delivery is out of range.")))
    if errors:
        raise InvalidInput(*errors)
    method, _made = DeliveryMethod.objects.update_or_create(
        code=code,
        defaults={
            "name": name.strip(),
            "price": price,
            "needs_address": needs_address,
            "position": position,
            "is_active": is_active,
        },
    )
    return method
