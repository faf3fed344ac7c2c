"""How allauth's accounts meet our customers: at sign-in and when an e-mail address is confirmed."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

import orders.services as till
from customers.models import Customer, User
from customers.rules import Brought
from customers.services.accounts import join_account
from loyalty_site.account.referral_words import news_text
from loyalty_site.kernel.errors import DomainError
from loyalty_site.kernel.texts import money_text
from loyalty_site.kernel.transactions import in_transaction
from loyalty_site.kernel.visitors import client_address, device_of, keep_device
from loyalty_site.signup import brought_by, consents_in
from orders.queries.visits import claimable_orders
from orders.views import visitor
from referrals.queries import news
from referrals.queries.remembered import VISIT_COOKIE
from referrals.services import note_traits


@dataclass(frozen=True)
class Shop:
    """What allauth's letters call a site."""

    name: str
    domain: str


class AccountAdapter(DefaultAccountAdapter):
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Letters are signed by the shop, not by the host that the browser has asked."""
        shop = Shop(str(settings.SHOP_NAME), str(settings.PUBLIC_URL))
        super().send_mail(template_prefix, email, {**context, "current_site": shop})

    def format_email_subject(self, subject: str) -> str:
        return f"{settings.SHOP_NAME}: {subject}"

    def post_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse:
        """A guest's unpaid orders in this browser become the customer's, before they are paid (PC-18).

        The browser is noted (R-5); the invitation that it remembers is used once, to register (R-2).
        """
        is_signup = bool(options.get("signup"))
        customer = _joined(user, brought_by(request), consents_in(request) if is_signup else ())
        if customer is not None:
            if not is_signup:
                _note_browser(request, customer)
            _claim(request, customer)
        response = super().post_login(request, user, **options)
        if is_signup and customer is not None:
            _welcome(request, customer)
        keep_device(request, response)
        if is_signup:
            response.delete_cookie(VISIT_COOKIE, samesite="Lax")
        return response

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> Any:
        confirmed = super().confirm_email(request, email_address)
        _joined(email_address.user, Brought())
        return confirmed


def _joined(user: User, brought: Brought, consents: Collection[str] = ()) -> Customer | None:
    """Staff have no customer's card unless they shop."""
    if user.is_staff:
        return Customer.objects.filter(user=user).first()
    is_confirmed = EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True).exists()
    return in_transaction(
        lambda: join_account(
            user=user, is_confirmed=is_confirmed, now=timezone.now(), brought=brought, consents=consents
        )
    )


def _note_browser(request: HttpRequest, customer: Customer) -> None:
    traits = {"device": device_of(request), "network": client_address(request)}
    in_transaction(lambda: note_traits(customer_id=customer.pk, traits=traits, now=timezone.now()))


def _welcome(request: HttpRequest, customer: Customer) -> None:
    """What the invitation promised for registering is there: the next page says so, whichever it is (R-3)."""
    for item in news(customer.pk, now=timezone.now()):
        messages.success(request, news_text(item))


def _claim(request: HttpRequest, customer: Customer) -> None:
    """A code that falls off says why, wherever the sign-in leads to; the order's page says it, too."""
    for number in claimable_orders(visitor.orders_seen(request)):
        try:
            order = in_transaction(lambda: till.claim_order(number=number, customer=customer, now=timezone.now()))  # noqa: B023
        except DomainError as refusal:
            _warn(request, number, str(refusal))
            continue
        code = order.quote.get("promo_code") or {}
        if code.get("status") == "rejected":
            total = _("The total is now %(total)s.") % {"total": money_text(order.total)}
            _warn(request, number, f"{code['message']} {total}")


def _warn(request: HttpRequest, number: str, why: str) -> None:
    messages.warning(request, _("Order № %(number)s: %(why)s") % {"number": number, "why": why})
