"""The addresses of an account: the main one is the customer's own, which letters and orders go to (CU-1)."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.views import EmailView
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Customer
from customers.rules import normalised_email
from customers.services import update_customer
from loyalty_site.kernel.errors import DomainError
from loyalty_site.kernel.transactions import in_transaction

SOURCE = "account"


class Addresses(EmailView):
    """allauth's page; an address that the shop knows another customer by is not made the main one."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "action_primary" in request.POST and _is_anothers(request):
            messages.error(
                request, _("The shop knows another customer by this address. Write to us: we will make them one.")
            )
            return redirect("account_email")
        answer: HttpResponse = super().post(request, *args, **kwargs)
        _follow(request)
        return answer


def _is_anothers(request: HttpRequest) -> bool:
    """Asked of his own confirmed addresses only: nobody is told whom the shop knows by another."""
    try:
        email = normalised_email(request.POST.get("email", ""))
    except ValueError:
        return False
    if not EmailAddress.objects.filter(user=request.user.pk, email__iexact=email, verified=True).exists():
        return False
    return Customer.objects.filter(email=email).exclude(user=request.user.pk).exists()


def _follow(request: HttpRequest) -> None:
    """The customer takes over a main address that was confirmed."""
    customer = Customer.objects.filter(user=request.user.pk).first()
    main = EmailAddress.objects.filter(user=request.user.pk, primary=True, verified=True).first()
    if customer is None or main is None or main.email.lower() == customer.email:
        return
    changes, now = {"email": main.email}, timezone.now()
    try:
        in_transaction(lambda: update_customer(customer_id=customer.pk, changes=changes, now=now, source=SOURCE))
    except DomainError as refusal:
        messages.error(request, str(refusal))
