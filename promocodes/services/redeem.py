"""Taking a use of a code, and giving it back (PC-12, PC-13, PC-17, PC-18).

Every limit is a condition of the very statement that counts: nothing is read, checked and then saved.
Rows are locked in one order: code, campaign spending, holders sorted.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import connection, transaction

from loyalty_site.kernel.errors import Conflict
from loyalty_site.kernel.transactions import requires_transaction
from promocodes.models import Redemption
from promocodes.queries.find import code_by_id
from promocodes.rules import Reason, ShopperFacts, judge
from promocodes.services.errors import CodeRejected

# What is not known of the shopper here; redeeming does not guard it, so it is no reason either.
UNGUARDED = frozenset({"owner", "segment", "tier"})


class _Counted(NamedTuple):
    """What the one statement did: the new redemption's id, and how many rows each guard let through."""

    redemption_id: int | None
    codes: int
    campaigns: int
    holders: int
    first_order_only: bool | None


@requires_transaction
def redeem_code(
    *,
    promo_code_id: int,
    order_ref: str,
    customer_id: int | None,
    holders: Sequence[str],
    channel: str,
    discount: Decimal,
    order_total: Decimal,
    now: datetime,
    held_by_order: str | None = None,
) -> Redemption:
    """Count one use for `order_ref` and record it, in one statement.

    Asked again with the same inputs it returns the first redemption; another code for the same order is a `Conflict`.
    Raises `CodeRejected` when a limit, the period, the switch or the campaign's budget does not allow the use; the
    transaction (or savepoint) around must then be rolled back. `held_by_order` is the number of the shopper's own
    unpaid order where the caller knows that it took the holder's last use: the refusal then names it.
    """
    redemption = Redemption(
        promo_code_id=promo_code_id,
        order_ref=order_ref,
        customer_id=customer_id,
        holders=sorted(set(holders)),
        channel=channel,
        discount=discount,
        order_total=order_total,
        redeemed_at=now,
    )
    for _attempt in range(2):
        counted = _count_use(redemption)
        if counted.redemption_id is not None:
            redemption.pk = counted.redemption_id
            redemption._state.adding = False
            redemption._state.db = connection.alias
            return redemption
        if counted.codes:
            _refuse_half_counted(redemption, counted, held_by_order)
        if existing := Redemption.objects.filter(order_ref=order_ref, released_at=None).first():
            return _same_or_conflict(existing, redemption)
        _refuse(redemption, held_by_order)
        # The guard that stopped it has opened again since: another order has just released its use.
    raise CodeRejected(Reason.EXHAUSTED)


@requires_transaction
def release_redemption(*, order_ref: str, reason: str, now: datetime) -> Redemption | None:
    """Give the live use of `order_ref` back to its code, holders and campaign (O-6, O-7).

    Idempotent: None when the order holds no live use. `reason` is a short code, e.g. `cancelled`.
    """
    redemption = Redemption.objects.filter(order_ref=order_ref, released_at=None).first()
    if redemption is None:
        return None
    with connection.cursor() as cursor:
        # The code's row first, as in redeeming; the redemption is then read again under that lock.
        cursor.execute(LOCK_CODE, [redemption.promo_code_id])
        cursor.execute(RELEASE, {"id": redemption.pk, "ref": order_ref, "now": now, "reason": reason[:32]})
        if cursor.fetchone() is None:
            return None
    redemption.released_at, redemption.release_reason = now, reason[:32]
    return redemption


def _count_use(redemption: Redemption) -> _Counted:
    with connection.cursor() as cursor:
        cursor.execute(
            REDEEM,
            {
                "id": redemption.promo_code_id,
                "ref": redemption.order_ref,
                "customer": redemption.customer_id,
                "holders": redemption.holders,
                "channel": redemption.channel,
                "discount": redemption.discount,
                "total": redemption.order_total,
                "now": redemption.redeemed_at,
            },
        )
        return _Counted(*cursor.fetchone())


def _same_or_conflict(existing: Redemption, asked: Redemption) -> Redemption:
    same = ("promo_code_id", "customer_id", "holders", "channel", "discount", "order_total")
    if all(getattr(existing, field) == getattr(asked, field) for field in same):
        return existing
    raise Conflict(code="redemption_mismatch")


def _refuse_half_counted(redemption: Redemption, counted: _Counted, held_by_order: str | None) -> None:
    """A guard behind the code's own closed between the reading and the writing of one statement.

    The code's use is already counted, so the transaction is made unusable: nothing of it can be committed.
    """
    transaction.set_rollback(True)
    if counted.holders < len(redemption.holders):
        if held_by_order:
            raise CodeRejected(Reason.HELD_BY_OWN_ORDER, held_by_order=held_by_order)
        raise CodeRejected(Reason.FIRST_ORDER_ONLY if counted.first_order_only else Reason.CUSTOMER_LIMIT)
    raise CodeRejected(Reason.BUDGET_SPENT)


