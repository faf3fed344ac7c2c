"""Giving and taking points by hand, with a reason (PT-1). One form is one correction, however often it is sent."""

from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from customers.queries.programme import programme
from loyalty_site.kernel.backoffice import attempt_form, page, staff_page
from loyalty_site.kernel.errors import DomainError
from loyalty_site.kernel.number_fields import IntegerField
from loyalty_site.kernel.texts import points_text
from points import services
from points.models import PendingAdjustment
from points.queries import balance
from points.rules import end_of_day
from points.services import NotEnoughPoints

GIVE, TAKE = "give", "take"
# Told in the part on points, where the page is scrolled to, and not at the top of it.
BESIDE_POINTS = "points"
MOST = 100_000_000


class CorrectionForm(forms.Form):
    renamed = MappingProxyType({"expires_at": "expires_on"})
    # Stands for this correction in the ledger, so that sending the form twice corrects once.
    fact = forms.RegexField(r"\Amanual:[0-9a-f]{32}\Z", widget=forms.HiddenInput)
    direction = forms.ChoiceField(
        label=gettext_lazy("What to do"),
        choices=[(GIVE, gettext_lazy("give points")), (TAKE, gettext_lazy("take points away"))],
        widget=forms.RadioSelect,
        initial=GIVE,
    )
    amount = IntegerField(
        label=gettext_lazy("How many points"),
        min_value=1,
        max_value=MOST,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        help_text=gettext_lazy("Stays in the ledger for ever; the customer sees it too."),
    )
    expires_on = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d.%m.%Y"],
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("direction") == TAKE and values.get("expires_on"):
            self.add_error("expires_on", _("Only points that are given have a last day."))
        return values

    @property
    def signed_amount(self) -> int:
        """Call when valid."""
        amount: int = self.cleaned_data["amount"]
        return amount if self.cleaned_data["direction"] == GIVE else -amount

    @property
    def expires_at(self) -> datetime | None:
        day = self.cleaned_data["expires_on"]
        return end_of_day(day, ZoneInfo(settings.TIME_ZONE)) if day else None


def new_fact() -> str:
    return f"manual:{uuid4().hex}"


@staff_page("points.adjust_points")
def correct(request: HttpRequest, customer_id: int) -> HttpResponse:
    customer = get_object_or_404(Customer, pk=customer_id)
    now = timezone.now()
    sent = request.POST if request.method == "POST" else None
    form = CorrectionForm(sent, initial={"fact": new_fact()}, label_suffix="")
    if sent is not None and form.is_valid():
        by: Any = request.user
        done = attempt_form(form, lambda: _adjusted(form, customer.pk, by, now))
        if done is not None:
            _tell(request, done)
            return redirect(reverse("admin:customers_customer_change", args=[customer.pk]) + "#points")
    settings_now = programme()
    return page(
        request,
        "points/admin/correct.html",
        title=_("Correct points"),
        status=422 if form.errors else 200,
        form=form,
        customer=customer,
        balance=balance(customer.pk, now=now),
        life_days=settings_now.points_life_days,
        threshold=settings_now.second_person_points,
    )


def _adjusted(form: CorrectionForm, customer_id: int, by: Any, now: datetime) -> Any:
    try:
        return services.adjust(
            customer_id=customer_id,
            amount=form.signed_amount,
            reason=form.cleaned_data["reason"],
            by=by,
            fact=form.cleaned_data["fact"],
            now=now,
            expires_at=form.expires_at,
        )
    except NotEnoughPoints as refusal:
        raise DomainError(too_few(refusal), field="amount") from refusal


def too_few(refusal: NotEnoughPoints) -> str:
    return _("There are fewer points than that: %(available)s can be taken away.") % {
        "available": points_text(refusal.extra["points_available"])
    }


def _tell(request: HttpRequest, done: Any) -> None:
    if isinstance(done, PendingAdjustment):
        level, said = messages.WARNING, _("The correction waits for a second person: nothing has moved yet.")
    elif done.is_repeat:
        level, said = messages.INFO, _("This correction was made already; nothing was moved again.")
    else:
        amount = sum(entry.amount for entry in done.entries if entry.kind == done.kind)
        level, said = messages.SUCCESS, _("Given: %(points)s.") if amount > 0 else _("Taken away: %(points)s.")
        said %= {"points": points_text(abs(amount))}
    messages.add_message(request, level, said, extra_tags=BESIDE_POINTS)
