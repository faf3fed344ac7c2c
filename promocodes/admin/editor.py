"""Making and editing a code or a batch: the form, the summary beside it, the service behind it (PC-1, PC-2, PC-19)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from customers.queries import find_customer
from loyalty_site.kernel.backoffice import attempt_form, page, staff_page
from loyalty_site.kernel.keys import key_of
from promocodes import services
from promocodes.admin import advice
from promocodes.admin.forms import TYPES_IN_ORDER, TermsForm, default_days
from promocodes.admin.ports import category_choices, segment_choices, tier_choices
from promocodes.admin.words import TYPE_HINTS, VALUE_LABELS
from promocodes.models import Batch, CodeType, PromoCode
from promocodes.queries import has_shared_terms
from promocodes.rules import ALPHABET, code_length, last_day
from promocodes.rules.generation import SHORT_LENGTH
from promocodes.services import CodeSpec

# PC-19: once a code has been used, only its end, its limit and its campaign's budget may change.
FROZEN_WHEN_USED = frozenset(
    {
        "type",
        "value",
        "categories",
        "required_categories",
        "minimum_order",
        "starts_on",
        "max_uses_per_customer",
        "first_order_only",
        "segment",
        "tier",
        "customer",
        "campaign",
    }
)


class CountForm(forms.Form):
    count = forms.IntegerField(
        label=gettext_lazy("How many codes"), min_value=1, max_value=1_000_000, initial=100, widget=forms.NumberInput()
    )


@staff_page("promocodes.add_promocode")
def create(request: HttpRequest) -> HttpResponse:
    """A code is born as a draft with a code that is drawn, never typed (PC-2, PC-4)."""
    if request.method != "POST":
        return _form_page(request, _form(initial=_initial(request)), title=_("New promo code"))
    form = _form(data=request.POST)
    if "_show" in request.POST:
        # Without JavaScript: the fields of the type just chosen, keeping what was typed.
        return _form_page(request, _form(initial=_typed(form)), title=_("New promo code"))
    if not form.is_valid():
        return _form_page(request, form, title=_("New promo code"), status=422)
    if "_batch" in request.POST or "_make_batch" in request.POST:
        if not form.cleaned_data["customer"]:
            return _create_batch(request, form)
        form.add_error("customer", _("A personal code is made by itself: a batch is for many customers."))
        return _form_page(request, form, title=_("New promo code"), status=422)
    spec = spec_of(form)
    code = attempt_form(form, lambda: services.create_code(spec=spec, by=_staff(request), now=timezone.now()))
    if code is None:
        return _form_page(request, form, title=_("New promo code"), status=422)
    said = _("The promo code %(code)s is made. It is a draft until it is activated.")
    messages.success(request, said % {"code": code.code})
    return redirect("admin:promocodes_promocode_page", code.pk)


@staff_page("promocodes.change_promocode")
def edit(request: HttpRequest, code_id: int) -> HttpResponse:
    code = get_object_or_404(
        PromoCode.objects.select_related("terms__campaign", "terms__batch", "customer"), pk=code_id
    )
    frozen = FROZEN_WHEN_USED if is_frozen(code) else frozenset()
    initial = code_initial(code)
    title = _("Promo code %(code)s") % {"code": code.code}
    context = {
        "code": code,
        "batch": getattr(code.terms, "batch", None),
        "frozen": frozen,
        "is_shared": has_shared_terms(code),
    }
    if request.method != "POST":
        return _form_page(request, _form(initial=initial, frozen=frozen), title=title, **context)
    form = _form(data=request.POST, initial=initial, frozen=frozen)
    if "_show" in request.POST:
        return _form_page(request, _form(initial={**initial, **_typed(form)}, frozen=frozen), title=title, **context)
    if form.is_valid():
        spec = spec_of(form, code)
        if attempt_form(
            form, lambda: services.edit_code(code=code.code, spec=spec, by=_staff(request), now=timezone.now())
        ):
            messages.success(request, _("Saved. Orders already placed stay as they are."))
            return redirect("admin:promocodes_promocode_page", code.pk)
    return _form_page(request, form, title=title, status=422, **context)


@staff_page("promocodes.view_promocode")
def summary_fragment(request: HttpRequest) -> HttpResponse:
    """The panel beside the form, for what is typed so far: sentence, worked example, warnings."""
    form = _form(data=request.POST, initial={"type": request.POST.get("type", "")})
    panel = advice.panel(form, edited_id=key_of(request.POST.get("edited")))
    return TemplateResponse(request, "promocodes/admin/summary.html", {"panel": panel})


def spec_of(form: TermsForm, code: PromoCode | None = None) -> CodeSpec:
    """What the service is asked for. Days left as they were keep the very moments of `code` (they may carry hours)."""
    values = dict(form.known_values())
    if code is not None:
        kept = code_initial(code)
        for day, moment in (("starts_on", "starts_at"), ("ends_on", "ends_at")):
            if form.cleaned_data.get(day) == kept[day]:
                values[moment] = getattr(code.terms, moment)
    return CodeSpec(
        type=values["type"],
        value=values["value"],
        categories=tuple(values["categories"]),
        required_categories=tuple(values["required_categories"]),
        minimum_order=values["minimum_order"],
        starts_at=values["starts_at"],
        ends_at=values["ends_at"],
        max_uses=values["max_uses"],
        max_uses_per_customer=values["max_uses_per_customer"],
        first_order_only=values["first_order_only"],
        segment=values["segment"] or None,
        tier=values["tier"] or None,
        customer=values["customer"].public_id if values["customer"] else None,
        campaign=values["campaign"] or None,
    )


def code_initial(code: PromoCode) -> dict[str, Any]:
    terms, zone = code.terms, timezone.get_current_timezone()
    return {
        "type": terms.type,
        "value": terms.value,
        "categories": terms.categories,
        "required_categories": terms.required_categories,
        "minimum_order": terms.minimum_order,
        "starts_on": timezone.localtime(terms.starts_at).date(),
        "ends_on": last_day(terms.ends_at, zone),  # type: ignore[arg-type]
        "max_uses": code.max_uses,
        "max_uses_per_customer": terms.max_uses_per_customer,
        "first_order_only": terms.first_order_only,
        "segment": terms.segment or "",
        "tier": terms.tier,
        "customer": _known_as(code.customer),
        "campaign": terms.campaign.name if terms.campaign else "",
    }


def is_frozen(code: PromoCode) -> bool:
    """Some code with these terms has been used, be the use released by now or not (PC-19)."""
    return PromoCode.objects.filter(terms_id=code.terms_id, redemptions__isnull=False).exists()


def _create_batch(request: HttpRequest, form: TermsForm) -> HttpResponse:
    counted = CountForm(request.POST if "count" in request.POST else None, label_suffix="")
    if "_make_batch" in request.POST and counted.is_valid():
        spec, count = spec_of(form), counted.cleaned_data["count"]
        batch: Batch | None = attempt_form(
            counted, lambda: services.create_batch(spec=spec, count=count, by=_staff(request), now=timezone.now())
        )
        if batch is not None:
            messages.success(request, _("The batch is being made. All its codes are drafts until it is activated."))
            return redirect("admin:promocodes_batch_page", batch.pk)
    sent = [(name, value) for name in form.fields for value in request.POST.getlist(name)]
    return page(
        request,
        "promocodes/admin/batch_new.html",
        title=_("New batch of codes"),
        opts=Batch._meta,
        form=counted,
        sent=sent,
        panel=advice.panel(form),
        lengths=_lengths(),
        alphabet_size=len(ALPHABET),
        back=reverse("admin:promocodes_promocode_add"),
    )


def _lengths() -> list[dict[str, int]]:
    """Where codes get longer, for the odds shown while the count is typed (PC-20)."""
    steps = [(1, SHORT_LENGTH), *((count, code_length(count) or 0) for count in (10_001, 1_000_000))]
    return [{"from": count, "length": length} for count, length in steps]


def _form(*, data: Any = None, initial: Any = None, frozen: frozenset[str] = frozenset()) -> TermsForm:
    return TermsForm(
        data,
        initial=initial or {},
        categories=category_choices(),
        segments=segment_choices((initial or {}).get("segment", "")),
        tiers=tier_choices(),
        frozen=frozen,
    )


def _initial(request: HttpRequest) -> dict[str, Any]:
    """From scratch, or everything of the code in `?from=` with a fresh period; for `?customer=` or `?segment=`."""
    days = default_days(timezone.localdate())
    chosen = request.GET.get("type", "")
    start: dict[str, Any] = {"type": chosen if chosen in CodeType.values else CodeType.PERCENT, **days}
    if source := key_of(request.GET.get("from")):
        code = PromoCode.objects.select_related("terms__campaign", "customer").filter(pk=source).first()
        start = {**code_initial(code), **days} if code else start
    for named in ("campaign", "segment"):
        if chosen_name := request.GET.get(named, ""):
            start[named] = chosen_name
    if customer := key_of(request.GET.get("customer")):
        # “Give a code” on the customer's page: one use, for this customer.
        start |= {"customer": _known_as(find_customer(str(customer))), "max_uses": start.get("max_uses") or 1}
    return start


def _known_as(customer: Customer | None) -> str:
    """What the field for a customer is filled in with: it finds the same customer again."""
    return "" if customer is None else customer.email or str(customer.phone or f"№{customer.pk}")


def _typed(form: TermsForm) -> dict[str, Any]:
    many = {"categories", "required_categories"}
    return {name: form.data.getlist(name) if name in many else form.data.get(name) for name in form.fields}  # type: ignore[attr-defined]


def _form_page(request: HttpRequest, form: TermsForm, *, title: str, status: int = 200, **context: Any) -> HttpResponse:
    types = [
        {"value": kind.value, "label": kind.label, "hint": TYPE_HINTS[kind], "value_label": VALUE_LABELS.get(kind, "")}
        for kind in TYPES_IN_ORDER
    ]
    code = context.get("code")
    panel = advice.panel(form, edited_id=code.pk if code else None)
    return page(
        request,
        "promocodes/admin/editor.html",
        title=title,
        status=status,
        opts=PromoCode._meta,
        form=form,
        types=types,
        panel=panel,
        **context,
    )


def _staff(request: HttpRequest) -> Any:
    return request.user
