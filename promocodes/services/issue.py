"""Personal codes for many customers at once, under the same terms: rewards of the programme (R-3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.arrays import numbers, texts
from loyalty_site.kernel.errors import FieldError
from loyalty_site.kernel.transactions import requires_transaction
from promocodes.models import Terms
from promocodes.rules.generation import random_codes
from promocodes.rules.spec import CodeSpec
from promocodes.services.batches import length_for
from promocodes.services.history import written_by
from promocodes.services.terms import checked, create_terms

ATTEMPTS = 20


@dataclass(frozen=True)
class IssuedCode:
    customer_id: int
    promo_code_id: int
    code: str


@requires_transaction
def issue_codes(*, spec: CodeSpec, customer_ids: Sequence[int], now: datetime) -> list[IssuedCode]:
    """A code of his own for each of `customer_ids`, in their order; who is named twice gets two.

    Drawn long enough for all of them (PC-20), switched on, for one use each, whatever `spec` says of uses; they share
    one row of terms, which a change of one of them leaves to the others. The programme itself promised them: no second
    person is asked. Raises `InvalidInput` with every wrong field.
    """
    if not customer_ids:
        return []
    _check(spec)
    with written_by(None, "issue"):
        terms = create_terms(spec, None)
    issued: dict[int, IssuedCode] = {}
    for _attempt in range(ATTEMPTS):
        missing = [position for position in range(len(customer_ids)) if position not in issued]
        if not missing:
            return [code for _position, code in sorted(issued.items())]
        issued |= _drawn(terms, {position: customer_ids[position] for position in missing})
    raise RuntimeError("No free codes were drawn: the source of randomness is broken.")


def _check(spec: CodeSpec) -> None:
    if spec.customer is None:
        return checked(spec)
    detail = _("Codes that are issued together each belong to a customer of their own.")
    return checked(spec, FieldError("customer", "not_applicable", detail))


def _drawn(terms: Terms, customers: Mapping[int, int]) -> dict[int, IssuedCode]:
    """Codes for the customers by their positions; a position is missing where the code drawn was taken."""
    codes = random_codes(len(customers), length_for(len(customers)))
    positions = dict(zip(codes, customers, strict=True))
    with connection.cursor() as cursor:
        asked: dict[str, Any] = {"codes": texts(codes), "terms": terms.pk, "customers": numbers(customers.values())}
        cursor.execute(INSERT_NEW, asked)
        return {positions[code]: IssuedCode(customer, key, code) for customer, key, code in cursor.fetchall()}


INSERT_NEW = """
INSERT INTO promocodes_promocode (code, terms_id, switch, max_uses, customer_id)
SELECT code, %(terms)s, TRUE, 1, customer_id
FROM unnest(%(codes)s::text[], %(customers)s::bigint[]) AS drawn (code, customer_id)
ON CONFLICT (code) DO NOTHING RETURNING customer_id, id, code
"""
