"""Whom somebody of the staff means: any part of a name, a phone in any spelling, an e-mail, a number (CU-10)."""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from customers.models import Customer
from customers.models.customer import CYRILLIC, LATIN
from customers.rules import normalised_phone
from customers.rules.searching import Asked, asked

LAST, FIRST = "REPLACE(LOWER(last_name), 'ё', 'е')", "REPLACE(LOWER(first_name), 'ё', 'е')"
NAMES = "REPLACE(LOWER(last_name || ' ' || first_name || ' ' || last_name), 'ё', 'е')"
NAMES_IN_LATIN = f"TRANSLATE(LOWER(last_name || ' ' || first_name || ' ' || last_name), '{CYRILLIC}', '{LATIN}')"
TO_LATIN = str.maketrans(CYRILLIC, LATIN)
# What a trigram can be made of.
TRIGRAM = re.compile(r"[a-z0-9]{3}|% [a-z0-9]")
LIVING = "merged_into_id IS NULL AND erased_at IS NULL"
# What many have is found among so many of the newest; what these do not have is rare enough for the index.
NEWEST = 5000


@dataclass(frozen=True)
class Arm:
    """One way in which a customer may be meant, answered by one index.

    `order`: the expressions of that index, so that the first rows are read and no more; none where only a few can be.
    `everybody`: also who is merged or erased.
    """

    condition: str
    values: tuple[Any, ...]
    order: tuple[str, ...] = ()
    everybody: bool = False

    @property
    def _whom(self) -> str:
        return "" if self.everybody else f" AND {LIVING}"

    @property
    def _by(self) -> str:
        # The order of text_pattern_ops, byte by byte: what is equal comes before what is longer.
        return " ORDER BY " + ", ".join(f"{one} USING ~<~" for one in self.order) if self.order else ""

    def sql(self) -> str:
        return f"SELECT id FROM customers_customer WHERE {self.condition}{self._whom}{self._by} LIMIT %s"  # noqa: S608

    def bound(self, limit: int) -> tuple[Any, ...]:
        return (*self.values, limit)


@dataclass(frozen=True)
class Somewhere(Arm):
    """What stands anywhere in a text, which a trigram index answers: it reads all that match before it gives the first.

    So what many have is first looked for among the newest. The part after it has no limit of its own, lest Postgres
    hopes to meet enough of something rare in the table's order. `rough` lets the index say who may be meant.
    """

    rough: str = ""
    rough_values: tuple[str, ...] = ()

    def sql(self) -> str:
        newest = f"SELECT * FROM customers_customer ORDER BY id DESC LIMIT {NEWEST}"  # noqa: S608
        near = f"SELECT id FROM ({newest}) AS newest WHERE {self.condition}{self._whom}"  # noqa: S608
        # Without a trigram the index would be read from end to end, and every customer after it.
        if not self._has_trigrams:
            return f"{near} LIMIT %s"
        rough = f"{self.rough} AND " if self.rough else ""
        far = f"SELECT id FROM customers_customer WHERE {rough}{self.condition}{self._whom}"  # noqa: S608
        both = "SELECT id FROM near UNION ALL SELECT id FROM far WHERE id NOT IN (SELECT id FROM near) LIMIT %s"
        return f"WITH near AS MATERIALIZED ({near}), far AS MATERIALIZED ({far}) {both}"

    def bound(self, limit: int) -> tuple[Any, ...]:
        return (*self.values, *((*self.rough_values, *self.values) if self._has_trigrams else ()), limit)

    @property
    def _has_trigrams(self) -> bool:
        return any(TRIGRAM.search(value) for value in self.rough_values or self.values)


