"""Counting rules of segments over a million customers (target: under a second on indexed conditions).

The floor is a bare count of the customers; each line's note says its milliseconds. Three quarters have bought: a row of
RFM each, and purchases. Refreshing a rule from nothing and again, when nothing has changed, stand beside the bare
INSERT … SELECT of the same members.
"""

import os
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from bench.floor import Measurement, best_of, timed

COUNT = int(os.environ.get("BENCH_SEGMENTS", "1000000"))
FLOOR = "bare count(*) of customers"


def leaf(field: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"field": field, "op": op} | ({} if value is None else {"value": value})


RULES: dict[str, Any] = {
    "last purchase within 90 days": leaf("last_purchase", "within", 90),
    "last purchase more than 300 days ago": leaf("last_purchase", "longer_ago", 300),
    "never bought": leaf("last_purchase", "never"),
    "spent from 15,000": leaf("spent", "at_least", "15000"),
    "RFM: champions": leaf("rfm_segment", "in", ["champions"]),
    "VIP": leaf("vip", "yes"),
    "birthday within 7 days": leaf("birthday", "soon", 7),
    "registered within 30 days": leaf("registered", "within", 30),
    "consent to e-mail": leaf("consent", "in", ["email"]),
    "tag": leaf("tag", "in", ["bench"]),
    "spent 3,000 in 30 days (slow)": leaf("spent_recently", "at_least", {"amount": "3000", "days": 30}),
    "bought of late AND (much OR VIP)": {
        "all": [
            leaf("last_purchase", "within", 90),
            {"any": [leaf("spent", "at_least", "15000"), leaf("vip", "yes")]},
        ]
    },
    "two orders, gone, agrees, no tag": {
        "all": [
            leaf("orders", "at_least", 2),
            leaf("last_purchase", "longer_ago", 180),
            leaf("consent", "in", ["email"]),
            {"not": leaf("tag", "in", ["bench"])},
        ]
    },
}


def measure() -> Iterator[Measurement]:
    from customers.queries import count_rule
    from customers.services import put_rule_segment
    from customers.services.refresh import refresh_chunk

    now = timezone.now()
    with connection.cursor() as cursor:
        for statement in SHOP:
            cursor.execute(statement, {"count": COUNT, "now": now})
        for table in TABLES:
            cursor.execute(f"VACUUM ANALYZE {table}")

        def floor() -> None:
            cursor.execute("SELECT count(*) FROM customers_customer")

        least = best_of(floor, times=3)
        for name, rule in RULES.items():
            found = count_rule(rule, now=now)
            seconds = best_of(partial(count_rule, rule, now=now), times=3)
            yield Measurement(name, seconds, FLOOR, least, note=f"{seconds * 1000:.0f} ms, finds {found:,}")

        def refresh(segment_id: int) -> None:
            before = None
            while before is None or before.last_id is not None:
                with transaction.atomic():
                    before = refresh_chunk(segment_id=segment_id, before=before, now=now)

        def bare() -> None:
            cursor.execute(BARE, [now, now - timedelta(days=90)])

        cursor.execute("CREATE TABLE bench_member (LIKE customers_segmentmembership INCLUDING ALL)")
        seconds = timed(bare)
        cursor.execute("DROP TABLE bench_member")
        rule = RULES["last purchase within 90 days"]
        with transaction.atomic():
            segment = put_rule_segment(code="bench", name="bench", rule=rule, by=None, now=now)
        first, again = timed(partial(refresh, segment.pk)), timed(partial(refresh, segment.pk))
        segment.refresh_from_db()
        members = segment.members_count or 1
        yield Measurement("first refresh, with moves", first, "bare INSERT … SELECT", seconds, count=members)
        yield Measurement("refresh when nothing changed", again, "bare INSERT … SELECT", seconds, count=members)


TABLES = (
    "customers_customer",
    "customers_rfm",
    "customers_purchase",
    "customers_consent",
    "customers_customertag",
)
# Days of birth and sums are spread by primes, in bigint: a million times thousands is more than an integer holds.
SHOP = (
    """
    INSERT INTO customers_customer (public_id, external_id, first_name, last_name, registered_at, birthday)
    SELECT gen_random_uuid(), 'bench-' || n, '', '', %(now)s - (n %% 1500) * interval '1 day',
           CASE WHEN n %% 3 > 0 THEN date '1960-01-01' + (n::bigint * 7919 %% 16000)::int END
    FROM generate_series(1, %(count)s) n
    """,
    """
    INSERT INTO customers_rfm (customer_id, first_paid_at, last_paid_at, orders, spent, frequency, monetary, r, f, m,
                               segment, is_vip, since, changed_at)
    SELECT id, %(now)s - interval '500 days', %(now)s - (id * 31 %% 500) * interval '1 day', 1 + id %% 9,
           500 + id * 7 %% 20000, 1 + id %% 5, 500, 1 + id %% 5, 1 + id %% 5, 1 + id %% 5,
           (ARRAY['champions', 'loyal', 'new', 'lost', 'hibernating', 'at_risk'])[1 + id %% 6], id %% 20 = 1,
           %(now)s, %(now)s
    FROM customers_customer WHERE id %% 4 > 0
    """,
    """
    INSERT INTO customers_purchase (customer_id, ref, channel, paid_at, goods_amount, discount_amount, refunded_amount,
                                    is_first)
    SELECT customer_id, 'bench:' || customer_id || ':' || n, 'site',
           last_paid_at - n * interval '70 days', 500 + customer_id * 7 %% 5000, 0, 0, n = 1
    FROM customers_rfm, generate_series(0, 1) n
    """,
    """
    INSERT INTO customers_consent (customer_id, purpose, given_at, source, text_version, withdrawn_source)
    SELECT id, 'email', %(now)s, 'bench', '1', '' FROM customers_customer WHERE id %% 2 = 0
    """,
    "INSERT INTO customers_tag (code, name) VALUES ('bench', 'bench')",
    """
    INSERT INTO customers_customertag (customer_id, tag_id, added_at)
    SELECT c.id, t.id, %(now)s FROM customers_customer c, customers_tag t WHERE c.id %% 50 = 0
    """,
)
BARE = """
INSERT INTO bench_member (segment_id, customer_id, since)
SELECT 1, customer_id, %s FROM customers_rfm WHERE last_paid_at >= %s
"""
