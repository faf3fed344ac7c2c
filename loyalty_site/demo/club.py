"""What the customer who can sign in finds besides orders: codes of the own, and a membership on sale."""

from datetime import datetime
from decimal import Decimal

from customers.models import Customer, User
from loyalty_site.demo.codes import codes_of, moment
from loyalty_site.kernel.transactions import requires_transaction
from orders.services import put_product
from promocodes.services import CodeSpec, activate_code, create_code
from tiers.queries.plans import plans_on_sale
from tiers.services import save_plan

GIFTS = "Личные подарки"
# Roubles off, from which sum on, first and last day counted from today.
CODES = ((Decimal(300), Decimal(2000), -5, 20), (Decimal(200), Decimal(1500), -40, -10))
SKU, PRICE = "CLUB-YEAR", Decimal(2990)


@requires_transaction
def add_own_codes(*, customer: Customer, by: User, now: datetime) -> None:
    """One to use, and one that was forgotten."""
    if codes_of(GIFTS):
        return
    for amount, minimum, first, last in CODES:
        born = moment(now, first)
        spec = CodeSpec(
            type="fixed",
            value=amount,
            minimum_order=minimum,
            starts_at=born,
            ends_at=moment(now, last + 1),
            max_uses=1,
            campaign=GIFTS,
            customer=customer.public_id,
        )
        made = create_code(spec=spec, by=by, now=born).code
        activate_code(code=made, by=by, now=born)


@requires_transaction
def add_membership(*, by: User) -> None:
    """Gold for a year; the fee is goods like any others."""
    if plans_on_sale():
        return
    put_product(sku=SKU, name="Клуб «Комод»: Золото на год", price=PRICE)
    save_plan(code="gold-year", name="Золото на год", sku=SKU, tier="gold", months=12, is_active=True, by=by)
