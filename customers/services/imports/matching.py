"""Whose rows they are: found among the customers by id, e-mail, phone or card, or new (CU-6). Sets only.

`who` has one row for each set of contacts in the file, `match` says for each whom it means or why it cannot be told,
`people` are those to be registered. Customers may change while a file lies checked, so importing matches afresh.
"""

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from customers.models import ImportRun
from customers.services.imports.tables import Tables

CARDS_AT_ONCE = 5_000
# Chains of people known by ever other contacts end long before; the constraints judge what is left.
MOST_ROUNDS = 30
FIELDS = ("external_id", "email", "phone", "customer_id")


def note_twice(tables: Tables, run: ImportRun) -> None:
    """Lines that say a second time what an earlier one says are wrong, naming it."""
    if run.kind == ImportRun.Kind.PURCHASES:
        tables.run(TWICE, {"field": "number"})
    else:
        tables.run(TWICE.replace("number", "who"), {"field": "contact"})


def note_others(tables: Tables) -> int:
    """Lines whose number is that of another purchase are wrong, or they would be left out in silence. How many."""
    return tables.run(OTHERS)


def list_who(tables: Tables, run: ImportRun) -> None:
    """Makes `who`, with the details that its first line has."""
    tables.run("DROP TABLE IF EXISTS {who}")
    tables.run(WHO)
    if run.kind == ImportRun.Kind.CUSTOMERS or {"first_name", "last_name"} & set(run.columns):
        tables.run(DETAILS)
    if "card" in run.columns:
        _find_cards(tables)
    tables.run("ANALYZE {who}")


def match(tables: Tables, run: ImportRun, *, takes_keys: bool) -> None:
    """Makes `match` and `people` anew. `takes_keys`: new people get real keys; to count them, any will do."""
    tables.run("DROP TABLE IF EXISTS {match}, {people}")
    is_customers = run.kind == ImportRun.Kind.CUSTOMERS
    tables.run(MATCH, {"is_customers": is_customers, "makes": is_customers or run.makes_customers})
    if is_customers:
        for field in FIELDS:
            tables.run(SAID_BEFORE.replace("FIELD", field), {"field": "contact" if field == "customer_id" else field})
    else:
        for _round in range(MOST_ROUNDS):
            if not tables.run(SPREAD):
                break
    key = "nextval(pg_get_serial_sequence('customers_customer', 'id'))" if takes_keys else "-label"
    tables.run(PEOPLE.replace("KEY", key))
    if tables.run(OF_PEOPLE):
        tables.run(OTHER_PERSON)
    tables.run("ANALYZE {match}")


def _find_cards(tables: Tables) -> None:
    """Through the port: a higher app keeps the cards. By portions, so that a million cards are no list in memory."""
    if not settings.CUSTOMERS_BY_CARD:
        return
    holders, after = import_string(settings.CUSTOMERS_BY_CARD), 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(tables.sql(NEXT_CARDS), {"after": after, "limit": CARDS_AT_ONCE})
            found = cursor.fetchall()
        if not found:
            return
        after = found[-1][0]
        known = holders(sorted({card for _line, card in found}))
        tables.run(PUT_CARDS, {"cards": list(known), "customers": list(known.values())})


TWICE = """
UPDATE {stage} s SET problem = json_build_array(json_build_array(%(field)s::text, 'twice', first::text))::text
FROM (SELECT number, min(line) AS first FROM {stage} WHERE problem IS NULL AND number IS NOT NULL
      GROUP BY number HAVING count(*) > 1) d
WHERE s.number = d.number AND s.line > d.first AND s.problem IS NULL
"""

# What the file does not say of a purchase cannot differ. A day: files name the day, or the moment.
OTHERS = """
UPDATE {stage} s SET problem = json_build_array(json_build_array('number', 'other_purchase', s.number))::text
FROM customers_purchase p
WHERE p.ref = 'import:' || s.number AND s.problem IS NULL AND (
    p.goods_amount <> s.goods OR p.discount_amount <> s.discount OR p.refunded_amount <> s.refunded
    OR p.paid_at NOT BETWEEN s.moment - interval '1 day' AND s.moment + interval '1 day')
"""

WHO = """
CREATE UNLOGGED TABLE {who} WITH (autovacuum_enabled = false) AS
SELECT who, line, NULLIF(split_part(who, E'\\x1f', 1), '') AS external_id,
       NULLIF(split_part(who, E'\\x1f', 2), '') AS email, NULLIF(split_part(who, E'\\x1f', 3), '') AS phone,
       NULLIF(split_part(who, E'\\x1f', 4), '') AS card, NULL::bigint AS by_card, NULL::text AS first_name,
       NULL::text AS last_name, NULL::date AS birthday, NULL::text AS consents, NULL::timestamptz AS moment
FROM (SELECT who, min(line) AS line FROM {stage} WHERE problem IS NULL GROUP BY who) d
"""

