"""One code: what it gives, how it stands, how it does, who changed it."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from loyalty_site.kernel.backoffice import page, staff_page
from loyalty_site.kernel.charts import chart_data
from promocodes.admin import ports
from promocodes.admin.editor import is_frozen
from promocodes.admin.history import told_changes
from promocodes.admin.words import terms_facts
from promocodes.models import PromoCode, Redemption
from promocodes.queries import with_state
from promocodes.queries.links import checkout_link, qr_svg
from promocodes.queries.performance import code_funnel, refusals, uses_by_day
from promocodes.rules import Reason, State, explain
from promocodes.rules.summary import summary

USES_SHOWN = 50


@staff_page("promocodes.view_promocode")
def show(request: HttpRequest, code_id: int) -> HttpResponse:
    codes = PromoCode.objects.select_related(
        "terms__campaign__spending", "terms__created_by", "terms__batch", "customer"
    )
    code = get_object_or_404(with_state(codes, now=timezone.now()), pk=code_id)
    names, segments, tiers = ports.category_names(), ports.segment_names(), ports.lazy_tier_names()
    return page(
        request,
        "promocodes/admin/code.html",
        title=_("Promo code %(code)s") % {"code": code.code},
        opts=PromoCode._meta,
        code=code,
        terms=code.terms,
        batch=getattr(code.terms, "batch", None),
        state=State(code.state),
        state_reason=_state_reason(code),
        sentence=_sentence(code, names, segments, tiers),
        tier_name=code.terms.tier and tiers.get(code.terms.tier, code.terms.tier),
        link=checkout_link(code.code),
        qr=qr_svg(code.code),
        frozen=is_frozen(code),
        changes=told_changes(code, names, segments, tiers),
        **_performance(code),
        **_rights(request, code),
    )


def _sentence(code: PromoCode, names: Mapping[str, str], segments: Mapping[str, str], tiers: Mapping[str, str]) -> str:
    owner = str(code.customer) if code.customer else ""
    facts = terms_facts(code.terms, names, max_uses=code.max_uses, segments=segments, tiers=tiers, customer_name=owner)
    return summary(facts)


def _performance(code: Any) -> dict[str, Any]:
    today = timezone.localdate()
    first = max(timezone.localtime(code.terms.starts_at).date(), date(2000, 1, 1))
    last = min(today, timezone.localtime(code.terms.ends_at).date())
    days = uses_by_day(code.pk, first if first <= last else last - timedelta(days=6), last)
    labels = [date_format(day, "j E") for day, _count in days]
    return {
        "funnel": code_funnel(code.pk),
        "refusals": [(_refusal(reason), count) for reason, count in refusals(code.pk)],
        "days": [(day, count) for day, count in days if count],
        "chart": chart_data(labels, [(_("Uses"), [count for _day, count in days])]) if any(c for _d, c in days) else "",
        "uses": _uses(code),
    }


def _uses(code: PromoCode) -> list[dict[str, Any]]:
    rows: QuerySet[Redemption] = code.redemptions.select_related("customer").order_by("-redeemed_at", "-pk")
    shown = list(rows[:USES_SHOWN])
    links = ports.order_links({row.order_ref for row in shown})
    return [{"use": row, "order": links.get(row.order_ref)} for row in shown]


def _rights(request: HttpRequest, code: Any) -> dict[str, bool]:
    may_switch = request.user.has_perm("promocodes.activate_promocode")
    return {
        "may_activate": may_switch and code.is_on is not True,
        "may_deactivate": may_switch and code.is_on is not False,
        "may_edit": request.user.has_perm("promocodes.change_promocode"),
        "may_add": request.user.has_perm("promocodes.add_promocode"),
    }


def _state_reason(code: Any) -> str:
    """Why the code is in its state, and what to do where something can be done."""
    terms = code.terms
    return {
        State.DRAFT: _("Customers cannot use it until it is activated."),
        State.DEACTIVATED: _("Somebody turned it off. Customers are told that there is no such code."),
        State.SCHEDULED: explain(Reason.NOT_STARTED, available_from=terms.starts_at),
        State.EXPIRED: explain(Reason.EXPIRED, ended_at=terms.ends_at),
        State.EXHAUSTED: explain(Reason.EXHAUSTED),
        State.ACTIVE: _("Customers can use it now."),
    }[State(code.state)]


def _refusal(reason: str) -> str:
    return explain(Reason(reason)) if reason in set(Reason) else reason
