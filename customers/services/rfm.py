"""Where customers lie on the RFM map, kept with every purchase and refund (CU-7, ADR 12)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from customers.models import Customer, RfmMove
from customers.queries.rfm_figures import COLUMNS, FIGURES, KEPT, LAST_RUN, SCORED
from customers.services.stale import nudge
from loyalty_site.kernel.transactions import requires_transaction


@requires_transaction
def refresh_rfm(*, customer_id: int, cause: RfmMove.Cause, now: datetime) -> None:
    """What the purchases of this customer say, scored by the last run's cuts; one statement.

    Who has no purchase left leaves the map. A change of segment is recorded with its cause, and the worker soon works
    out the customer's rule segments. The caller holds the customer's row.
    """
    write_rfm(GIVEN, {"customers": [customer_id]}, cause=cause, now=now)


@requires_transaction
def refresh_rfm_of(*, customer_ids: Sequence[int], cause: RfmMove.Cause, now: datetime) -> None:
    """The same for many at once, whose rows are locked here by their keys. Two statements, whatever their number."""
    locked = Customer.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=customer_ids)
    keys = list(locked.order_by("pk").values_list("pk", flat=True))
    write_rfm(GIVEN, {"customers": keys}, cause=cause, now=now)


def write_rfm(
    touched: str, values: Mapping[str, Any], *, cause: RfmMove.Cause, now: datetime, day: date | None = None
) -> tuple[Any, Any]:
    """Writes the rows of purchases that `touched` says, and with them, in the same statement, the buyer's RFM.

    `touched` defines the expressions `touched`, the purchases written, and `whom`, the keys of the customers. Gives
    (key of the purchase, whether it is the first), both None where none was written.
    """
    given = {
        **values,
        "cause": cause.value,
        "now": now,
        "day": day or timezone.localdate(now),
        "zone": settings.TIME_ZONE,
    }
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {touched},{REFRESHED}", given)
        key, is_first, has_rules = cursor.fetchone()
    if has_rules:
        nudge()
    return key, is_first


GIVEN = """
whom AS (SELECT unnest(%(customers)s::bigint[]) AS id),
touched AS (SELECT * FROM customers_purchase WHERE false)"""

OF_THE_CHOSEN = f"""
kept AS (
    SELECT p.customer_id, p.paid_at, p.goods_amount - p.refunded_amount AS amount
    FROM customers_purchase p
    WHERE p.customer_id = ANY(ARRAY(SELECT id FROM whom)) AND p.id NOT IN (SELECT id FROM touched) AND {KEPT}
    UNION ALL
    SELECT p.customer_id, p.paid_at, p.goods_amount - p.refunded_amount
    FROM touched p WHERE p.customer_id IS NOT NULL AND {KEPT}
)"""  # noqa: S608

# A row that had to be waited for is read as its last holder left it: moves make an unbroken chain.
HELD = """
held AS (
    SELECT customer_id, segment, r, f, since FROM customers_rfm
    WHERE customer_id = ANY(ARRAY(SELECT id FROM whom)) ORDER BY customer_id FOR NO KEY UPDATE
)"""

PUT = f"""
put AS (
    INSERT INTO customers_rfm (customer_id, {", ".join(COLUMNS)}, since, changed_at)
    SELECT s.customer_id, {", ".join(f"s.{name}" for name in COLUMNS)},
           CASE WHEN held.segment = s.segment THEN held.since ELSE %(now)s END, %(now)s
    FROM scored s LEFT JOIN held ON held.customer_id = s.customer_id ORDER BY s.customer_id
    ON CONFLICT (customer_id) DO UPDATE
    SET {", ".join(f"{name} = EXCLUDED.{name}" for name in (*COLUMNS, "since", "changed_at"))}
    RETURNING customer_id, segment, r, f
), gone AS (
    DELETE FROM customers_rfm row USING held
    WHERE row.customer_id = held.customer_id AND held.customer_id NOT IN (SELECT customer_id FROM scored)
    RETURNING row.customer_id
)"""  # noqa: S608

MOVED = """
moved AS (
    INSERT INTO customers_rfmmove (customer_id, from_segment, from_r, from_f, to_segment, to_r, to_f, cause, moved_at)
    SELECT ended.customer_id, COALESCE(held.segment, ''), held.r, held.f, ended.segment, ended.r, ended.f, %(cause)s,
           %(now)s
    FROM (SELECT * FROM put UNION ALL SELECT customer_id, '', NULL, NULL FROM gone) ended
    LEFT JOIN held ON held.customer_id = ended.customer_id
    WHERE held.segment IS DISTINCT FROM ended.segment ORDER BY ended.customer_id
), stale AS (
    INSERT INTO customers_stalecustomer (customer_id, since)
    SELECT id, %(now)s FROM whom WHERE id IS NOT NULL ORDER BY id
    ON CONFLICT (customer_id) DO UPDATE SET since = EXCLUDED.since
)
SELECT max(id), bool_or(is_first),
       EXISTS (SELECT FROM customers_segment WHERE kind = 'rule' AND archived_at IS NULL)
FROM touched"""

REFRESHED = ",".join((OF_THE_CHOSEN, LAST_RUN, FIGURES, SCORED, HELD, PUT, MOVED))
