"""The customer's own details."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from customers.forms import ProfileForm
from customers.models import Consent, Customer
from customers.queries import consent_record, live_consents
from customers.services import update_customer
from loyalty_site.kernel.errors import DomainError, InvalidInput
from loyalty_site.kernel.transactions import in_transaction

FIELDS = ("first_name", "last_name", "phone", "birthday")


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Name, phone, birthday, and whether e-mails may come (CU-2).

    Who has no customer's card (staff, an address not confirmed) is told so.
    """
    customer = Customer.objects.filter(user=request.user.pk).first()
    if customer is None:
        return render(request, "account/profile.html", {"form": None})
    takes_emails, words, version = _emails(customer)
    if request.method == "GET":
        initial = {**{field: getattr(customer, field) for field in FIELDS}, "takes_emails": takes_emails}
        form = ProfileForm(initial=initial, words=words, version=version)
        return render(request, "account/profile.html", {"form": form})
    form = ProfileForm(request.POST, words=words, version=version)
    if form.is_valid() and _saved(form, customer):
        messages.success(request, _("Your details are saved."))
        return redirect("account:profile")
    return render(request, "account/profile.html", {"form": form}, status=422)


def _emails(customer: Customer) -> tuple[bool, str, str]:
    """Whether he takes them, and the words he agreed to, or would agree to now, with their version."""
    record = next(record for record in consent_record(customer.pk) if record.purpose == Consent.Purpose.EMAIL)
    if record.live is not None:
        return True, record.live.text or record.text, record.live.version
    return False, record.text, str(record.version)


def _saved(form: ProfileForm, customer: Customer) -> bool:
    """False with the refusal beside its field."""
    changes = {field: form.cleaned_data[field] for field in FIELDS}
    others = live_consents(customer.pk) - {Consent.Purpose.EMAIL}
    consents = others | {Consent.Purpose.EMAIL} if form.cleaned_data["takes_emails"] else others
    now = timezone.now()
    try:
        in_transaction(
            lambda: update_customer(
                customer_id=customer.pk, changes=changes, consents=consents, now=now, source="account"
            )
        )
    except InvalidInput as refusal:
        for error in refusal.errors:
            form.add_error(error.field if error.field in FIELDS else None, str(error.detail))
    except DomainError as refusal:
        form.add_error(refusal.field if refusal.field in FIELDS else None, str(refusal))
    else:
        return True
    return False
