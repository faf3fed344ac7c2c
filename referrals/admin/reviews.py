"""Referrals under review: the list of those that wait and of those that were decided (R-5)."""

from typing import Any

from django.contrib import admin
from django.db.models import Case, F, IntegerField, QuerySet, Value, When
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from unfold.contrib.filters.admin import DropdownFilter

from loyalty_site.kernel.backoffice import ReadOnlyAdmin
from loyalty_site.kernel.texts import moment_text
from referrals.admin import review_page
from referrals.admin.review_words import REASON_CHOICES, reason_sentences, status_badge
from referrals.admin.rows import rewards_of
from referrals.admin.search import referrals_like
from referrals.admin.words import customer_link, reward_text
from referrals.models import Referral, Review


class DecisionFilter(DropdownFilter):
    title = gettext_lazy("decision")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Review.Status.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        state = self.value()
        return queryset.filter(status=state) if state in Review.Status.values else queryset


class ReasonFilter(DropdownFilter):
    """By what speaks against a referral."""

    title = gettext_lazy("reason")
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(name, label) for name, (label, _keys) in REASON_CHOICES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = REASON_CHOICES.get(str(self.value()))
        if chosen is None:
            return queryset
        found = Review.objects.none()
        for key in chosen[1]:
            found |= Review.objects.filter(reasons__contains=[{"key": key}])
        return queryset.filter(pk__in=found.values("pk"))


@admin.register(Review)
class ReviewAdmin(ReadOnlyAdmin):
    list_display = ["number", "risk", "state", "newcomer", "referrer", "what_waits", "why", "age"]
    list_display_links = None
    list_filter = [DecisionFilter, ReasonFilter]
    search_fields = ["referral__code"]
    search_help_text = gettext_lazy("Last name, e-mail or phone of either, code, number of an order or a customer")
    sortable_by = ()
    ordering = [
        Case(When(status="waiting", then=Value(0)), default=Value(1), output_field=IntegerField()),
        F("opened_at").desc(),
        "-pk",
    ]
    counted = ngettext_lazy("%(n)s review", "%(n)s reviews", "n")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        people = ("referral__newcomer", "referral__referrer", "referral__ambassador")
        return super().get_queryset(request).select_related(*people)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        typed = search_term.strip()
        if not typed:
            return queryset, False
        found = Referral.objects.filter(referrals_like(typed)).order_by("-pk").values_list("pk", flat=True)[:1000]
        return queryset.filter(referral__in=list(found)), False

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("<int:review_id>/change/", review_page.show, name="referrals_review_page"),
            path("<int:review_id>/approve/", review_page.approve, name="referrals_review_approve"),
            path("<int:review_id>/reject/", review_page.reject, name="referrals_review_reject"),
            path("<int:review_id>/stop/", review_page.stop, name="referrals_review_stop"),
        ]
        return own + super().get_urls()

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """With the rewards of the page's rows, asked for together."""
        changelist = super().get_changelist_instance(request)
        rewards = rewards_of(row.referral_id for row in changelist.result_list)
        for row in changelist.result_list:
            row.rewards = rewards.get(row.referral_id, [])
        return changelist

    @admin.display(description=gettext_lazy("referral"))
    def number(self, obj: Review) -> SafeString:
        return format_html('<a class="bo-row-link bo-nowrap" href="{}/change/">№ {}</a>', obj.pk, obj.referral_id)

    @admin.display(description=gettext_lazy("risk"))
    def risk(self, obj: Review) -> int:
        return obj.score

    @admin.display(description=gettext_lazy("decision"))
    def state(self, obj: Review) -> SafeString:
        return status_badge(obj)

    @admin.display(description=gettext_lazy("newcomer"))
    def newcomer(self, obj: Review) -> SafeString:
        return customer_link(obj.referral.newcomer)

    @admin.display(description=gettext_lazy("brought by"))
    def referrer(self, obj: Review) -> SafeString | str:
        return customer_link(obj.referral.referrer) if obj.referral.referrer else str(obj.referral.ambassador)

    @admin.display(description=gettext_lazy("held"))
    def what_waits(self, obj: Any) -> str:
        held = [reward_text(one.kind, one.amount) for one in obj.rewards if one.status in ("held", "pending")]
        return ", ".join(held) or "—"

    @admin.display(description=gettext_lazy("why"))
    def why(self, obj: Review) -> SafeString:
        """The heaviest two; the rest is on the page."""
        shown = [(sentence,) for _score, sentence in reason_sentences(obj)[:2]]
        return format_html_join("", "<div>{}</div>", shown)

    @admin.display(description=gettext_lazy("waits for"))
    def age(self, obj: Review) -> str:
        if obj.decided_at is not None:
            return _("decided %(moment)s") % {"moment": moment_text(obj.decided_at)}
        if obj.status != Review.Status.WAITING:
            return "—"
        return timesince(obj.opened_at, timezone.now(), depth=1)
