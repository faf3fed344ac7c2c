"""A customer as the till sees one."""

from uuid import UUID

from django.db import connection

from customers.rules import Shopper

# Asked for every quote, so it is plain SQL: building it with the ORM costs more than running it.
SHOPPER = """
SELECT c.id, c.public_id, c.email, c.phone,
       EXISTS (SELECT FROM customers_purchase p WHERE p.customer_id = c.id
               AND (p.goods_amount = 0 OR p.refunded_amount < p.goods_amount)),
       ARRAY(SELECT s.code FROM customers_segmentmembership m
             JOIN customers_segment s ON s.id = m.segment_id WHERE m.customer_id = c.id AND s.archived_at IS NULL
             UNION ALL
             SELECT of_map.code FROM customers_rfm r, LATERAL (VALUES
                 ('rfm-' || r.segment, TRUE), ('rfm-vip', r.is_vip), ('rfm-starter', r.orders = 1)) of_map (code, holds)
             WHERE r.customer_id = c.id AND of_map.holds)
FROM customers_customer c WHERE c.{column} = %s AND c.merged_into_id IS NULL AND c.erased_at IS NULL {lock}
"""
STAYED = "SELECT merged_into_id FROM customers_customer WHERE {column} = %s AND merged_into_id IS NOT NULL"


def shopper(customer: int | UUID, *, lock: bool = False) -> Shopper | None:
    """Who it is, with first-order and segment facts, the RFM map's segments too. One query.

    `customer` is the primary key or the public id.
    A purchase given back whole is no purchase. `lock` holds the row until the transaction ends, so that two
    orders of one customer are placed one after the other. A merged record leads to the one that stayed, by two
    queries more (CU-3); who was forgotten is nobody (CU-4).
    """
    column = "public_id" if isinstance(customer, UUID) else "id"
    sql = SHOPPER.format(column=column, lock="FOR NO KEY UPDATE OF c" if lock else "")
    with connection.cursor() as cursor:
        cursor.execute(sql, [customer])
        row = cursor.fetchone()
        if row is None:
            cursor.execute(STAYED.format(column=column), [customer])
            stayed = cursor.fetchone()
            return shopper(stayed[0], lock=lock) if stayed else None
    key, public_id, email, phone, has_bought, segments = row
    return Shopper(key, str(public_id), email or "", phone or "", has_bought, frozenset(segments))
