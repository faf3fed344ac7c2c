"""The first page of the back office: what happened today and what needs a look, each with its list behind it."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import accumulate
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Duplicate
from customers.queries import programme
from customers.queries.report import customers_by_day
from loyalty_site.kernel.texts import money_text, number_text, percent_text
from orders.models import Order
from points.models import PendingAdjustment, SegmentGrant
from points.queries import owed_now, points_by_day
from promocodes.queries.overview import refusals_of_days, terms_ending, uses_of_days
from promocodes.rules import Reason, explain
from promocodes.rules.summary import period_text
from referrals.queries.report import registrations_by_day

WEEK = 7
# Its name, a value for each day, how a value is written.
Measured = tuple[str, list[Decimal], Callable[[Decimal], str]]


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Sixteen queries at most. People without the right to look at codes see a greeting and their lists only."""
    if not request.user.has_perm("promocodes.view_promocode"):
        return {**context, "title": _("Today")}
    today, now = timezone.localdate(), timezone.now()
    return {
        **context,
        "title": _("Today"),
        "indicators": [*_indicators(request), *_points(request), *_referrals(request), *_buyers(request)],
        "ending": [
            {"terms": terms, "period": period_text(terms.starts_at, terms.ends_at)}
            for terms in terms_ending(now, days=WEEK)
        ],
        "refusals": [
            (explain(Reason(reason)) if reason in set(Reason) else reason, count)
            for reason, count in refusals_of_days(today - timedelta(days=WEEK - 1), today)
        ],
        "unpaid": _unpaid(request),
        "corrections": _corrections(request),
        "grants": _grants(request),
        "duplicates": _duplicates(request),
    }


def _indicators(request: HttpRequest) -> list[dict[str, Any]]:
    """Today against yesterday, with the last two weeks as a line."""
    today = timezone.localdate()
    days = uses_of_days(today - timedelta(days=13), today)
    may_report = request.user.has_perm("promocodes.view_report")
    link = reverse("admin_code_report") + "?period=today&group=code" if may_report else _orders_with_codes(request)
    return _shown(
        [
            (_("Uses of codes"), [Decimal(day.uses) for day in days], number_text),
            (_("Discount given"), [day.discount for day in days], money_text),
            (_("Revenue with codes"), [day.revenue for day in days], money_text),
        ],
        link,
    )


def _points(request: HttpRequest) -> list[dict[str, Any]]:
    """Issued, spent and owed, for those who see the report on points. Two queries, three with the point's value."""
    if not request.user.has_perm("points.view_report"):
        return []
    today = timezone.localdate()
    days, value = points_by_day(today - timedelta(days=13), today), Decimal(programme().point_value)
    owed = list(accumulate((-day.change for day in reversed(days[1:])), initial=owed_now().liability))
    return _shown(
        [
            (_("Points issued"), [Decimal(day.issued) for day in days], number_text),
            (_("Points spent"), [Decimal(day.spent) for day in days], number_text),
            (_("Liability in points"), [points * value for points in reversed(owed)], money_text),
        ],
        reverse("admin_points_report"),
        is_more_better=None,
    )


def _referrals(request: HttpRequest) -> list[dict[str, Any]]:
    """Who has come by a link, for those who see the report on referrals. One query."""
    if not request.user.has_perm("referrals.view_report"):
        return []
    today = timezone.localdate()
    days = registrations_by_day(today - timedelta(days=13), today)
    measured: Measured = (_("Registrations by links"), [Decimal(count) for count in days], number_text)
    return _shown([measured], reverse("admin_referral_report"))


def _buyers(request: HttpRequest) -> list[dict[str, Any]]:
    """Who bought, and for whom it was the first time, for those who see the reports on customers. One query."""
    if not request.user.has_perm("customers.view_reports"):
        return []
    today = timezone.localdate()
    days = customers_by_day(today - timedelta(days=13), today)
    return _shown(
        [
            (_("Buyers"), [Decimal(day.buyers) for day in days], number_text),
            (_("New customers"), [Decimal(day.new) for day in days], number_text),
        ],
        reverse("admin_customer_report"),
    )


def _shown(measured: Sequence[Measured], link: str, *, is_more_better: bool | None = True) -> list[dict[str, Any]]:
    """Values by day, the last of them today's. `is_more_better` is None where a rise is no news of either sort."""
    return [
        {
            "name": name,
            "value": text(values[-1]),
            "delta": delta(values[-1], values[-2], is_more_better),
            "before": text(values[-2]),
            "line": sparkline(values),
            "link": link,
        }
        for name, values, text in measured
    ]


def sparkline(values: Sequence[Decimal], width: int = 120, height: int = 28) -> str:
    """Points of an SVG polyline, the largest value at the top."""
    top = max(values) or Decimal(1)
    step = Decimal(width) / max(len(values) - 1, 1)
    points = ((index * step, height - 2 - value / top * (height - 4)) for index, value in enumerate(values))
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def delta(now: Decimal, before: Decimal, is_more_better: bool | None) -> dict[str, Any] | None:
    if not before or now == before:
        return None
    change = ((now - before) / before * 100).quantize(Decimal(1))
    if not change:
        return None
    sign = "+" if change > 0 else "\N{MINUS SIGN}"
    is_good = None if is_more_better is None else (change > 0) is is_more_better
    return {"is_good": is_good, "text": sign + percent_text(abs(change))}


def _orders_with_codes(request: HttpRequest) -> str:
    if not request.user.has_perm("orders.view_order"):
        return ""
    return reverse("admin:orders_order_changelist") + "?with_code=yes&placed=0"


def _unpaid(request: HttpRequest) -> int | None:
    """Orders that wait for payment; they hold uses of codes meanwhile."""
    if not request.user.has_perm("orders.view_order"):
        return None
    return Order.objects.filter(status=Order.Status.NEW).count()


def _corrections(request: HttpRequest) -> int | None:
    """Corrections of points that wait for a second person, for those who may be it."""
    if not request.user.has_perm("points.confirm_adjustment"):
        return None
    return PendingAdjustment.objects.filter(decided_at=None).count()


def _grants(request: HttpRequest) -> int:
    """Grants to segments that wait likewise."""
    if not request.user.has_perm("points.confirm_adjustment"):
        return 0
    return SegmentGrant.objects.filter(decided_at=None, starts_at=None).count()


def _duplicates(request: HttpRequest) -> int:
    """Pairs of customers that may be one person, for those who may merge them."""
    if not request.user.has_perm("customers.merge_customer"):
        return 0
    return Duplicate.objects.filter(state=Duplicate.State.OPEN).count()
