"""Rewards: what is due to whom for whom, what was paid, what was not and how (R-3, R-4)."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from loyalty_site.kernel.backoffice import ReadOnlyAdmin
from loyalty_site.kernel.keys import key_of
from loyalty_site.kernel.texts import day_text
from referrals.admin.filters import AmbassadorFilter, EarnedPeriodFilter, PayeeFilter, RewardStateFilter
from referrals.admin.search import rewards_like
from referrals.admin.words import customer_link, order_text, reward_badge, reward_text
from referrals.models import Reward


@admin.register(Reward)
class RewardAdmin(ReadOnlyAdmin):
    list_display = ["earned", "payee_link", "newcomer", "what", "state", "due", "order_shown"]
    list_display_links = None
    list_filter = [
        RewardStateFilter,
        ("role", ChoicesDropdownFilter),
        ("kind", ChoicesDropdownFilter),
        ("referral__via", ChoicesDropdownFilter),
        EarnedPeriodFilter,
        AmbassadorFilter,
        PayeeFilter,
    ]
    search_fields = ["order_ref"]
    search_help_text = _("Last name, e-mail or phone of either, code, number of an order or a customer")
    ordering = ["-qualified_at", "-pk"]
    sortable_by = ()
    counted = ngettext_lazy("%(n)s reward", "%(n)s rewards", "n")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("payee", "ambassador", "referral__newcomer")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        typed = search_term.strip()
        return (queryset.filter(rewards_like(typed)) if typed else queryset), False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """A reward is read with the referral it belongs to."""
        if key_of(object_id) is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        reward = get_object_or_404(Reward, pk=object_id)
        return redirect("admin:referrals_referral_page", reward.referral_id)

    @admin.display(description=_("earned"))
    def earned(self, obj: Reward) -> SafeString:
        address = reverse("admin:referrals_referral_page", args=[obj.referral_id])
        return format_html('<a class="bo-nowrap" href="{}">{}</a>', address, day_text(obj.qualified_at))

    @admin.display(description=_("who gets it"))
    def payee_link(self, obj: Reward) -> SafeString | str:
        if obj.payee is None:
            return str(obj.ambassador)
        return customer_link(obj.payee)

    @admin.display(description=_("newcomer"))
    def newcomer(self, obj: Reward) -> SafeString:
        return customer_link(obj.referral.newcomer)

    @admin.display(description=_("reward"))
    def what(self, obj: Reward) -> SafeString:
        return format_html('<span class="bo-nowrap">{}</span>', reward_text(obj.kind, obj.amount))

    @admin.display(description=_("state"))
    def state(self, obj: Reward) -> SafeString:
        return reward_badge(obj)

    @admin.display(description=_("paid or due"))
    def due(self, obj: Reward) -> SafeString | str:
        """What was refused or cancelled will be paid on no day."""
        is_expected = obj.status in (Reward.Status.PENDING, Reward.Status.HELD)
        day = obj.paid_at or (obj.due_at if is_expected else None)
        return format_html('<span class="bo-nowrap">{}</span>', day_text(day)) if day else "—"

    @admin.display(description=_("order"))
    def order_shown(self, obj: Reward) -> str:
        return order_text(obj.order_ref)
