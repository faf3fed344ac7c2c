"""The list of promo codes and the addresses of their pages."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from loyalty_site.kernel.backoffice import ShopAdmin
from loyalty_site.kernel.badges import badge
from loyalty_site.kernel.texts import number_text
from promocodes.admin import bulk, code_page, editor, qr, switching
from promocodes.admin.filters import (
    AudienceFilter,
    BatchFilter,
    CampaignFilter,
    CreatorFilter,
    OwnerFilter,
    PeriodFilter,
    StateFilter,
    TypeFilter,
)
from promocodes.admin.ports import lazy_category_names
from promocodes.admin.words import terms_facts
from promocodes.models import PromoCode
from promocodes.queries import with_state
from promocodes.queries.listing import codes_like
from promocodes.rules import State
from promocodes.rules.summary import gift_text, period_text


@admin.register(PromoCode)
class PromoCodeAdmin(ShopAdmin):
    """PC-1 … PC-3: created by one right, activated by another, deleted by nobody."""

    list_display_links = None
    list_filter = [
        StateFilter,
        TypeFilter,
        AudienceFilter,
        CampaignFilter,
        PeriodFilter,
        CreatorFilter,
        BatchFilter,
        OwnerFilter,
    ]
    search_fields = ["code"]
    search_help_text = _("Code or its beginning, in any spelling")
    ordering = ["-pk"]
    sortable_by = ()
    actions = [bulk.activate_selected, bulk.deactivate_selected]
    counted = ngettext_lazy("%(n)s promo code", "%(n)s promo codes", "n")
    show_add_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[PromoCode]:
        codes = super().get_queryset(request).select_related("terms__campaign", "terms__created_by", "terms__batch")
        return with_state(codes, now=timezone.now())

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return (codes_like(queryset, search_term) if search_term.strip() else queryset), False

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("summary/", editor.summary_fragment, name="promocodes_promocode_summary"),
            path("<int:code_id>/change/", code_page.show, name="promocodes_promocode_page"),
            path("<int:code_id>/edit/", editor.edit, name="promocodes_promocode_edit"),
            path("<int:code_id>/activate/", switching.activate, name="promocodes_promocode_activate"),
            path("<int:code_id>/deactivate/", switching.deactivate, name="promocodes_promocode_deactivate"),
            path("<int:code_id>/qr.svg", qr.as_svg, name="promocodes_promocode_qr_svg"),
            path("<int:code_id>/qr.png", qr.as_png, name="promocodes_promocode_qr_png"),
        ]
        return own + super().get_urls()

    def has_activate_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("promocodes.activate_promocode"))

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return editor.create(request)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return ["code_link", "state_badge", _gift_column(), "period", "used", "campaign", "creator"]

    @admin.display(description=_("code"))
    def code_link(self, obj: PromoCode) -> SafeString:
        return format_html('<a class="bo-code-link" href="{}/change/">{}</a>', obj.pk, obj.code)

    @admin.display(description=_("state"))
    def state_badge(self, obj: Any) -> SafeString:
        return badge(obj.state, State(obj.state).label)

    @admin.display(description=_("period"))
    def period(self, obj: PromoCode) -> str:
        return period_text(obj.terms.starts_at, obj.terms.ends_at)

    @admin.display(description=_("uses"))
    def used(self, obj: PromoCode) -> str:
        if obj.max_uses is None:
            return number_text(obj.uses)
        return _("%(uses)s of %(limit)s") % {"uses": number_text(obj.uses), "limit": number_text(obj.max_uses)}

    @admin.display(description=_("campaign"), empty_value="—")
    def campaign(self, obj: PromoCode) -> str | None:
        return obj.terms.campaign.name if obj.terms.campaign else None

    @admin.display(description=_("creator"), empty_value="—")
    def creator(self, obj: PromoCode) -> str | None:
        return str(obj.terms.created_by) if obj.terms.created_by else None


def _gift_column() -> Callable[[PromoCode], str]:
    """A column made for one page, so that the categories' names are read once for all its rows."""
    names = lazy_category_names()

    @admin.display(description=_("gives"))
    def gift(obj: PromoCode) -> str:
        text = gift_text(terms_facts(obj.terms, names))
        return text[:1].upper() + text[1:]

    return gift