def search_customers(text: str, *, limit: int) -> list[int]:
    """Keys of at most `limit` customers, the best first: what is equal, what begins so, what holds it somewhere.

    Nobody merged or erased, but for who is named by his own number. One statement for what is equal, one for each of
    `CUSTOMERS_SEARCHES` that the text might be meant for, and one for each way of being alike while places are left.
    """
    meant = asked(text)
    if meant is None:
        return []
    own = _run(_exact(meant), limit)
    others = [key for path in settings.CUSTOMERS_SEARCHES for key in import_string(path)(meant.text, limit=limit)]
    found = dict.fromkeys([*own, *_living(others)])
    for arm in () if "@" in meant.text and found else _alike(meant):
        if len(found) >= limit:
            break
        # Who is found already may be found again, and leaves the place to somebody else.
        found |= dict.fromkeys(_run([arm], limit + len(found)))
    return list(found)[:limit]


def _run(arms: Iterable[Arm], limit: int) -> list[int]:
    """All the arms in one statement, in their order."""
    parts: list[str] = []
    values: list[Any] = []
    for arm in arms:
        parts.append(f"({arm.sql()})")
        values += arm.bound(limit)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        return [key for (key,) in cursor.fetchall()]


def _living(keys: list[int]) -> list[int]:
    if not keys:
        return []
    living = set(Customer.objects.filter(pk__in=keys, merged_into=None, erased_at=None).values_list("pk", flat=True))
    return [key for key in dict.fromkeys(keys) if key in living]


def _exact(meant: Asked) -> Iterator[Arm]:
    if meant.number is not None:
        yield Arm("id = %s", (meant.number,), everybody=True)
    if meant.public_id is not None:
        yield Arm("public_id = %s", (meant.public_id,), everybody=True)
    yield Arm("external_id = %s", (meant.text,))
    if meant.email:
        yield Arm("email = %s", (meant.email,))
    with suppress(ValueError):
        yield Arm("phone = %s", (normalised_phone(meant.text, settings.PHONENUMBER_DEFAULT_REGION),))


def _alike(meant: Asked) -> Iterator[Arm]:
    yield from _phones(meant)
    if meant.words:
        yield from _names(meant.words)
    if meant.email:
        start = f"{like(meant.email)}%"
        yield Arm("email LIKE %s", (start,), ("email",))
        if len(meant.email) >= 3:
            yield Somewhere("UPPER(email) LIKE UPPER(%s)", (f"%{start}",))


def _phones(meant: Asked) -> Iterator[Arm]:
    """The last digits, else the first ones, with or without the country."""
    if len(meant.digits) < 4:
        return
    yield Arm("REVERSE(phone) LIKE %s", (f"{meant.digits[::-1]}%",), ("REVERSE(phone)",))
    for start in meant.phone_starts:
        yield Arm("phone LIKE %s", (f"{start}%",), ("phone",))


def _names(words: tuple[str, ...]) -> Iterator[Arm]:
    """Equal before longer, last names before first ones, and at the end whoever has all the words somewhere."""
    if len(words) == 1:
        start = (f"{like(words[0])}%",)
        yield Arm(f"{LAST} LIKE %s", start, (LAST, FIRST))
        yield Arm(f"{FIRST} LIKE %s", start, (FIRST, LAST))
    else:
        yield from _two_names(words[0], " ".join(words[1:]))
        if len(words) > 2:
            yield from _two_names(words[-1], " ".join(words[:-1]))
    if len(words) > 1 or len(words[0]) >= 3:
        # The names stand there twice, so a short word at the very beginning has a space before it, too.
        patterns = tuple(f"%{like(word)}%" if len(word) >= 3 else f"% {like(word)}%" for word in words)
        yield Somewhere(
            _each(NAMES, patterns),
            patterns,
            rough=_each(NAMES_IN_LATIN, patterns),
            rough_values=tuple(pattern.translate(TO_LATIN) for pattern in patterns),
        )


def _each(text: str, patterns: tuple[str, ...]) -> str:
    return " AND ".join([f"{text} LIKE %s"] * len(patterns))


def _two_names(one: str, other: str) -> Iterator[Arm]:
    starts = (f"{like(one)}%", f"{like(other)}%")
    for first, second in ((LAST, FIRST), (FIRST, LAST)):
        yield Arm(f"{first} LIKE %s AND {second} LIKE %s", starts, (first, second))


def like(text: str) -> str:
    """The text as it stands in a pattern of LIKE."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
