"""Search for customers among a million of them (target: under 100 ms), beside a look-up by the primary key.

Names come as they do in life: a few are very common. Each line is the middle one of several runs; the note tells its
milliseconds.
"""

import os
from collections.abc import Iterator

from django.db import connection

from bench.floor import Measurement, median_of
from customers.queries import search_customers

COUNT = int(os.environ.get("BENCH_CUSTOMERS", "1000000"))
SHOWN = 200
TYPED = (
    ("the commonest surname", "Иванов"),
    ("the commonest surname and name", "Александр Иванов"),
    ("a part of the commonest surname", "вано"),
    ("one letter", "и"),
    ("two letters", "ив"),
    ("one letter of each name", "и щ"),
    ("a rare surname in the middle", "редков-777"),
    ("nobody's name", "щукинъ"),
    ("a phone", "8 912 000-77-77"),
    ("the beginning of a phone", "8912"),
    ("the last four digits", "7777"),
    ("an e-mail", "buyer777777@shop.test"),
    ("a part that every e-mail has", "shop.test"),
    ("a part of one e-mail", "uyer77777"),
    ("a number", "№777"),
    ("the number of an order of another shop", "A-77777"),
    ("a card", "4400 077777"),
    ("a code of nobody", "K7XQ4M9TWD"),
)
# 20 surnames share 6 of 10 customers, the first of them 1 of 10; the others have one of 40,000.
FILL = """
INSERT INTO customers_customer (public_id, first_name, last_name, email, phone, registered_at)
SELECT gen_random_uuid(),
       (ARRAY['Александр', 'Анна', 'Мария', 'Иван', 'Елена', 'Дмитрий', 'Ольга', 'Сергей'])[1 + n %% 8],
       CASE WHEN n %% 10 = 0 THEN 'Иванов'
            WHEN n %% 10 < 6 THEN (ARRAY['Смирнов', 'Кузнецов', 'Попов', 'Васильев', 'Петров', 'Соколов', 'Михайлов',
                'Новиков', 'Фёдоров', 'Морозов', 'Волков', 'Алексеев', 'Лебедев', 'Семёнов', 'Егоров', 'Павлов',
                'Козлов', 'Степанов', 'Николаев'])[1 + n / 10 %% 19]
            ELSE 'Редков-' || n %% 40000 END,
       'buyer' || n || '@shop.test', '+7912' || lpad(n::text, 7, '0'), now()
FROM generate_series(1, %s) n
"""

# One of ten has a card and bought something elsewhere.
OWNED = (
    """
    INSERT INTO customers_purchase (customer_id, ref, channel, paid_at, goods_amount, discount_amount, refunded_amount,
                                    is_first)
    SELECT id, 'import:A-' || row_number() OVER (), 'site', now(), 1000, 0, 0, TRUE
    FROM customers_customer WHERE id %% 10 = 0
    """,
    """
    INSERT INTO tiers_card (number, kind, customer_id, percent, issued_at)
    SELECT '4400' || lpad((row_number() OVER ())::text, 6, '0'), 'imported', id, 0, now()
    FROM customers_customer WHERE id %% 10 = 0
    """,
)
INDEXES = """
SELECT indexname, indexdef FROM pg_indexes
WHERE tablename = 'customers_customer' AND indexname LIKE 'customer\\_%%' AND indexdef NOT LIKE 'CREATE UNIQUE%%'
"""


def fill() -> None:
    """A million rows are in the table sooner than in its indexes one by one: those are made afterwards."""
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '512MB'")
        cursor.execute(INDEXES, [])
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        cursor.execute(FILL, [COUNT])
        for _name, definition in indexes:
            cursor.execute(definition)
        for statement in OWNED:
            cursor.execute(statement, [])
        for table in ("customers_customer", "customers_purchase", "tiers_card"):
            cursor.execute(f"VACUUM ANALYZE {table}")


def measure() -> Iterator[Measurement]:
    fill()
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM customers_customer OFFSET 1000 LIMIT 1")
        (key,) = cursor.fetchone()

        def by_key() -> None:
            cursor.execute("SELECT id FROM customers_customer WHERE id = %s", [key])
            cursor.fetchone()

        floor = median_of(by_key)
    for name, typed in TYPED:
        found = len(search_customers(typed, limit=SHOWN))
        seconds = median_of(lambda typed=typed: search_customers(typed, limit=SHOWN), times=15)  # type: ignore[misc]
        yield Measurement(
            name=f"search: {name}",
            seconds=seconds,
            floor_name="one row by its key",
            floor_seconds=floor,
            note=f"{seconds * 1000:.1f} ms, {found} of {COUNT:,} found",
        )
