"""A quote written down as an order: every amount as it was shown, with its explanation (O-2)."""

from orders.models import Order, OrderLine
from orders.rules import PricedLine, Quote


def write_amounts(order: Order, quote: Quote) -> None:
    """Onto the order's fields, not saved."""
    order.goods_total = quote.goods_total
    order.discount_total = quote.discount_total
    order.points_spent = quote.points_spent
    order.points_discount = quote.points_discount
    order.delivery_price = quote.delivery_price
    order.delivery_total = quote.delivery_total
    order.total = quote.total
    order.points_to_earn = quote.points_to_earn
    applied = quote.promo_code if quote.promo_code and quote.promo_code.is_applied else None
    order.promo_code = applied.code if applied else ""
    order.membership_skus = [line.sku for line in quote.lines if line.is_membership]
    order.quote = quote.stored()


def order_lines(order: Order, quote: Quote) -> list[OrderLine]:
    """Rows of the quote's lines, not saved."""
    return [write_line(OrderLine(order=order, position=position), line) for position, line in enumerate(quote.lines)]


def write_line(row: OrderLine, line: PricedLine) -> OrderLine:
    """A line's amounts onto its row, not saved."""
    row.sku, row.name, row.category, row.quantity = line.sku, line.name, line.category, line.quantity
    row.unit_price, row.compare_at_price = line.unit_price, line.compare_at_price
    row.subtotal, row.discount, row.total = line.subtotal, line.discount, line.total
    row.points_spent, row.points_discount = line.points_spent, line.points_discount
    row.earn_rate = line.earn_rate
    row.discounts = [discount.document() for discount in line.discounts]
    return row
