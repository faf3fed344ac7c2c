"""Looking a code up as it was typed: the till's one query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from promocodes.rules import CodeFacts, effective_switch, readings
from promocodes.rules.facts import CUT


@dataclass(frozen=True, kw_only=True)
class FoundCode:
    """A code and what it gives. `uses` and `last_order_ref` are those of the holders asked about."""

    id: int
    code: str
    facts: CodeFacts
    uses: int = 0
    last_order_ref: str = ""


def find_code(text: str, *, holders: Sequence[str] = (), lock: bool = False) -> FoundCode | None:
    """The code that `text` stands for in its likeliest reading, whatever its state; None when there is none.

    One query, none at all for what can be no code. With `lock` the code's row is held until the end of the
    transaction; a campaign that cuts discounts to its budget is then locked too, with a second query, so that
    what it has left stays true.
    """
    spellings = readings(text)
    if not spellings:
        return None
    where = "c.code = ANY(%(codes)s) ORDER BY array_position(%(codes)s, c.code::text) LIMIT 1"
    return _found(where, {"codes": list(spellings), "holders": list(holders)}, lock)


def code_by_id(promo_code_id: int, *, holders: Sequence[str] = ()) -> FoundCode | None:
    """The same facts for a code known by its key."""
    return _found("c.id = %(id)s", {"id": promo_code_id, "holders": list(holders)}, lock=False)


def _found(where: str, params: Mapping[str, Any], lock: bool) -> FoundCode | None:
    with connection.cursor() as cursor:
        cursor.execute(FACTS + where + (" FOR NO KEY UPDATE OF c" if lock else ""), params)
        row = cursor.fetchone()
        if row is None:
            return None
        fields = dict(zip((column.name for column in cursor.description), row, strict=True))
        if lock and fields["budget_left"] is not None and fields["budget_policy"] == CUT:
            fields["budget_left"] = _locked_budget_left(cursor, fields["campaign_id"])
    return _as_found(fields)


def _locked_budget_left(cursor: Any, campaign_id: int) -> Decimal:
    cursor.execute(
        "SELECT budget - spent FROM promocodes_campaignspending WHERE campaign_id = %s FOR NO KEY UPDATE",
        [campaign_id],
    )
    left: Decimal = cursor.fetchone()[0]
    return left


def _as_found(row: Mapping[str, Any]) -> FoundCode:
    facts = CodeFacts(
        type=row["type"],
        value=row["value"],
        categories=tuple(row["categories"]),
        required_categories=tuple(row["required_categories"]),
        minimum_order=row["minimum_order"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        max_uses=row["max_uses"],
        uses=row["uses"],
        max_uses_per_customer=row["max_uses_per_customer"],
        first_order_only=row["first_order_only"],
        segment=row["segment"],
        tier=row["tier"] or None,
        owner_id=row["customer_id"],
        switch=effective_switch(row["switch"], row["batch_switch"]),
        budget_left=row["budget_left"],
        budget_policy=row["budget_policy"] or "refuse",
    )
    return FoundCode(
        id=row["id"],
        code=row["code"],
        facts=facts,
        uses=row["holder_uses"] or 0,
        last_order_ref=row["last_order_ref"] or "",
    )


FACTS = """
SELECT c.id, c.code, c.switch, c.max_uses, c.uses, c.customer_id, b.switch AS batch_switch,
       t.type, t.value, t.categories, t.required_categories, t.minimum_order, t.starts_at, t.ends_at,
       t.max_uses_per_customer, t.first_order_only, t.segment, t.tier, t.campaign_id,
       k.budget_policy, s.budget - s.spent AS budget_left, h.uses AS holder_uses, h.last_order_ref
FROM promocodes_promocode c
JOIN promocodes_terms t ON t.id = c.terms_id
LEFT JOIN promocodes_batch b ON b.terms_id = t.id
LEFT JOIN promocodes_campaign k ON k.id = t.campaign_id
LEFT JOIN promocodes_campaignspending s ON s.campaign_id = t.campaign_id
LEFT JOIN LATERAL (
    SELECT u.uses, u.last_order_ref FROM promocodes_holderuse u
    WHERE u.promo_code_id = c.id AND u.holder = ANY(%(holders)s) AND u.uses > 0
    ORDER BY u.uses DESC, u.id DESC LIMIT 1
) h ON TRUE
WHERE """
