"""Columns of the list of customers that are made for one page, so that names are asked for once for all its rows."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.utils.functional import SimpleLazyObject
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import tiers.queries
from customers.models import Customer
from customers.queries import rfm_names
from loyalty_site.kernel.texts import day_text


def tier_column() -> Callable[[Customer], str | SafeString]:
    choices: Any = SimpleLazyObject(tiers.queries.tier_choices)

    @admin.display(description=gettext_lazy("tier"))
    def tier(obj: Customer) -> str | SafeString:
        standing = getattr(obj, "tier_standing", None)
        if standing is None:
            return choices[0][1] if choices else "—"
        if standing.lapses_at is None:
            return str(standing.tier.shown_name)
        until = _("goes down %(day)s") % {"day": day_text(standing.lapses_at)}
        return format_html('{} <span class="bo-badge bo-badge--warn">{}</span>', standing.tier.shown_name, until)

    return tier


def rfm_column() -> Callable[[Customer], str | SafeString]:
    names: Any = SimpleLazyObject(rfm_names)

    @admin.display(description=gettext_lazy("RFM segment"))
    def rfm(obj: Customer) -> str | SafeString:
        row = getattr(obj, "rfm", None)
        if row is None:
            return ""
        scores = f"{row.r}{row.f}{row.m}"
        return format_html('{} <span class="bo-small bo-subtle">{}</span>', names.get(row.segment, row.segment), scores)

    return rfm
