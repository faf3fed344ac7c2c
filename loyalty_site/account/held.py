"""What the site holds of one customer's signing in, for his download (CU-4)."""

from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.utils.translation import gettext as _

from customers.models import User
from loyalty_site.kernel.held import Part, part_of


def sign_in(customer_id: int, *, now: datetime) -> Part:
    rows = User.objects.filter(customer=customer_id)
    return part_of(_("Your sign-in"), rows, "email", "first_name", "last_name", "date_joined", "last_login")


def addresses(customer_id: int, *, now: datetime) -> Part:
    rows = EmailAddress.objects.filter(user__customer=customer_id).order_by("pk")
    said = {"email": {"label": _("e-mail")}, "verified": {"label": _("confirmed")}, "primary": {"label": _("main")}}
    return part_of(_("Addresses to sign in with"), rows, "email", "verified", "primary", said=said)


def second_factors(customer_id: int, *, now: datetime) -> Part:
    rows = Authenticator.objects.filter(user__customer=customer_id).order_by("pk")
    return part_of(_("Two-step sign-in"), rows, "type", "created_at", "last_used_at")
