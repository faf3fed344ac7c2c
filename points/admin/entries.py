"""The whole ledger, to be looked at: every entry of every customer, found by customer, order or fact (PT-1)."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter

from customers.models import Customer
from customers.rules import normalised_phone
from loyalty_site.kernel.backoffice import ReadOnlyAdmin
from loyalty_site.kernel.texts import moment_text, signed_text
from points.admin import words
from points.admin.ports import order_links
from points.models import Entry

# More customers of one name than anybody leafs through.
CUSTOMERS_FOUND = 200


class PostedFilter(DropdownFilter):
    """Months reach by the BRIN index on `posted_at`."""

    title = _("period")
    parameter_name = "posted"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("today", _("today")),
            ("7", _("last 7 days")),
            ("30", _("last 30 days")),
            ("month", _("this month")),
            ("last_month", _("last month")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        first, end = _period(str(self.value() or ""))
        if first:
            queryset = queryset.filter(posted_at__gte=first)
        return queryset.filter(posted_at__lt=end) if end else queryset


class AccountFilter(DropdownFilter):
    """Reached from the customer's page; offers no choice by itself."""

    title = _("customer")
    parameter_name = "of"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        chosen = request.GET.get("of", "")
        found = Customer.objects.filter(pk=chosen).first() if _is_key(chosen) else None
        return [(chosen, str(found))] if found else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(account_id=self.value()) if _is_key(str(self.value() or "")) else queryset


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    list_display_links = None
    list_filter = [("kind", ChoicesDropdownFilter), PostedFilter, AccountFilter]
    search_fields = ["fact"]
    search_help_text = _("Customer, order or fact: e-mail, phone, last name, number, earn:order:1042")
    ordering = ["-pk"]
    sortable_by = ()
    counted = ngettext_lazy("%(n)s entry", "%(n)s entries", "n")
    change_form_template = "points/admin/entry.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("account__customer", "lot", "author")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        typed = search_term.strip()
        return (queryset.filter(_search(typed)) if typed else queryset), False

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return ["posted", "who", "kind_shown", "points", "lot_shown", "why", "order_shown", "by"]

    @admin.display(description=_("posted"))
    def posted(self, obj: Entry) -> SafeString:
        return format_html(
            '<a class="bo-nowrap" href="{}">{}</a>', reverse("admin:points_entry_change", args=[obj.pk]), _when(obj)
        )

    @admin.display(description=_("customer"))
    def who(self, obj: Entry) -> SafeString:
        address = reverse("admin:customers_customer_change", args=[obj.account_id]) + "#points"
        return format_html('<a href="{}">{}</a>', address, obj.account.customer)

    @admin.display(description=_("kind"))
    def kind_shown(self, obj: Entry) -> SafeString:
        return words.kind_badge(obj)

    @admin.display(description=_("points"))
    def points(self, obj: Entry) -> SafeString:
        return format_html('<span class="bo-nowrap">{}</span>', signed_text(obj.amount))

    @admin.display(description=_("lot"))
    def lot_shown(self, obj: Entry) -> str:
        return str(obj.lot.get_kind_display()) if obj.lot else str(_("debt"))

    @admin.display(description=_("reason"))
    def why(self, obj: Entry) -> str:
        return obj.reason or "—"

    @admin.display(description=_("order"))
    def order_shown(self, obj: Entry) -> str:
        """Its number; the order itself is a step further, on the entry's page."""
        return f"№\N{NO-BREAK SPACE}{obj.order_ref.removeprefix('order:')}" if obj.order_ref else "—"

    @admin.display(description=_("author"))
    def by(self, obj: Entry) -> str:
        return words.author(obj)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        entry = context["original"]
        told = {
            "title": gettext("Entry No. %(number)s") % {"number": entry.pk},
            "entry": entry,
            "badge": words.kind_badge(entry),
            "author": words.author(entry),
            "order": order_links([entry.order_ref]).get(entry.order_ref),
            "undone": Entry.objects.filter(pk=entry.reverses_id).first(),
            "undoing": Entry.objects.filter(reverses_id=entry.pk).order_by("pk"),
        }
        return super().render_change_form(request, {**context, **told}, *args, **kwargs)


def _when(entry: Entry) -> str:
    return moment_text(entry.posted_at)


def _search(typed: str) -> Q:
    """Each part is answered by an index: the order's, the fact's, the account's."""
    number = typed.lstrip("№#").strip()
    if ":" in typed:
        return Q(fact=typed) | Q(order_ref=typed) | Q(fact__startswith=typed)
    if _is_key(number):
        return Q(order_ref=f"order:{number}") | Q(account_id=int(number))
    return Q(account_id__in=customers_named(typed))


def customers_named(typed: str) -> list[int]:
    """Keys of customers, not a join: what is theirs is then looked up by its index."""
    number = typed.lstrip("№#").strip()
    if _is_key(number):
        return [int(number)]
    found = Customer.objects.filter(_named(typed)).order_by("-pk").values_list("pk", flat=True)
    return list(found[:CUSTOMERS_FOUND])


def _named(typed: str) -> Q:
    found = Q(email__icontains=typed) | Q(external_id=typed)
    for word in typed.split()[:3]:
        found |= Q(last_name__icontains=word)
    with suppress(ValueError):
        found |= Q(phone=normalised_phone(typed, settings.PHONENUMBER_DEFAULT_REGION))
    return found


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def _period(chosen: str) -> tuple[datetime | None, datetime | None]:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    this_month = midnight.replace(day=1)
    periods: dict[str, tuple[datetime | None, datetime | None]] = {
        "today": (midnight, None),
        "7": (midnight - timedelta(days=6), None),
        "30": (midnight - timedelta(days=29), None),
        "month": (this_month, None),
        "last_month": ((this_month - timedelta(days=1)).replace(day=1), this_month),
    }
    return periods.get(chosen, (None, None))