def _refuse(redemption: Redemption, held_by_order: str | None) -> None:
    """Raise the reason why nothing was counted; return when it no longer holds."""
    found = code_by_id(redemption.promo_code_id, holders=redemption.holders)
    shopper = ShopperFacts(
        is_known=bool(redemption.holders),
        uses=found.uses if found else 0,
        held_by_order=held_by_order,
    )
    facts = found.facts if found else None
    verdict = judge(facts, (), shopper, now=redemption.redeemed_at, discount=redemption.discount)
    failed = next((check for check in verdict.checks if check.passed is False and check.name not in UNGUARDED), None)
    if failed:
        raise CodeRejected.from_check(failed)


# A guest without any address has no holder rows: cardinality 0 = count 0.
REDEEM = """
WITH taken AS (
    UPDATE promocodes_promocode c SET uses = c.uses + 1
    FROM promocodes_terms t LEFT JOIN promocodes_batch b ON b.terms_id = t.id
    WHERE c.id = %(id)s AND t.id = c.terms_id
      AND (c.max_uses IS NULL OR c.uses < c.max_uses)
      AND COALESCE(c.switch, b.switch)
      AND t.starts_at <= %(now)s AND %(now)s < t.ends_at
      AND NOT EXISTS (
          SELECT FROM promocodes_redemption r WHERE r.order_ref = %(ref)s AND r.released_at IS NULL)
      AND NOT EXISTS (
          SELECT FROM promocodes_campaignspending s
          WHERE s.campaign_id = t.campaign_id AND s.spent + %(discount)s > s.budget)
      AND NOT EXISTS (
          SELECT FROM promocodes_holderuse u WHERE u.promo_code_id = c.id AND u.holder = ANY(%(holders)s)
          AND u.uses >= CASE WHEN t.first_order_only THEN 1 ELSE t.max_uses_per_customer END)
    RETURNING c.id, t.campaign_id, t.first_order_only,
              CASE WHEN t.first_order_only THEN 1 ELSE t.max_uses_per_customer END AS per_customer
), spent AS (
    UPDATE promocodes_campaignspending s SET spent = s.spent + %(discount)s
    FROM taken WHERE s.campaign_id = taken.campaign_id
      AND (s.budget IS NULL OR s.spent + %(discount)s <= s.budget)
    RETURNING s.campaign_id
), held AS (
    INSERT INTO promocodes_holderuse AS u (promo_code_id, holder, uses, last_order_ref)
    SELECT taken.id, asked.holder, 1, %(ref)s
    FROM taken, unnest(%(holders)s::varchar[]) AS asked (holder) ORDER BY asked.holder
    ON CONFLICT (promo_code_id, holder) DO UPDATE SET uses = u.uses + 1, last_order_ref = EXCLUDED.last_order_ref
    WHERE u.uses < COALESCE((SELECT per_customer FROM taken), u.uses + 1)
    RETURNING u.holder
), made AS (
    INSERT INTO promocodes_redemption
        (promo_code_id, order_ref, customer_id, holders, channel, discount, order_total, redeemed_at, release_reason)
    SELECT taken.id, %(ref)s, %(customer)s, %(holders)s, %(channel)s, %(discount)s, %(total)s, %(now)s, ''
    FROM taken
    WHERE (taken.campaign_id IS NULL OR EXISTS (SELECT FROM spent))
      AND (SELECT count(*) FROM held) = cardinality(%(holders)s::varchar[])
    RETURNING id
)
SELECT (SELECT id FROM made), (SELECT count(*) FROM taken), (SELECT count(*) FROM spent), (SELECT count(*) FROM held),
       (SELECT first_order_only FROM taken)
"""

LOCK_CODE = "SELECT FROM promocodes_promocode WHERE id = %s FOR NO KEY UPDATE"

RELEASE = """
WITH released AS (
    UPDATE promocodes_redemption SET released_at = %(now)s, release_reason = %(reason)s
    WHERE id = %(id)s AND released_at IS NULL
    RETURNING promo_code_id, holders, discount
), code AS (
    UPDATE promocodes_promocode c SET uses = c.uses - 1
    FROM released WHERE c.id = released.promo_code_id RETURNING c.terms_id
), spent AS (
    UPDATE promocodes_campaignspending s SET spent = s.spent - released.discount
    FROM released, code JOIN promocodes_terms t ON t.id = code.terms_id
    WHERE s.campaign_id = t.campaign_id
), held AS (
    UPDATE promocodes_holderuse u SET uses = u.uses - 1, last_order_ref = CASE
        WHEN u.last_order_ref = %(ref)s AND u.uses > 1 THEN COALESCE((
            SELECT r.order_ref FROM promocodes_redemption r
            WHERE r.promo_code_id = u.promo_code_id AND r.released_at IS NULL AND r.id <> %(id)s
              AND u.holder = ANY(r.holders)
            ORDER BY r.id DESC LIMIT 1), '')
        ELSE u.last_order_ref END
    FROM released WHERE u.promo_code_id = released.promo_code_id AND u.holder = ANY(released.holders)
)
SELECT promo_code_id FROM released
"""
