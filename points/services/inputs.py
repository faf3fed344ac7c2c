"""What every service accepts as an amount and as a reason."""

from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.services import AlreadyErased
from loyalty_site.kernel.errors import invalid

MOST = 100_000_000


def checked_amount(amount: int) -> int:
    """1 to 100,000,000 points. Raises InvalidInput for `amount`."""
    if type(amount) is not int or not 1 <= amount <= MOST:
        raise invalid("amount", _("Give a whole number of points, at least one."), "out_of_range")
    return amount


def checked_reason(reason: str) -> str:
    """A correction says why (PT-1). Raises InvalidInput for `reason`."""
    if not reason.strip():
        raise invalid("reason", _("Say why."), "required")
    return reason.strip()[:200]


def refuse_erased(customer_id: int) -> None:
    """Nobody gets points under a number that leads to nobody (CU-4). Raises AlreadyErased."""
    if Customer.objects.filter(pk=customer_id, erased_at__isnull=False).exists():
        raise AlreadyErased
