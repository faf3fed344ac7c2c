"""All messages, to be looked at: found by customer, kind and state (N-4)."""

from contextlib import suppress
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy
from unfold.contrib.filters.admin import DropdownFilter

from customers.models import Customer
from customers.rules import normalised_phone
from loyalty_site.kernel.backoffice import ReadOnlyAdmin
from loyalty_site.kernel.texts import moment_text
from notifications.admin import words
from notifications.admin.letter import preview, resend, show
from notifications.models import OutboxMessage
from notifications.queries import in_state

# More customers of one name than anybody leafs through.
CUSTOMERS_FOUND = 200


class StateFilter(DropdownFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(state), text) for state, (text, _colour) in words.STATES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(in_state(str(self.value() or ""), now=timezone.now()))


class KindFilter(DropdownFilter):
    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(words.KINDS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() in words.KINDS else queryset


class CustomerFilter(DropdownFilter):
    """Reached from the customer's page; offers no choice by itself."""

    title = _("customer")
    parameter_name = "of"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        chosen = request.GET.get("of", "")
        found = Customer.objects.filter(pk=chosen).first() if _is_key(chosen) else None
        return [(chosen, str(found))] if found else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(customer=self.value()) if _is_key(str(self.value() or "")) else queryset


@admin.register(OutboxMessage)
class MessageAdmin(ReadOnlyAdmin):
    list_display = ["number", "kind_shown", "who", "state", "why", "created", "ended"]
    list_display_links = None
    list_filter = [StateFilter, KindFilter, CustomerFilter]
    search_fields = ["key"]
    search_help_text = _("Customer: e-mail, phone, last name")
    ordering = ["-pk"]
    sortable_by = ()
    counted = ngettext_lazy("%(n)s message", "%(n)s messages", "n")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("customer")

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("<int:message_id>/change/", show, name="notifications_outboxmessage_page"),
            path("<int:message_id>/letter/", preview, name="notifications_outboxmessage_letter"),
            path("<int:message_id>/resend/", resend, name="notifications_outboxmessage_resend"),
        ]
        return own + super().get_urls()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        typed = search_term.strip()
        return (queryset.filter(_search(typed)) if typed else queryset), False

    @admin.display(description=_("message"))
    def number(self, obj: OutboxMessage) -> SafeString:
        address = reverse("admin:notifications_outboxmessage_page", args=[obj.pk])
        return format_html('<a class="bo-row-link bo-nowrap" href="{}">№ {}</a>', address, obj.pk)

    @admin.display(description=_("kind"))
    def kind_shown(self, obj: OutboxMessage) -> str:
        return words.kind_name(obj.kind)

    @admin.display(description=_("customer"))
    def who(self, obj: OutboxMessage) -> SafeString:
        address = reverse("admin:customers_customer_change", args=[obj.customer_id])
        return format_html('<a href="{}">{}</a>', address, obj.customer)

    @admin.display(description=_("state"))
    def state(self, obj: OutboxMessage) -> SafeString:
        return words.state_badge(obj, now=timezone.now())

    @admin.display(description=_("because"))
    def why(self, obj: OutboxMessage) -> str:
        return words.why(obj) or "—"

    @admin.display(description=pgettext_lazy("message", "created"))
    def created(self, obj: OutboxMessage) -> SafeString:
        return format_html('<span class="bo-nowrap">{}</span>', moment_text(obj.created_at))

    @admin.display(description=_("sent"))
    def ended(self, obj: OutboxMessage) -> SafeString | str:
        return format_html('<span class="bo-nowrap">{}</span>', moment_text(obj.sent_at)) if obj.sent_at else "—"


def _search(typed: str) -> Q:
    """By an array of keys rather than a join: messages are looked up by the customer's index."""
    if ":" in typed:
        return Q(key=typed)
    found = Q(email__icontains=typed) | Q(external_id=typed)
    for word in typed.split()[:3]:
        found |= Q(last_name__icontains=word)
    with suppress(ValueError):
        found |= Q(phone=normalised_phone(typed, settings.PHONENUMBER_DEFAULT_REGION))
    keys = Customer.objects.filter(found).order_by("-pk").values_list("pk", flat=True)
    return Q(customer__in=list(keys[:CUSTOMERS_FOUND]))


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
