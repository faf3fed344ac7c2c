"""Discount ladders: by all purchases together and by the sum of the order (T-4), with a worked example (Q-2)."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty_site.kernel.backoffice import page, staff_page
from loyalty_site.kernel.errors import DomainError
from loyalty_site.kernel.money import percent_of
from loyalty_site.kernel.texts import percent_text
from loyalty_site.kernel.transactions import in_transaction
from tiers import services
from tiers.admin.rows import PercentField, SumField, place, plain, row_set, typed_rows
from tiers.admin.words import told
from tiers.models import DiscountStep, Tier
from tiers.queries.edits import STEPS, edits
from tiers.rules import Benefits, Offer, Step, steps_percent

SAMPLE_ORDER, SAMPLE_SPENT = Decimal(5000), Decimal(20_000)
TITLES: dict[Any, Any] = {
    DiscountStep.Ladder.CUMULATIVE: gettext_lazy("By all purchases together"),
    DiscountStep.Ladder.ORDER_TOTAL: gettext_lazy("By the sum of the order"),
}
HINTS: dict[Any, Any] = {
    DiscountStep.Ladder.CUMULATIVE: gettext_lazy(
        "Counts what the customer has ever paid for goods and kept, however long ago."
    ),
    DiscountStep.Ladder.ORDER_TOTAL: gettext_lazy(
        "Counts the goods of the order at current prices, before any discount, without delivery. Guests have it too."
    ),
}


class StepForm(forms.Form):
    threshold_amount = SumField(gettext_lazy("From, roubles"))
    percent = PercentField(gettext_lazy("Discount, %"))


StepRows = row_set(StepForm)


@staff_page("tiers.view_discountstep")
def show(request: HttpRequest) -> HttpResponse:
    may_write = request.user.has_perm("tiers.change_discountstep")
    if request.method != "POST":
        return _page(request, _loaded(), may_write)
    if not may_write:
        raise PermissionDenied
    if grown := request.POST.get("_add"):
        return _page(request, _grown(request, grown), may_write)
    sent = {str(ladder): StepRows(request.POST, prefix=str(ladder)) for ladder in DiscountStep.Ladder.values}
    # Both are asked, so that all faults are shown at once.
    valid = [bool(rows.is_valid()) for rows in sent.values()]
    if all(valid) and _saved(request, sent):
        messages.success(request, _("The discount ladders are saved. Orders already placed stay as they are."))
        return redirect("admin_discount_steps")
    return _page(request, sent, may_write, status=422)


def _saved(request: HttpRequest, sent: dict[str, Any]) -> bool:
    """Both ladders in one transaction, because they are one page; a refusal stands beside its row."""
    by: Any = request.user

    def save() -> None:
        for ladder, rows in sent.items():
            given = sorted(rows.given, key=lambda row: row.cleaned_data["threshold_amount"])
            steps = [(row.cleaned_data["threshold_amount"], row.cleaned_data["percent"]) for row in given]
            try:
                services.save_discount_steps(ladder=ladder, steps=steps, by=by)
            except DomainError as refusal:
                rows.unplaced = place(refusal, given)
                raise

    try:
        in_transaction(save)
    except DomainError:
        return False
    return True


def _loaded() -> dict[str, Any]:
    found: dict[str, list[dict[str, Any]]] = {str(ladder): [] for ladder in DiscountStep.Ladder.values}
    for step in DiscountStep.objects.order_by("threshold_amount"):
        found[step.ladder].append({"threshold_amount": plain(step.threshold_amount), "percent": plain(step.percent)})
    return {ladder: StepRows(prefix=ladder, initial=rows) for ladder, rows in found.items()}


def _grown(request: HttpRequest, grown: str) -> dict[str, Any]:
    """Everything typed, unjudged, and one row more in the ladder `grown`."""
    typed = {ladder: typed_rows(StepForm, request.POST, ladder) for ladder in map(str, DiscountStep.Ladder.values)}
    if grown in typed:
        typed[grown].append({})
    return {ladder: StepRows(prefix=ladder, initial=rows) for ladder, rows in typed.items()}


def _page(request: HttpRequest, rows: dict[str, Any], may_write: bool, status: int = 200) -> HttpResponse:
    if not may_write:
        for ladder in rows.values():
            for form in ladder.forms:
                for field in form.fields.values():
                    field.disabled = True
    return page(
        request,
        "tiers/admin/steps.html",
        title=_("Discount ladders"),
        status=status,
        ladders=[
            {"code": str(ladder), "title": TITLES[ladder], "hint": HINTS[ladder], "rows": rows[str(ladder)]}
            for ladder in DiscountStep.Ladder
        ],
        may_write=may_write,
        example=_example(),
        changes=told(edits(*STEPS)),
    )


def _example() -> dict[str, Any]:
    """What the saved ladders and the tiers give one buyer, by the rules the till asks (Q-2)."""
    steps: dict[str, list[Step]] = {ladder: [] for ladder in DiscountStep.Ladder.values}
    for step in DiscountStep.objects.order_by("threshold_amount"):
        steps[step.ladder].append((step.threshold_amount, step.percent))
    tier = Tier.objects.filter(is_active=True, discount_percent__gt=0).order_by("discount_percent", "pk").first()
    order = steps["order_total"][-1][0] if steps["order_total"] else SAMPLE_ORDER
    spent = steps["cumulative"][-1][0] if steps["cumulative"] else SAMPLE_SPENT
    own = [Offer("tier", tier.discount_percent, tier.shown_name)] if tier else []
    if percent := steps_percent(steps["cumulative"], spent):
        own.append(Offer("ladder", percent, "cumulative"))
    offers = Benefits(offers=tuple(own), order_steps=tuple(steps["order_total"])).automatic(order)
    best = max(offers, key=lambda offer: offer.percent, default=None)
    return {
        "order": order,
        "spent": spent,
        "offers": [{"text": _offer_text(offer), "is_best": offer is best} for offer in offers],
        "discount": percent_of(order, best.percent) if best else None,
        "pays": order - percent_of(order, best.percent) if best else order,
    }


def _offer_text(offer: Offer) -> str:
    percent = percent_text(offer.percent)
    if offer.source == "tier":
        return _("tier “%(name)s”: %(percent)s") % {"name": offer.name, "percent": percent}
    if offer.name == "cumulative":
        return _("all purchases together: %(percent)s") % {"percent": percent}
    return _("the sum of this order: %(percent)s") % {"percent": percent}
