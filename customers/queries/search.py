"""Whom somebody of the staff means: any part of a name, a phone in any spelling, an e-mail, a number (CU-10)."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from customers.models import Customer
from customers.rules import normalised_phone
from customers.rules.searching import Asked, asked

LAST, FIRST = "REPLACE(LOWER(last_name), 'ё', 'е')", "REPLACE(LOWER(first_name), 'ё', 'е')"
NAMES = "REPLACE(LOWER(last_name || ' ' || first_name || ' ' || last_name), 'ё', 'е')"
LIVING = "merged_into_id IS NULL AND erased_at IS NULL"


@dataclass(frozen=True)
class Arm:
    """One way in which a customer may be meant, answered by one index. `everybody`: also who is merged or erased."""

    condition: str
    values: tuple[Any, ...]
    everybody: bool = False


def search_customers(text: str, *, limit: int) -> list[int]:
    """Keys of at most `limit` customers, the best first: what is equal, what begins so, what holds it somewhere.

    Nobody merged or erased, but for who is named by his own number. One statement of bounded parts, of which the later
    ones run only while places are left, and one for each of `CUSTOMERS_SEARCHES` that the text might be meant for.
    """
    meant = asked(text)
    if meant is None:
        return []
    own = _run(_exact(meant), limit)
    others = [key for path in settings.CUSTOMERS_SEARCHES for key in import_string(path)(meant.text, limit=limit)]
    found = [*own, *_living(others)]
    if len(set(found)) < limit:
        found += _run(_alike(meant), limit)
    return list(dict.fromkeys(found))[:limit]


def _run(arms: Iterable[Arm], limit: int) -> list[int]:
    """The arms in their order: Postgres begins a part of UNION ALL only when the one before gave too few."""
    parts, values = [], []
    for arm in arms:
        whom = "" if arm.everybody else f" AND {LIVING}"
        # A LIMIT in each part, so that each is planned for few rows.
        parts.append(f"(SELECT id FROM customers_customer WHERE {arm.condition}{whom} LIMIT %s)")  # noqa: S608
        values += [*arm.values, limit]
    if not parts:
        return []
    with connection.cursor() as cursor:
        # Somebody may come twice, as equal and as alike.
        together = f"SELECT id FROM ({' UNION ALL '.join(parts)}) AS found LIMIT %s"  # noqa: S608
        cursor.execute(together, [*values, 2 * limit])
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
        yield Arm("email LIKE %s", (start,))
        if len(meant.email) >= 3:
            yield Arm("UPPER(email) LIKE UPPER(%s) AND email NOT LIKE %s", (f"%{start}", start))


def _phones(meant: Asked) -> Iterator[Arm]:
    """The last digits, else the first ones, with or without the country."""
    if len(meant.digits) < 4:
        return
    yield Arm("REVERSE(phone) LIKE %s", (f"{meant.digits[::-1]}%",))
    for start in meant.phone_starts:
        yield Arm("phone LIKE %s", (f"{start}%",))


def _names(words: tuple[str, ...]) -> Iterator[Arm]:
    """Equal before longer, last names before first ones, and at the end whoever has all the words somewhere."""
    if len(words) == 1:
        yield from _one_word(words[0])
    else:
        yield from _two_names(words[0], " ".join(words[1:]))
        if len(words) > 2:
            yield from _two_names(words[-1], " ".join(words[:-1]))
    if len(words) > 1 or len(words[0]) >= 3:
        # The names stand there twice, so a short word at the very beginning has a space before it, too.
        patterns = tuple(f"%{like(word)}%" if len(word) >= 3 else f"% {like(word)}%" for word in words)
        yield Arm(" AND ".join([f"{NAMES} LIKE %s"] * len(patterns)), patterns)


def _one_word(word: str) -> Iterator[Arm]:
    start = f"{like(word)}%"
    yield Arm(f"{LAST} = %s", (word,))
    yield Arm(f"{LAST} LIKE %s AND {LAST} <> %s", (start, word))
    yield Arm(f"{FIRST} LIKE %s AND {LAST} NOT LIKE %s", (start, start))


def _two_names(one: str, other: str) -> Iterator[Arm]:
    for first, second in ((LAST, FIRST), (FIRST, LAST)):
        yield Arm(f"{first} = %s AND {second} LIKE %s", (one, f"{like(other)}%"))
        yield Arm(f"{first} LIKE %s AND {second} LIKE %s AND {first} <> %s", (f"{like(one)}%", f"{like(other)}%", one))


def like(text: str) -> str:
    """The text as it stands in a pattern of LIKE."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
