"""Who brought whom: the list, and the page of one referral with its terms and rewards."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from loyalty_site.kernel.backoffice import ReadOnlyAdmin, page, staff_page
from loyalty_site.kernel.texts import moment_text
from referrals.admin import customer
from referrals.admin.filters import AmbassadorFilter, PeriodFilter, ReferrerFilter, StateFilter
from referrals.admin.ports import order_links
from referrals.admin.rows import reward_row, rewards_of, with_status
from referrals.admin.search import referrals_like
from referrals.admin.words import customer_link, order_text, state_badge, terms_of
from referrals.models import Referral


@admin.register(Referral)
class ReferralAdmin(ReadOnlyAdmin):
    """A fact of the registration; the database refuses its change."""

    list_display = ["registered", "newcomer_link", "referrer_link", "via_shown", "state", "first_order"]
    list_display_links = None
    list_filter = [StateFilter, ("via", ChoicesDropdownFilter), PeriodFilter, AmbassadorFilter, ReferrerFilter]
    search_fields = ["code"]
    search_help_text = gettext_lazy("Last name, e-mail or phone of either, code, number of an order or a customer")
    ordering = ["-registered_at", "-pk"]
    sortable_by = ()
    counted = ngettext_lazy("%(n)s referral", "%(n)s referrals", "n")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request).select_related("newcomer", "referrer", "ambassador")
        return with_status(rows)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        typed = search_term.strip()
        return (queryset.filter(referrals_like(typed)) if typed else queryset), False

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("<int:referral_id>/change/", show, name="referrals_referral_page"),
            path("of/<int:customer_id>/stop/", customer.stop, name="referrals_customer_stop"),
            path("of/<int:customer_id>/resume/", customer.resume, name="referrals_customer_resume"),
        ]
        return own + super().get_urls()

    @admin.display(description=gettext_lazy("registered"))
    def registered(self, obj: Referral) -> SafeString:
        return format_html('<a class="bo-nowrap" href="{}/change/">{}</a>', obj.pk, moment_text(obj.registered_at))

    @admin.display(description=gettext_lazy("newcomer"))
    def newcomer_link(self, obj: Referral) -> SafeString:
        return customer_link(obj.newcomer)

    @admin.display(description=gettext_lazy("brought by"))
    def referrer_link(self, obj: Referral) -> SafeString:
        if obj.ambassador is None:
            return customer_link(obj.referrer)
        address = reverse("admin:referrals_ambassador_page", args=[obj.ambassador.pk])
        return format_html('<a href="{}">{}</a>', address, obj.ambassador)

    @admin.display(description=gettext_lazy("channel"))
    def via_shown(self, obj: Referral) -> str:
        return obj.get_via_display()

    @admin.display(description=gettext_lazy("state"))
    def state(self, obj: Any) -> SafeString:
        return state_badge(obj, obj.status)

    @admin.display(description=gettext_lazy("first order"))
    def first_order(self, obj: Referral) -> str:
        """Its number; the order itself is a step further, on the referral's page."""
        return order_text(obj.first_order_ref)


@staff_page("referrals.view_referral")
def show(request: HttpRequest, referral_id: int) -> HttpResponse:
    rows = with_status(Referral.objects.select_related("newcomer", "referrer", "ambassador", "visit", "review"))
    referral: Any = get_object_or_404(rows, pk=referral_id)
    rewards = rewards_of([referral.pk]).get(referral.pk, [])
    links = order_links([referral.first_order_ref, *(reward.order_ref for reward in rewards)])
    return page(
        request,
        "referrals/admin/referral.html",
        title=_("Referral No. %(number)s") % {"number": referral.pk},
        opts=Referral._meta,
        referral=referral,
        badge=state_badge(referral, referral.status),
        terms=terms_of(referral),
        order=links.get(referral.first_order_ref),
        rewards=[reward_row(reward, links) for reward in rewards],
        review=getattr(referral, "review", None),
    )
