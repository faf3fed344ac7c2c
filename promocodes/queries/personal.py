"""The codes a customer finds in the account: given to this customer alone, or meant for the own segments or tier."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from promocodes.rules import holder_keys
from promocodes.rules.summary import SummaryFacts, gift_text

MOST = 50


class PersonalState(StrEnum):
    """How a code stands for one customer, in the order in which the account shows them."""

    ACTIVE = "active"
    SCHEDULED = "scheduled"
    USED = "used"
    EXPIRED = "expired"


@dataclass(frozen=True)
class PersonalCode:
    """`terms` say in words what is given, without the period. `uses_left` are those of this customer, None: any number.

    `[starts_at, ends_at)` is half-open (M-4). `is_own`: given to this customer alone, else meant for a segment or tier.
    `last_order_ref` is the order of the customer's last live use, empty when there is none.
    """

    code: str
    terms: str
    state: PersonalState
    starts_at: datetime
    ends_at: datetime
    uses_left: int | None
    is_own: bool
    last_order_ref: str


def personal_codes(
    customer_id: int,
    *,
    segments: Collection[str],
    tiers: Collection[str],
    now: datetime,
    has_bought: bool = False,
) -> list[PersonalCode]:
    """Codes to show to the customer: active first, then scheduled, used, expired; those that end soonest first.

    Own codes (at most 50, the newest) once they are activated, whatever became of them; besides, active single codes
    for one of `segments` or `tiers` (at most 50), never those of a batch. `has_bought` leaves out what is for a first
    order and was not used. One query; one more for the names of categories where a code asks for some.
    """
    # A customer's own key needs no secret: nothing is hidden in it.
    (holder,) = holder_keys(customer_id=customer_id, secret="")
    asked: dict[str, Any] = {
        "customer": customer_id,
        "holder": holder,
        "segments": list(segments),
        "tiers": list(tiers),
        "now": now,
        "most": MOST,
    }
    with connection.cursor() as cursor:
        cursor.execute(PERSONAL, asked)
        columns = [column.name for column in cursor.description]
        rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    names = _category_names(rows)
    found = [_personal(row, names, now) for row in rows if not (has_bought and _is_missed_first_order(row))]
    order = list(PersonalState)
    return sorted(found, key=lambda code: (order.index(code.state), code.ends_at, code.code))


def _personal(row: Mapping[str, Any], names: Mapping[str, str], now: datetime) -> PersonalCode:
    left = _uses_left(row)
    return PersonalCode(
        code=row["code"],
        terms=_terms(row, names),
        state=_state(row, left, now),
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        uses_left=left,
        is_own=row["is_own"],
        last_order_ref=row["last_order_ref"] if row["holder_uses"] else "",
    )


def _uses_left(row: Mapping[str, Any]) -> int | None:
    """The stricter of the code's own limit and the customer's."""
    per_customer = 1 if row["first_order_only"] else row["max_uses_per_customer"]
    left = [
        limit - uses
        for limit, uses in ((row["max_uses"], row["uses"]), (per_customer, row["holder_uses"]))
        if limit is not None
    ]
    return max(min(left), 0) if left else None


def _state(row: Mapping[str, Any], left: int | None, now: datetime) -> PersonalState:
    if left == 0:
        return PersonalState.USED
    if row["ends_at"] <= now:
        return PersonalState.EXPIRED
    return PersonalState.ACTIVE if row["starts_at"] <= now else PersonalState.SCHEDULED


def _terms(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    text = gift_text(
        SummaryFacts(
            type=row["type"],
            value=row["value"],
            category_names=tuple(names.get(slug, slug) for slug in row["categories"]),
            required_names=tuple(names.get(slug, slug) for slug in row["required_categories"]),
            minimum_order=row["minimum_order"],
        )
    )
    if row["first_order_only"]:
        text = f"{text}, {_('only on the first order')}"
    return text[:1].upper() + text[1:]


def _is_missed_first_order(row: Mapping[str, Any]) -> bool:
    return bool(row["first_order_only"] and not row["holder_uses"])


def _category_names(rows: list[dict[str, Any]]) -> dict[str, str]:
    if not any(row["categories"] or row["required_categories"] for row in rows):
        return {}
    return {slug: name.strip() for slug, name in import_string(settings.PROMOCODES_CATEGORY_SOURCE)()}


# Terms are chosen first: those for a segment or tier are few, and a batch of a million codes is left out before its
# codes are looked at.
PERSONAL = """
WITH meant AS MATERIALIZED (
    SELECT t.id FROM promocodes_terms t
    WHERE (t.segment IS NOT NULL OR t.tier > '')
      AND t.starts_at <= %(now)s AND t.ends_at > %(now)s
      AND (t.segment IS NULL OR t.segment = ANY(%(segments)s))
      AND (t.tier = '' OR t.tier = ANY(%(tiers)s))
      AND NOT EXISTS (SELECT FROM promocodes_batch b WHERE b.terms_id = t.id)
    ORDER BY t.id DESC LIMIT %(most)s
), own AS (
    SELECT c.id, TRUE AS is_own FROM promocodes_promocode c
    WHERE c.customer_id = %(customer)s AND c.switch ORDER BY c.id DESC LIMIT %(most)s
), shown AS (
    SELECT id, is_own FROM own
    UNION ALL
    SELECT c.id, FALSE FROM meant JOIN promocodes_promocode c ON c.terms_id = meant.id
    WHERE c.customer_id IS NULL AND c.switch
)
SELECT c.code, shown.is_own, c.max_uses, c.uses, t.type, t.value, t.categories, t.required_categories, t.minimum_order,
       t.starts_at, t.ends_at, t.max_uses_per_customer, t.first_order_only,
       COALESCE(h.uses, 0) AS holder_uses, h.last_order_ref
FROM shown
JOIN promocodes_promocode c ON c.id = shown.id
JOIN promocodes_terms t ON t.id = c.terms_id
LEFT JOIN promocodes_holderuse h ON h.promo_code_id = c.id AND h.holder = %(holder)s
WHERE shown.is_own OR c.max_uses IS NULL OR c.uses < c.max_uses OR h.uses > 0
"""
