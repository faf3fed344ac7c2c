"""Personal data in the hands of staff: downloading all that is held of a customer, and forgetting him (CU-4)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from customers.models import Customer, DataDownload, ErasureRequest, User
from customers.queries import programme
from customers.queries.erasure import open_erasure
from customers.queries.find import staying
from customers.queries.held import held_parts
from customers.services import cancel_erasure, erase_at_once, note_download, request_erasure
from loyalty_site.account.privacy_words import what_goes
from loyalty_site.kernel.backoffice import attempt, attempt_form, page, staff_page
from loyalty_site.kernel.held_answer import held_answer
from loyalty_site.kernel.texts import day_text
from loyalty_site.kernel.transactions import in_transaction

AT_ONCE, BY_TERM = "now", "term"


class EraseForm(forms.Form):
    """The customer's number is typed, so that nobody is forgotten by a slip of the mouse."""

    when = forms.ChoiceField(label=gettext_lazy("When"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        help_text=gettext_lazy("For example how and when the customer asked. It is erased with the rest."),
    )
    number = forms.CharField(label=gettext_lazy("Number of the customer, to be sure"), max_length=20)

    def __init__(self, *args: object, customer: Customer, days: int, **options: object) -> None:
        super().__init__(*args, label_suffix="", **options)  # type: ignore[arg-type]
        self.customer = customer
        when: forms.ChoiceField = self.fields["when"]  # type: ignore[assignment]
        when.choices = [(BY_TERM, _("In %(days)d days, as for everybody") % {"days": days}), (AT_ONCE, _("At once"))]
        when.initial = BY_TERM
        self.fields["number"].help_text = _("Type %(number)d.") % {"number": customer.pk}

    def clean_number(self) -> str:
        typed = str(self.cleaned_data["number"]).strip().lstrip("№#").strip()
        if typed != str(self.customer.pk):
            raise forms.ValidationError(_("This is the number of somebody else."))
        return typed


@never_cache
@require_GET
@staff_page("customers.export_customer")
def download(request: HttpRequest, customer_id: int, form: str) -> HttpResponse:
    """All that is held, as a file. Who took it is noted first."""
    now = timezone.now()
    customer = get_object_or_404(Customer, pk__in=staying(customer_id), erased_at=None)
    by = staff_of(request)
    in_transaction(lambda: note_download(customer_id=customer.pk, form=DataDownload.Form(form), by=by, now=now))
    return held_answer(held_parts(customer.pk, now=now), form, number=customer.pk, now=now)


@never_cache
@require_http_methods(["GET", "POST"])
@staff_page("customers.erase_customer")
def erase(request: HttpRequest, customer_id: int) -> HttpResponse:
    """At once or by the term, with a reason; an open request may be called off."""
    customer = get_object_or_404(Customer, pk=customer_id, erased_at=None, merged_into=None)
    if request.method == "POST" and request.POST.get("action") == "keep":
        by, now = staff_of(request), timezone.now()
        if attempt(request, lambda: cancel_erasure(customer_id=customer.pk, by=by, now=now)):
            messages.success(request, _("The request is called off."))
        return redirect("admin_customer_erase", customer.pk)
    sent = request.POST if request.method == "POST" else None
    form = EraseForm(sent, customer=customer, days=programme().erasure_days)
    if sent is not None and form.is_valid() and _carried_out(request, form, customer):
        return redirect("admin:customers_erasurerequest_changelist")
    return page(
        request,
        "backoffice/forget_customer.html",
        title=_("Forget customer № %(number)d") % {"number": customer.pk},
        status=422 if form.errors else 200,
        opts=Customer._meta,
        form=form,
        customer=customer,
        asked=open_erasure(customer.pk),
        words=what_goes(customer.pk, now=timezone.now()),
    )


def staff_of(request: HttpRequest) -> User:
    by: Any = request.user
    return by  # type: ignore[no-any-return]


def _carried_out(request: HttpRequest, form: EraseForm, customer: Customer) -> bool:
    by, now, reason = staff_of(request), timezone.now(), form.cleaned_data["reason"]
    source = ErasureRequest.Source.STAFF
    if form.cleaned_data["when"] == AT_ONCE:
        erased = attempt_form(
            form, lambda: erase_at_once(customer_id=customer.pk, source=source, by=by, reason=reason, now=now)
        )
        if erased is None:
            return False
        messages.success(request, _("Customer № %(number)d is forgotten.") % {"number": customer.pk})
        return True
    asked = attempt_form(
        form, lambda: request_erasure(customer_id=customer.pk, source=source, by=by, reason=reason, now=now)
    )
    if asked is None:
        return False
    due = day_text(timezone.localdate(asked.due_at))
    messages.success(request, _("The customer will be forgotten on %(day)s.") % {"day": due})
    return True
