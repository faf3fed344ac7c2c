"""The ladder at a glance: who stands where, who moved in the last 30 days and why, who is about to go down."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

import customers.queries
from loyalty_site.kernel.backoffice import page, staff_page
from loyalty_site.kernel.charts import chart_data
from tiers.admin.words import threshold_text
from tiers.models import Ladder, TierChange
from tiers.queries.brings import brings_text
from tiers.queries.overview import Move, TierCount, lapsing_standings, moves, tier_counts

DAYS = 30
LAPSING_SHOWN = 50


@staff_page("tiers.view_ladder")
def show(request: HttpRequest) -> HttpResponse:
    now, today = timezone.now(), timezone.localdate()
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    made = moves(since=now - timedelta(days=DAYS), until=now)
    counts = tier_counts()
    return page(
        request,
        "tiers/admin/overview.html",
        title=_("Tiers"),
        ladder=Ladder.objects.filter(pk=1).first() or Ladder(),
        rows=_rows(counts),
        customers=sum(count.customers for count in counts),
        lapsing_count=sum(count.lapsing for count in counts),
        up=sum(move.count for move in made if move.is_up),
        down=sum(move.count for move in made if not move.is_up),
        days=DAYS,
        moves=_moves_told(made),
        chart=_chart(days, made) if made else "",
        lapsing=lapsing_standings()[:LAPSING_SHOWN],
        lapsing_shown=LAPSING_SHOWN,
        may_change=request.user.has_perm("tiers.change_ladder"),
    )


def _rows(counts: Sequence[TierCount]) -> list[dict[str, Any]]:
    """Highest first, as a ladder stands."""
    base = customers.queries.programme().base_earn_percent
    basis = Ladder.objects.filter(pk=1).values_list("basis", flat=True).first() or Ladder.Basis.SPEND
    everybody = sum(count.customers for count in counts)
    listing = reverse("admin:customers_customer_changelist")
    return [
        {
            "tier": count.tier,
            "customers": count.customers,
            "lapsing": count.lapsing,
            "share": round(count.customers * 100 / everybody) if everybody else 0,
            "from": threshold_text(count.tier, basis),
            "brings": brings_text(count.tier, base),
            "link": f"{listing}?tier={count.tier.code}",
            "lapsing_link": f"{listing}?tier={count.tier.code}&lapsing=yes",
        }
        for count in reversed(counts)
    ]


def _moves_told(made: Sequence[Move]) -> list[dict[str, Any]]:
    """One line for each pair of tiers and cause, the busiest first."""
    sums: dict[tuple[Any, Any, str, bool], int] = {}
    for move in made:
        key = (move.from_tier, move.to_tier, move.cause, move.is_up)
        sums[key] = sums.get(key, 0) + move.count
    lines = [
        {"from": start, "to": end, "cause": TierChange.Cause(cause).label, "is_up": is_up, "count": count}
        for (start, end, cause, is_up), count in sums.items()
    ]
    return sorted(lines, key=lambda line: (-line["count"], line["to"].pk))


def _chart(days: Sequence[date], made: Sequence[Move]) -> str:
    def by_day(is_up: bool) -> list[int]:
        return [sum(move.count for move in made if move.day == day and move.is_up is is_up) for day in days]

    labels = [date_format(day, "j E") for day in days]
    return chart_data(labels, [(_("Up"), by_day(True)), (_("Down"), by_day(False))])
