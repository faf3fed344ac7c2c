"""Two customers become one: they sign in to one account, by the addresses of both (CU-1, CU-3)."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from customers.models import Customer, User

# An account that nobody signs in to any more needs an address of its own: nobody has one in `.invalid`.
RETIRED = "merged-{}@account.invalid"


def merge_sign_in(*, survivor: Customer, absorbed: Customer) -> User | None:
    """The account that stays: the survivor's own, or the absorbed customer's where he has none.

    The other one is switched off, and its addresses lead to the one that stays. Where one of the two is of staff, both
    go on as they are and the customer's own stays: no address of a customer ever opens an account of staff.
    """
    stays, goes = survivor.user, absorbed.user
    if stays is None or goes is None:
        return stays or goes
    if stays.is_staff and not goes.is_staff:
        return goes
    if not goes.is_staff:
        _hand_over(goes, stays)
    return stays


def _hand_over(goes: User, stays: User) -> None:
    """What is left of the other account says nothing of the person: nothing leads from the customer to it."""
    held = set(EmailAddress.objects.filter(user=stays).values_list("email", flat=True))
    own = EmailAddress.objects.filter(user=goes)
    own.filter(email__in=held).delete()
    own.update(user=stays, primary=False)
    address = goes.email
    Authenticator.objects.filter(user=goes).delete()
    goes.email, goes.is_active = RETIRED.format(goes.pk), False
    goes.first_name = goes.last_name = ""
    goes.set_unusable_password()
    goes.save(update_fields=["email", "is_active", "password", "first_name", "last_name"])
    if not EmailAddress.objects.filter(user=stays, email__iexact=address).exists():
        EmailAddress.objects.create(user=stays, email=address, primary=False, verified=False)
