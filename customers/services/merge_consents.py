"""Two customers become one: of what they said last, the later counts (CU-2, CU-3)."""

from datetime import datetime
from typing import Any

from customers.models import Consent, Merge
from customers.services.merge_rows import moved


def merge_consents(*, merge: Merge, now: datetime) -> dict[str, Any] | None:
    """All rows become the survivor's, one live for each purpose: none where the later word was a withdrawal."""
    both = [merge.survivor_id, merge.absorbed_id]
    rows = list(Consent.objects.filter(customer__in=both).order_by("given_at", "pk"))
    withdrawn = []
    for purpose in Consent.Purpose.values:
        of_purpose = [row for row in rows if row.purpose == purpose]
        withdrawn += [purpose] if _one_live(of_purpose, now) else []
    count = moved(merge, "customers_consent")
    return {"part": "consents", "count": count, "withdrawn": withdrawn} if count else None


def _one_live(rows: list[Consent], now: datetime) -> bool:
    """Ends what may not live on; whether a consent ends by a later withdrawal. `rows` are in the order of giving."""
    live = [row for row in rows if row.withdrawn_at is None]
    if not live:
        return False
    last = live.pop()
    for row in live:
        _end(row, max(row.given_at, last.given_at))
    said = [
        row.withdrawn_at for row in rows if row.withdrawn_at and row not in live and row.withdrawn_at > last.given_at
    ]
    if said:
        _end(last, now)
    return bool(said)


def _end(row: Consent, moment: datetime) -> None:
    row.withdrawn_at = moment
    row.save(update_fields=["withdrawn_at"])
