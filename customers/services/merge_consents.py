"""Two customers become one: of what they said last, the later counts (CU-2, CU-3)."""

from datetime import datetime
from typing import Any

from customers.models import Consent, Merge
from customers.queries.merges import withdrawn_by_merge
from customers.services.merge_rows import moved


def merge_consents(*, merge: Merge, now: datetime) -> dict[str, Any] | None:
    """All rows become the survivor's, one live for each purpose: none where the later word was a withdrawal."""
    both = [merge.survivor_id, merge.absorbed_id]
    withdrawn = withdrawn_by_merge(both)
    live = Consent.objects.filter(customer__in=both, withdrawn_at=None).order_by("given_at", "pk")
    by_purpose: dict[str, list[Consent]] = {}
    for row in live:
        by_purpose.setdefault(row.purpose, []).append(row)
    for purpose, (*earlier, last) in by_purpose.items():
        for row in earlier:
            _end(row, last.given_at)
        if purpose in withdrawn:
            _end(last, now)
    count = moved(merge, "customers_consent")
    return {"part": "consents", "count": count, "withdrawn": withdrawn} if count else None


def _end(row: Consent, moment: datetime) -> None:
    row.withdrawn_at = moment
    row.save(update_fields=["withdrawn_at"])
