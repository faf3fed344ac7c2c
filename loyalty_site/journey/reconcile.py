"""The outcome against the data set: every order's sums to the kopeck, every coupon's use.

What is expected is summed from the frame itself, not from the values that were replayed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from loyalty_site.journey.coupons import CouponKey, Coupons
from loyalty_site.journey.dataset import Frame, kopecks
from loyalty_site.journey.receipts import amount
from loyalty_site.journey.replay import CHANNEL


@dataclass(frozen=True)
class ReplayedOrder:
    """An order of the database with the sum of its lines; `code` is empty where none was taken.

    `automatic` is the part of `discount` that the tier gave, `points` what was paid with points, in money.
    """

    basket: str
    goods: Decimal
    discount: Decimal
    automatic: Decimal
    points: Decimal
    total: Decimal
    lines_subtotal: Decimal
    lines_total: Decimal
    code: str
    uses: int


@dataclass(frozen=True)
class Difference:
    basket: str
    what: str
    expected: object
    found: object

    def __str__(self) -> str:
        return f"{self.basket}: {self.what} is {self.found}, the receipt says {self.expected}"


def replayed_orders() -> dict[str, ReplayedOrder]:
    """Every order of the till that carries a basket's number. One query."""
    with connection.cursor() as cursor:
        cursor.execute(ORDERS, [CHANNEL])
        return {row[0]: ReplayedOrder(*row) for row in cursor.fetchall()}


def refunds_of_baskets() -> dict[str, int]:
    """How many times goods of each basket came back."""
    with connection.cursor() as cursor:
        cursor.execute(REFUNDS, [CHANNEL])
        return dict(cursor.fetchall())


def differences(
    transactions: Frame,
    coupons: Coupons,
    codes: Mapping[CouponKey, str],
    orders: Mapping[str, ReplayedOrder],
    *,
    is_whole: bool = True,
) -> list[Difference]:
    """Every sum of an order that is not the receipt's; empty when all reconcile to the kopeck.

    A receipt without an order is a difference, too, when the replay came to its end.
    """
    found: list[Difference] = []
    keys = {code: key for key, code in codes.items()}
    for basket, hundredths in kopecks(transactions.sales_value).groupby(transactions.basket_id).sum().items():
        order = orders.get(str(basket))
        if order is None and not is_whole:
            continue
        if order is None:
            found.append(Difference(str(basket), "the order", "placed", "missing"))
            continue
        key = keys.get(order.code)
        allowed = key is None or key in coupons.by_receipt.get(str(basket), ())
        goods, discount = amount(hundredths), key.discount if key else Decimal("0.00")
        found.extend(_compared(order, goods, discount, allowed and bool(order.code) == (key is not None)))
    return found


def _compared(order: ReplayedOrder, goods: Decimal, discount: Decimal, is_code_right: bool) -> Iterable[Difference]:
    to_pay = goods - discount - order.automatic - order.points
    sums = (
        ("the goods", goods, order.goods),
        ("the lines' goods", goods, order.lines_subtotal),
        ("the coupon's discount", discount, order.discount - order.automatic),
        ("the total", to_pay, order.total),
        ("the lines' total", to_pay, order.lines_total),
        ("the uses of codes", 1 if order.code else 0, order.uses),
        ("the code one of the receipt's", True, is_code_right),
    )
    return (Difference(order.basket, what, wanted, got) for what, wanted, got in sums if wanted != got)


ORDERS = """
SELECT o.external_number, o.goods_total, o.discount_total,
       COALESCE(sum((SELECT sum((part ->> 'amount')::numeric) FROM jsonb_array_elements(l.discounts) part
                     WHERE part ->> 'source' <> 'promo_code')), 0), o.points_discount, o.total,
       sum(l.subtotal), sum(l.total), o.promo_code,
       (SELECT count(*) FROM promocodes_redemption r WHERE r.order_ref = 'order:' || o.id AND r.released_at IS NULL)
FROM orders_order o JOIN orders_orderline l ON l.order_id = o.id
WHERE o.channel = %s AND o.external_number IS NOT NULL
GROUP BY o.id
"""

REFUNDS = """
SELECT o.external_number, count(*) FROM orders_refund r JOIN orders_order o ON o.id = r.order_id
WHERE o.channel = %s AND o.external_number IS NOT NULL GROUP BY o.id
"""
