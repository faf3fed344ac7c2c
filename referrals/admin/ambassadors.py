"""Ambassadors and partners: the list and the editor (R-6)."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from loyalty_site.kernel.backoffice import ShopAdmin, attempt_form, page, staff_page
from loyalty_site.kernel.badges import badge
from loyalty_site.kernel.texts import number_text
from promocodes.rules import readings
from referrals import services
from referrals.admin import ambassador_page, statement_files
from referrals.admin.ambassador_form import AmbassadorForm, initial_of
from referrals.admin.filters import AccountFilter
from referrals.admin.words import earnings_text, rate_text
from referrals.models import Ambassador
from referrals.queries import ambassador_totals


@admin.register(Ambassador)
class AmbassadorAdmin(ShopAdmin):
    list_display = ["who", "code", "account", "earns", "friends", "ordered", "earned", "state"]
    list_display_links = None
    list_filter = ["is_active", AccountFilter, "paid_in"]
    search_fields = ["name"]
    search_help_text = gettext_lazy("Name, code, e-mail or last name of the customer")
    ordering = ["-pk"]
    sortable_by = ()
    counted = ngettext_lazy("%(n)s ambassador", "%(n)s ambassadors", "n")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("customer")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        typed = search_term.strip()
        if not typed:
            return queryset, False
        found = Q(name__icontains=typed) | Q(email__icontains=typed) | Q(code__in=readings(typed))
        found |= Q(customer__email__icontains=typed) | Q(customer__last_name__icontains=typed)
        return queryset.filter(found), False

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("<int:ambassador_id>/change/", ambassador_page.show, name="referrals_ambassador_page"),
            path("<int:ambassador_id>/edit/", edit, name="referrals_ambassador_edit"),
            path("<int:ambassador_id>/qr.svg", ambassador_page.qr_svg, name="referrals_ambassador_qr_svg"),
            path("<int:ambassador_id>/qr.png", ambassador_page.qr_png, name="referrals_ambassador_qr_png"),
            path("<int:ambassador_id>/statement.csv", statement_files.as_csv, name="referrals_ambassador_csv"),
            path("<int:ambassador_id>/statement.xlsx", statement_files.as_xlsx, name="referrals_ambassador_xlsx"),
        ]
        return own + super().get_urls()

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return create(request)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """With the totals of the page's rows, asked for together."""
        changelist = super().get_changelist_instance(request)
        totals = ambassador_totals(row.pk for row in changelist.result_list)
        for row in changelist.result_list:
            row.totals = totals[row.pk]
        return changelist

    @admin.display(description=gettext_lazy("name"))
    def who(self, obj: Ambassador) -> SafeString:
        return format_html('<a class="bo-row-link" href="{}/change/">{}</a>', obj.pk, obj.name)

    @admin.display(description=gettext_lazy("customer"))
    def account(self, obj: Ambassador) -> str | SafeString:
        if obj.customer_id is None:
            return _("partner")
        address = reverse("admin:customers_customer_change", args=[obj.customer_id])
        return format_html('<a href="{}">{}</a>', address, obj.customer)

    @admin.display(description=gettext_lazy("earns"))
    def earns(self, obj: Ambassador) -> str:
        return rate_text(obj)

    @admin.display(description=gettext_lazy("friends"))
    def friends(self, obj: Any) -> str:
        return number_text(obj.totals.registered)

    @admin.display(description=gettext_lazy("with orders"))
    def ordered(self, obj: Any) -> str:
        return number_text(obj.totals.ordered)

    @admin.display(description=gettext_lazy("earned"))
    def earned(self, obj: Any) -> str:
        return earnings_text(obj.totals.earnings, "kept")

    @admin.display(description=gettext_lazy("state"))
    def state(self, obj: Ambassador) -> SafeString:
        return badge("good", _("active")) if obj.is_active else badge("mute", _("not active"))


@staff_page("referrals.add_ambassador")
def create(request: HttpRequest) -> HttpResponse:
    return _editor(request, None)


@staff_page("referrals.change_ambassador")
def edit(request: HttpRequest, ambassador_id: int) -> HttpResponse:
    rows = Ambassador.objects.select_related("customer")
    return _editor(request, get_object_or_404(rows, pk=ambassador_id))


def _editor(request: HttpRequest, ambassador: Ambassador | None) -> HttpResponse:
    form = AmbassadorForm(
        request.POST if request.method == "POST" else None, initial=initial_of(ambassador) if ambassador else None
    )
    if request.method == "POST" and form.is_valid():
        by: Any = request.user
        key, now = ambassador.pk if ambassador else None, timezone.now()
        work = lambda: services.put_ambassador(ambassador_id=key, values=form.terms(), by=by, now=now)  # noqa: E731
        saved = attempt_form(form, work)
        if saved is not None:
            messages.success(request, _("Saved: %(name)s.") % {"name": saved})
            return redirect("admin:referrals_ambassador_page", saved.pk)
    return page(
        request,
        "referrals/admin/ambassador_edit.html",
        title=_("Terms of %(name)s") % {"name": ambassador} if ambassador else _("New ambassador"),
        status=422 if form.errors else 200,
        opts=Ambassador._meta,
        form=form,
        original=ambassador,
        may_write=True,
    )
