"""Movements of points on a customer's line of time, one for each fact, however many lots it moved (CU-10)."""

from collections import defaultdict
from collections.abc import Sequence

from django.utils.translation import gettext as _

from loyalty_site.kernel.texts import signed_points_text
from loyalty_site.kernel.timeline import Source, Told, rows_of
from points.models import Entry


def _told(keys: Sequence[int]) -> dict[int, Told]:
    """Two queries: the first entry of each fact, and the sums of the facts."""
    firsts = list(Entry.objects.filter(pk__in=keys).select_related("author"))
    sums: dict[tuple[int, str], int] = defaultdict(int)
    facts = {row.fact for row in firsts}
    rows = Entry.objects.filter(account__in={row.account_id for row in firsts}, fact__in=facts)
    for account, fact, amount in rows.values_list("account", "fact", "amount"):
        sums[account, fact] += amount
    return {row.pk: _one(row, sums[row.account_id, row.fact]) for row in firsts}


def _one(row: Entry, amount: int) -> Told:
    kind = str(row.get_kind_display())
    return Told(
        text=_("Points: %(what)s") % {"what": kind},
        detail=" · ".join(part for part in (signed_points_text(amount), row.reason) if part),
        ref=row.order_ref,
        by=str(row.author) if row.author else "",
        tone="good" if amount > 0 else "warn" if row.kind == Entry.Kind.EXPIRE else "",
    )


SOURCES = (
    Source(
        name="points",
        kind="points",
        right="points.view_entry",
        moment="posted_at",
        rows=rows_of(Entry, "account", part=1),
        tell=_told,
    ),
)
