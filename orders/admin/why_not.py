"""“Why not?”: a code, a customer, a basket, a moment → every condition with its verdict, and the whole quote (Q-9)."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty_site.kernel.backoffice import page, staff_page
from loyalty_site.kernel.errors import DomainError, InvalidInput
from orders.admin.asking import AskForm, line_error_text
from orders.queries import check_code, quote
from promocodes.rules import CHECK_LABELS


class WhyNotForm(AskForm):
    at = forms.DateTimeField(
        label=gettext_lazy("Moment"),
        help_text=gettext_lazy("Empty: now."),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M"],
    )
    include_drafts = forms.BooleanField(label=gettext_lazy("Judge a draft as if it were active"), required=False)

    def clean_promo_code(self) -> str:
        typed = str(self.cleaned_data["promo_code"]).strip()
        if not typed:
            raise forms.ValidationError(_("Type the promo code to check."))
        return typed


@staff_page("orders.check_code")
def why_not(request: HttpRequest) -> HttpResponse:
    """Everything is in the address, so that an answer can be sent to a colleague."""
    is_asked = "sku" in request.GET
    form = WhyNotForm(request.GET if is_asked else None, initial={"promo_code": request.GET.get("code", "")})
    answer = _answer(form) if is_asked and form.is_valid() else None
    return page(
        request,
        "orders/admin/why_not.html",
        title=_("Why not?"),
        form=form,
        answer=answer,
        status=422 if form.errors else 200,
    )


def _answer(form: WhyNotForm) -> dict[str, Any] | None:
    asked, values = form.request(), form.cleaned_data
    at, drafts = values["at"] or timezone.now(), values["include_drafts"]
    try:
        verdict = check_code(asked, now=at, include_drafts=drafts)
        priced = quote(asked, now=at, include_drafts=drafts)
    except InvalidInput as refusal:
        for error in refusal.errors:
            sku = line_error_text(error.field, asked.lines)
            form.add_error(None, f"{sku}: {error.detail}" if sku else str(error.detail))
        return None
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return None
    checks = [(CHECK_LABELS.get(check.name, check.name), check) for check in verdict.checks]
    return {"verdict": verdict, "checks": checks, "quote": priced, "at": at, "customer": form.found}
