"""Who the demonstration shop knows: one account of staff per role, customers with neutral names."""

from datetime import date, datetime, timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.utils.translation import gettext as _

from customers.models import Customer, Segment, User
from customers.services import register_customer
from customers.services.segments import put_segment
from loyalty_site.demo.signins import SignIn, fingerprint, new_password
from loyalty_site.kernel.transactions import requires_transaction
from loyalty_site.roles import ADMINISTRATOR, MANAGER, MARKETER, ROLE_NAMES, SUPPORT

CUSTOMER = "customer"
STAFF_ROLES = (MANAGER, MARKETER, ADMINISTRATOR, SUPPORT)
# The first one has an account to sign in with.
CUSTOMER_EMAILS = ["customer@example.com", *(f"customer{number}@example.com" for number in range(1, 24))]
SEGMENT, OLD_HANDS = "old-hands", CUSTOMER_EMAILS[:8]


def email_of(role: str) -> str:
    """The domain is reserved: nothing can ever be sent there."""
    return f"{role}@example.com"


def role_name(role: str) -> str:
    return _("Customer") if role == CUSTOMER else str(ROLE_NAMES[role])


def sign_in(role: str) -> SignIn:
    """An account of this role with a new password: made, or found and given it."""
    password = new_password()
    email = email_of(role)
    user = User.objects.filter(email=email).first() or User(email=email)
    user.set_password(password)
    user.is_active = True
    user.is_staff = role in STAFF_ROLES
    user.first_name = role_name(role)
    user.save()
    EmailAddress.objects.update_or_create(user=user, email=email, defaults={"verified": True, "primary": True})
    if role in STAFF_ROLES:
        user.groups.set(Group.objects.filter(name=role))
    return SignIn(role=role, email=email, password=password, fingerprint=fingerprint(user.password))


def still_valid(signin: SignIn) -> bool:
    """Whether the account has the password that was remembered for it."""
    user = User.objects.filter(email=signin.email).first()
    if user is None:
        return False
    return fingerprint(user.password) == signin.fingerprint or user.check_password(signin.password)


def account(role: str) -> User:
    return User.objects.get(email=email_of(role))


def add_customers(now: datetime) -> None:
    """The customer who can sign in, and others registered over the last year. Those that are there are kept."""
    known = set(Customer.objects.filter(email__in=CUSTOMER_EMAILS).values_list("email", flat=True))
    for number, email in enumerate(CUSTOMER_EMAILS):
        if email not in known:
            _add_customer(number, email, registered_at=_registered(number, now))


@requires_transaction
def add_segment(now: datetime) -> None:
    """Somebody to give points to, or a code for them alone. One that is there already is left as it is."""
    if not Segment.objects.filter(code=SEGMENT).exists():
        put_segment(code=SEGMENT, name="Давно с нами", added=OLD_HANDS, is_new=True, now=now)


def demo_customers() -> list[Customer]:
    """In the order of their numbers: the one who can sign in comes first."""
    known = {person.email: person for person in Customer.objects.filter(email__in=CUSTOMER_EMAILS)}
    return [known[email] for email in CUSTOMER_EMAILS if email in known]


def _registered(number: int, now: datetime) -> datetime:
    days = 360 - 12 * number if number else 90
    return now - timedelta(days=days, hours=3 * number)


def _birthday(number: int, registered_at: datetime) -> date | None:
    """Spread around the day of loading, the first one's two days after it; every third does not tell."""
    if number % 3 == 2:
        return None
    days = 92 if number == 0 else 360 - 12 * number + (number * 13) % 50 - 20
    day = (registered_at + timedelta(days=days, hours=3 * number)).date()
    return date(1975 + number, day.month, min(day.day, 28))


def _add_customer(number: int, email: str, *, registered_at: datetime) -> Customer:
    return register_customer(
        email=email,
        first_name="Покупатель",
        last_name=str(number) if number else "",
        birthday=_birthday(number, registered_at),
        consents=("programme", "email") if number % 3 != 1 else ("programme",),
        now=registered_at,
        source="demo",
        user=User.objects.get(email=email) if number == 0 else None,
    )
