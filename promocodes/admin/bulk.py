"""Turning many chosen codes on or off: first a page that counts what will change and what will not, and why."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from loyalty_site.kernel.backoffice import page
from loyalty_site.kernel.errors import DomainError
from loyalty_site.kernel.texts import number_text
from loyalty_site.kernel.transactions import in_transaction
from promocodes import services
from promocodes.models import PromoCode
from promocodes.rules import State, state_of

MOST_AT_ONCE = 1_000


@dataclass(frozen=True)
class Plan:
    """`codes` will change; `kept` counts, by the sentence why, those that will not."""

    codes: tuple[str, ...]
    kept: dict[str, int]


@admin.action(description=gettext_lazy("Activate…"), permissions=["activate"])
def activate_selected(model_admin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
    return _switch_selected(request, queryset, on=True)


@admin.action(description=gettext_lazy("Deactivate…"), permissions=["activate"])
def deactivate_selected(model_admin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
    return _switch_selected(request, queryset, on=False)


def plan(codes: Sequence[Any], *, on: bool, now: datetime) -> Plan:
    """What switching would do to codes that carry their `state`, by the rules of the services (PC-2)."""
    changing, kept = [], Counter[str]()
    for code in codes:
        sentence = _why_not_on(code, now) if on else _why_not_off(code)
        if sentence:
            kept[sentence] += 1
        else:
            changing.append(code.code)
    return Plan(tuple(changing), dict(kept))


def _why_not_on(code: Any, now: datetime) -> str:
    state = state_of(
        switch=True,
        starts_at=code.terms.starts_at,
        ends_at=code.terms.ends_at,
        uses=code.uses,
        max_uses=code.max_uses,
        now=now,
    )
    if state is State.EXPIRED:
        return _("the period is over")
    if state is State.EXHAUSTED:
        return _("all uses have been taken")
    return "" if code.state in (State.DRAFT, State.DEACTIVATED) else _("already activated")


def _why_not_off(code: Any) -> str:
    return _("already deactivated") if code.state == State.DEACTIVATED else ""


def _switch_selected(request: HttpRequest, queryset: QuerySet[Any], *, on: bool) -> HttpResponse | None:
    codes = list(queryset.order_by("pk")[: MOST_AT_ONCE + 1])
    if len(codes) > MOST_AT_ONCE:
        limit = number_text(MOST_AT_ONCE)
        messages.error(request, _("Choose up to %(limit)s codes; a batch is switched as a whole.") % {"limit": limit})
        return None
    planned = plan(codes, on=on, now=timezone.now())
    if "confirmed" in request.POST:
        _carry_out(request, planned, on=on)
        return None
    return page(
        request,
        "promocodes/admin/bulk.html",
        title=_("Activate promo codes") if on else _("Deactivate promo codes"),
        opts=PromoCode._meta,
        plan=planned,
        on=on,
        action="activate_selected" if on else "deactivate_selected",
        chosen=[code.pk for code in codes],
        checkbox=ACTION_CHECKBOX_NAME,
    )


def _carry_out(request: HttpRequest, planned: Plan, *, on: bool) -> None:
    """One transaction for each code: a refusal of one does not keep the others."""
    done, refused = 0, Counter[str]()
    service = services.activate_code if on else services.deactivate_code
    for code in planned.codes:
        try:
            in_transaction(lambda code=code: service(code=code, by=request.user, now=timezone.now()))  # type: ignore[misc]
            done += 1
        except DomainError as refusal:
            refused[str(refusal)] += 1
    messages.success(request, _done_text(done, on))
    for sentence, count in refused.items():
        messages.warning(request, f"{_left_text(count)}: {sentence}")


def _done_text(count: int, on: bool) -> str:
    if on:
        text = ngettext("%(count)s promo code activated.", "%(count)s promo codes activated.", count)
    else:
        text = ngettext("%(count)s promo code deactivated.", "%(count)s promo codes deactivated.", count)
    return text % {"count": number_text(count)}


def _left_text(count: int) -> str:
    text = ngettext("%(count)s promo code left as it was", "%(count)s promo codes left as they were", count)
    return text % {"count": number_text(count)}