DETAILS = """
UPDATE {who} w SET first_name = s.first_name, last_name = s.last_name, birthday = s.birthday, consents = s.consents,
                   moment = s.moment
FROM {stage} s WHERE s.line = w.line
"""

NEXT_CARDS = """
SELECT line, card FROM {who} WHERE card IS NOT NULL AND line > %(after)s ORDER BY line LIMIT %(limit)s
"""

PUT_CARDS = """
UPDATE {who} w SET by_card = k.customer FROM unnest(%(cards)s::text[], %(customers)s::bigint[]) AS k(card, customer)
WHERE w.card = k.card
"""

# A record that was merged keeps its external id, which leads to the one that stayed.
MATCH = """
CREATE UNLOGGED TABLE {match} WITH (autovacuum_enabled = false) AS
WITH found AS (
    SELECT w.*, COALESCE(x.merged_into_id, x.id) AS by_external, m.id AS by_email, p.id AS by_phone,
           COALESCE(m.external_id, p.external_id) AS other_id
    FROM {who} w
    LEFT JOIN customers_customer x ON x.external_id = w.external_id
    LEFT JOIN customers_customer m ON m.email = w.email
    LEFT JOIN customers_customer p ON p.phone = w.phone
), judged AS (
    SELECT who, line, COALESCE(by_external, by_email, by_phone, by_card) AS customer_id,
           CASE
               WHEN %(is_customers)s AND by_external <> by_email
                   THEN json_build_array(json_build_array('email', 'taken', email))::text
               WHEN %(is_customers)s AND by_external <> by_phone
                   THEN json_build_array(json_build_array('phone', 'taken', phone))::text
               WHEN by_external IS NULL AND by_email <> by_phone
                   THEN json_build_array(json_build_array('phone', 'two_people', phone))::text
               WHEN by_external IS NULL AND external_id IS NOT NULL AND other_id <> external_id
                   THEN json_build_array(json_build_array('external_id', 'other_customer', external_id))::text
               WHEN COALESCE(by_external, by_email, by_phone, by_card) IS NULL
                    AND (NOT %(makes)s OR COALESCE(external_id, email, phone) IS NULL)
                   THEN json_build_array(json_build_array('contact', 'unknown_customer',
                                                          COALESCE(external_id, email, phone, card)))::text
           END AS problem,
           external_id, email, phone
    FROM found
)
SELECT who, line, customer_id, problem, external_id, email, phone,
       CASE WHEN problem IS NULL AND customer_id IS NULL THEN line END AS label
FROM judged
"""

SAID_BEFORE = """
UPDATE {match} m SET label = NULL,
    problem = json_build_array(json_build_array(%(field)s::text, 'twice', d.first::text))::text
FROM (SELECT FIELD AS key, min(line) AS first FROM {match} WHERE problem IS NULL AND FIELD IS NOT NULL
      GROUP BY FIELD HAVING count(*) > 1) d
WHERE m.FIELD = d.key AND m.line > d.first AND m.problem IS NULL
"""

# Rows that share an id, an e-mail or a phone are one person: the smallest line among them is their label.
SPREAD = """
UPDATE {match} t SET label = x.label
FROM (SELECT who, min(label) AS label FROM (
          SELECT who, min(label) OVER (PARTITION BY external_id) AS label FROM {match}
          WHERE label IS NOT NULL AND external_id IS NOT NULL
          UNION ALL SELECT who, min(label) OVER (PARTITION BY email) FROM {match}
          WHERE label IS NOT NULL AND email IS NOT NULL
          UNION ALL SELECT who, min(label) OVER (PARTITION BY phone) FROM {match}
          WHERE label IS NOT NULL AND phone IS NOT NULL) shared
      GROUP BY who) x
WHERE x.who = t.who AND x.label < t.label
"""

PEOPLE = """
CREATE UNLOGGED TABLE {people} WITH (autovacuum_enabled = false) AS
SELECT KEY AS id, d.* FROM (
    SELECT label, (array_agg(m.external_id ORDER BY m.line) FILTER (WHERE m.external_id IS NOT NULL))[1] AS external_id,
           (array_agg(m.email ORDER BY m.line) FILTER (WHERE m.email IS NOT NULL))[1] AS email,
           (array_agg(m.phone ORDER BY m.line) FILTER (WHERE m.phone IS NOT NULL))[1] AS phone
    FROM {match} m WHERE label IS NOT NULL GROUP BY label ORDER BY label) d
"""

OF_PEOPLE = "UPDATE {match} m SET customer_id = p.id FROM {people} p WHERE p.label = m.label"

OTHER_PERSON = """
UPDATE {match} m SET problem = json_build_array(json_build_array('external_id', 'other_person', m.external_id))::text
FROM {people} p WHERE p.label = m.label AND m.external_id <> p.external_id
"""
