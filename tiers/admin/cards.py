"""Cards: the list, one card's page, and handing it over, taking it back, blocking it (T-4)."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from django.views.decorators.http import require_POST

from customers.models import Customer
from loyalty_site.kernel.backoffice import ShopAdmin, attempt, attempt_form, page, staff_page
from loyalty_site.kernel.badges import badge
from loyalty_site.kernel.texts import moment_text, percent_text
from tiers import services
from tiers.admin import card_import
from tiers.admin.filters import BlockedFilter, HolderFilter, KindFilter, PercentFilter
from tiers.admin.words import told
from tiers.models import Card
from tiers.queries.edits import Edit, edits
from tiers.rules.card_rows import card_number


class AttachForm(forms.Form):
    customer = forms.CharField(
        label=gettext_lazy("E-mail, phone or external id of the customer"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@admin.register(Card)
class CardAdmin(ShopAdmin):
    """Cards come from the till and from imports; nobody types one in by hand."""

    list_display = ["number_link", "kind", "percent_shown", "who", "state", "issued"]
    list_display_links = None
    list_filter = [KindFilter, BlockedFilter, HolderFilter, PercentFilter]
    search_fields = ["number"]
    search_help_text = gettext_lazy("Number or its beginning; e-mail or last name of the customer")
    ordering = ["-pk"]
    sortable_by = ()
    counted = ngettext_lazy("%(n)s card", "%(n)s cards", "n")
    list_before_template = "tiers/admin/cards_above.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("customer")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        typed = search_term.strip()
        if not typed:
            return queryset, False
        found = Q(customer__email__icontains=typed) | Q(customer__last_name__icontains=typed)
        if number := card_number(typed):
            found |= Q(number__startswith=number)
        return queryset.filter(found), False

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("import/", card_import.show, name="tiers_card_import"),
            path("<int:card_id>/change/", show, name="tiers_card_page"),
            path("<int:card_id>/attach/", attach, name="tiers_card_attach"),
            path("<int:card_id>/detach/", detach, name="tiers_card_detach"),
            path("<int:card_id>/block/", block, name="tiers_card_block"),
            path("<int:card_id>/unblock/", unblock, name="tiers_card_unblock"),
        ]
        return own + super().get_urls()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=gettext_lazy("number"))
    def number_link(self, obj: Card) -> SafeString:
        return format_html('<a class="bo-code-link" href="{}/change/">{}</a>', obj.pk, obj.number)

    @admin.display(description=gettext_lazy("discount"))
    def percent_shown(self, obj: Card) -> str:
        return percent_text(obj.percent) if obj.percent else "—"

    @admin.display(description=gettext_lazy("customer"))
    def who(self, obj: Card) -> SafeString | str:
        if obj.customer_id is None:
            return "—"
        return format_html('<a href="../../customers/customer/{}/change/">{}</a>', obj.customer_id, obj.customer)

    @admin.display(description=gettext_lazy("state"))
    def state(self, obj: Card) -> SafeString:
        return badge("bad", _("blocked")) if obj.blocked_at else badge("good", _("works"))

    @admin.display(description=gettext_lazy("issued"))
    def issued(self, obj: Card) -> str:
        return moment_text(obj.issued_at)


@staff_page("tiers.view_card")
def show(request: HttpRequest, card_id: int) -> HttpResponse:
    return _page(request, _card(card_id), AttachForm(label_suffix=""))


@staff_page("tiers.change_card")
@require_POST
def attach(request: HttpRequest, card_id: int) -> HttpResponse:
    card, form, by = _card(card_id), AttachForm(request.POST, label_suffix=""), _staff(request)
    if form.is_valid():
        typed = form.cleaned_data["customer"]
        done = attempt_form(
            form, lambda: services.attach_card(number=card.number, customer=typed, by=by, now=timezone.now())
        )
        if done:
            messages.success(request, _("The card is handed to %(customer)s.") % {"customer": done.customer})
            return redirect("admin:tiers_card_page", card_id)
    return _page(request, card, form, status=422)


@staff_page("tiers.change_card")
@require_POST
def detach(request: HttpRequest, card_id: int) -> HttpResponse:
    card, by = _card(card_id), _staff(request)
    if attempt(request, lambda: services.detach_card(number=card.number, by=by, now=timezone.now())):
        messages.success(request, _("The card has no customer now."))
    return redirect("admin:tiers_card_page", card_id)


@staff_page("tiers.change_card")
@require_POST
def block(request: HttpRequest, card_id: int) -> HttpResponse:
    card, by = _card(card_id), _staff(request)
    if attempt(request, lambda: services.block_card(number=card.number, by=by, now=timezone.now())):
        messages.success(request, _("The card is blocked: its percent no longer applies."))
    return redirect("admin:tiers_card_page", card_id)


@staff_page("tiers.change_card")
@require_POST
def unblock(request: HttpRequest, card_id: int) -> HttpResponse:
    card, by = _card(card_id), _staff(request)
    if attempt(request, lambda: services.unblock_card(number=card.number, by=by, now=timezone.now())):
        messages.success(request, _("The card works again."))
    return redirect("admin:tiers_card_page", card_id)


def _card(card_id: int) -> Card:
    return get_object_or_404(Card.objects.select_related("customer"), pk=card_id)


def _page(request: HttpRequest, card: Card, form: AttachForm, status: int = 200) -> HttpResponse:
    changes = edits("CardEvent", obj_id=card.pk)
    return page(
        request,
        "tiers/admin/card.html",
        title=_("Card %(number)s") % {"number": card.number},
        status=status,
        opts=Card._meta,
        card=card,
        form=form,
        may_change=request.user.has_perm("tiers.change_card"),
        is_virtual=card.kind == Card.Kind.VIRTUAL,
        changes=told(changes, _holders(changes)),
    )


def _holders(changes: list[Edit]) -> dict[tuple[str, Any], str]:
    """Names of everybody the card has belonged to."""
    held = (field for change in changes for field in change.fields if field.field == "customer")
    keys = {value for field in held for value in (field.before, field.after)} - {None}
    return {("customer", customer.pk): str(customer) for customer in Customer.objects.filter(pk__in=keys)}


def _staff(request: HttpRequest) -> Any:
    return request.user
