"""A rule as SQL over customers: sets of ids that the planner joins, each parameter apart (CU-8, ADR 13)."""

# ruff: noqa: S608 - the SQL is put together from our own constants; all that anybody typed is a parameter.

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from customers.models import Customer
from customers.queries.conditions import read_rule
from customers.rules.conditions import At, Group, Leaf, Node, Not, Source

COUNT_SECONDS = 4
QUERY_CANCELED = "57014"


class TooSlow(Exception):
    """The count was given up."""


@dataclass(frozen=True)
class Sql:
    text: str
    params: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Only:
    """Some customers only: by key, or by a range of keys, half-open from below: (after, last]."""

    keys: Sequence[int] | None = None
    after: int = 0
    last: int = 0

    def on(self, column: str) -> Sql:
        if self.keys is not None:
            return Sql(f" AND {column} = ANY(%s)", (list(self.keys),))
        return Sql(f" AND {column} > %s AND {column} <= %s", (self.after, self.last))


def members_sql(node: Node, at: At, only: Only | None = None) -> Sql:
    """A SELECT of `id`: the living customers that `node` finds, each once."""
    found = _Compiler(at, only).ids(node)
    return Sql(f"SELECT i.id FROM ({found.text}) i WHERE NOT EXISTS ({GONE})", found.params)


def at(now: datetime) -> At:
    return At(now, ZoneInfo(settings.TIME_ZONE))


def count_rule(rule: object, *, now: datetime | None = None) -> int:
    """How many customers the rule finds now. One query. Raises InvalidInput, and TooSlow after `COUNT_SECONDS`."""
    found = members_sql(read_rule(rule), at(now or timezone.now()))
    with _quickly() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({found.text}) found", found.params)
        return int(cursor.fetchone()[0])


def sample_rule(rule: object, limit: int, *, now: datetime | None = None) -> list[Customer]:
    """Some of those whom the rule finds. Raises like `count_rule`. Two queries."""
    found = members_sql(read_rule(rule), at(now or timezone.now()))
    with _quickly() as cursor:
        cursor.execute(f"SELECT id FROM ({found.text}) found LIMIT %s", (*found.params, limit))
        keys = [key for (key,) in cursor.fetchall()]
    return list(Customer.objects.filter(pk__in=keys).order_by("pk"))


@contextmanager
def _quickly() -> Iterator[Any]:
    """Given up after a while: somebody waits for it. Compiling a plan takes longer than running it."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{COUNT_SECONDS}s'; {PLANNING}")
            yield cursor
            cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) == QUERY_CANCELED:
            raise TooSlow from error
        raise


class _Compiler:
    def __init__(self, at: At, only: Only | None) -> None:
        self.at, self.only = at, only

    def ids(self, node: Node) -> Sql:
        """A SELECT of `id`, each once; those who are gone may be among them."""
        if isinstance(node, Group) and node.kind == "any":
            return _joined(" UNION ", [self.ids(part) for part in node.parts])
        return self.all(list(node.parts) if isinstance(node, Group) else [node])

    def all(self, parts: list[Node]) -> Sql:
        """Whoever is in all of them, looked for from the one that an index answers best."""
        predicates: dict[Source, list[Sql]] = {Source.RFM: [], Source.CUSTOMER: []}
        inside: list[Sql] = []
        outside: list[Sql] = []
        for part in _flat(parts):
            positive, is_negative = _signed(part)
            if is_negative:
                outside.append(self.ids(positive))
            elif isinstance(positive, Leaf):
                select = positive.operator.select(positive.values, self.at)
                if select.source == Source.IDS:
                    inside.append(self.only_some(Sql(select.sql, select.params)))
                else:
                    predicates[select.source].append(Sql(f"({select.sql})", select.params))
            else:
                inside.append(self.ids(positive))
        return self.from_first(predicates, inside, outside)

    def from_first(self, predicates: dict[Source, list[Sql]], inside: list[Sql], outside: list[Sql]) -> Sql:
        of_rfm, of_customer = predicates[Source.RFM], predicates[Source.CUSTOMER]
        if of_rfm:
            base, key, wanted = Sql("customers_rfm r"), "r.customer_id", of_rfm
        elif of_customer or not inside:
            base, key, wanted, of_customer = Sql("customers_customer c"), "c.id", of_customer, []
        else:
            first, inside = inside[0], inside[1:]
            base, key, wanted = Sql(f"(SELECT DISTINCT id FROM ({first.text}) d) b", first.params), "b.id", []
        tests = list(wanted)
        if of_customer:
            row = _joined(" AND ", of_customer)
            tests.append(
                Sql(f"EXISTS (SELECT FROM customers_customer c WHERE c.id = {key} AND {row.text})", row.params)
            )
        tests += [_test("EXISTS", one, key) for one in inside]
        tests += [_test("NOT EXISTS", one, key) for one in outside]
        some = self.only.on(key) if self.only else Sql("")
        where = _joined(" AND ", tests) if tests else Sql("TRUE")
        text = f"SELECT {key} AS id FROM {base.text} WHERE {where.text}{some.text}"
        return Sql(text, (*base.params, *where.params, *some.params))

    def only_some(self, select: Sql) -> Sql:
        some = self.only.on("o.customer_id") if self.only else Sql("")
        text = f"SELECT o.customer_id AS id FROM ({select.text}) o WHERE TRUE{some.text}"
        return Sql(text, (*select.params, *some.params))


def _flat(parts: list[Node]) -> Iterator[Node]:
    """Groups of “all” within “all” are one group."""
    for part in parts:
        if isinstance(part, Group) and (part.kind == "all" or len(part.parts) == 1):
            yield from _flat(list(part.parts))
        else:
            yield part


def _signed(part: Node) -> tuple[Node, bool]:
    """What is looked for, and whether it is to be absent. Two negations are none."""
    is_negative = False
    while isinstance(part, Not):
        part, is_negative = part.part, not is_negative
    if isinstance(part, Leaf) and part.operator.is_negative:
        part = replace(part, operator=replace(part.operator, is_negative=False))
        is_negative = not is_negative
    return part, is_negative


def _test(word: str, one: Sql, key: str) -> Sql:
    return Sql(f"{word} (SELECT FROM ({one.text}) e WHERE e.id = {key})", one.params)


def _joined(word: str, parts: Sequence[Sql]) -> Sql:
    return Sql(word.join(part.text for part in parts), tuple(param for part in parts for param in part.params))


# As in the index `customer_gone`, which holds hardly anybody.
GONE = (
    "SELECT FROM customers_customer g WHERE g.id = i.id AND (g.merged_into_id IS NOT NULL OR g.erased_at IS NOT NULL)"
)
# Sets of keys are walked in their order by indexes, rather than hashed from whole tables by several processes: of a
# million customers those who have never bought take 0.35 s so, and 1.2 s else; nothing takes longer.
PLANNING = (
    "SET LOCAL jit = off; SET LOCAL work_mem = '64MB';"
    " SET LOCAL random_page_cost = 1.1; SET LOCAL enable_parallel_hash = off"
)
