"""What a customer brings into a quote, in one query (Q-2, Q-4, Q-6, Q-10)."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from customers.models import Programme
from tiers.models.ladder import shown_name
from tiers.rules import Basis, Benefits, Offer, Perks, Step, TierTerms, benefits_of, steps_percent

CARD_DIGITS = 4


def benefits(customer_id: int | None, *, now: datetime) -> Benefits:
    """One query. For an anonymous customer (None) the order-total ladder and the goods that start a membership."""
    with connection.cursor() as cursor:
        cursor.execute(FACTS, {"customer": customer_id, "now": now})
        basis, base_percent, tiers, standing, paid_for, steps, spent, card, skus = cursor.fetchone()
    known = {row[0]: _perks(row) for row in tiers}
    basis = Basis(basis or Basis.SPEND)
    ladders = {name: tuple(_step(row) for row in steps if row[0] == name) for name in ("cumulative", "order_total")}
    return benefits_of(
        earned=known.get(standing),
        paid_for=[known[key] for key in paid_for],
        tiers=list(known.values()) if customer_id is not None else [],
        basis=basis,
        base_percent=Programme().base_earn_percent if base_percent is None else base_percent,
        cumulative=Offer("ladder", steps_percent(ladders["cumulative"], spent or Decimal(0)), "cumulative"),
        card=Offer("card", Decimal(card[1]), card[0][-CARD_DIGITS:]) if card else None,
        order_steps=ladders["order_total"],
        membership_skus=frozenset(skus),
    )


def _step(row: list[str]) -> Step:
    return Decimal(row[1]), Decimal(row[2])


def _perks(row: list[Any]) -> Perks:
    _key, code, name, name_en, is_active, amount, orders, cashback, discount, ships_free = row
    return Perks(
        terms=TierTerms(code, None if amount is None else Decimal(amount), orders),
        name=shown_name(name, name_en),
        is_active=is_active,
        cashback_percent=None if cashback is None else Decimal(cashback),
        discount_percent=Decimal(discount),
        ships_free=ships_free,
    )


# Sums inside JSON are text, so that they stay exact. What a shop does not use is not read: the history of purchases
# only where there is a cumulative ladder.
FACTS = """
SELECT (SELECT basis FROM tiers_ladder WHERE id = 1),
    (SELECT base_earn_percent FROM customers_programme WHERE id = 1),
    (SELECT COALESCE(json_agg(json_build_array(id, code, name, name_en, is_active, threshold_amount::text,
                                               threshold_orders, cashback_percent::text, discount_percent::text,
                                               ships_free)
                              ORDER BY id), '[]')
     FROM tiers_tier),
    (SELECT tier_id FROM tiers_standing WHERE customer_id = %(customer)s),
    ARRAY(SELECT tier_id FROM tiers_membership WHERE customer_id = %(customer)s AND refunded_at IS NULL
          AND starts_at <= %(now)s AND %(now)s < ends_at ORDER BY id),
    (SELECT COALESCE(json_agg(json_build_array(ladder, threshold_amount::text, percent::text)
                              ORDER BY threshold_amount), '[]') FROM tiers_discountstep),
    (SELECT sum(goods_amount - refunded_amount) FROM customers_purchase
     WHERE customer_id = %(customer)s AND paid_at <= %(now)s
       AND EXISTS (SELECT FROM tiers_discountstep WHERE ladder = 'cumulative')),
    (SELECT ARRAY[number, percent::text] FROM tiers_card
     WHERE customer_id = %(customer)s AND blocked_at IS NULL AND percent > 0 ORDER BY percent DESC, id LIMIT 1),
    ARRAY(SELECT sku FROM tiers_membershipplan)
"""
