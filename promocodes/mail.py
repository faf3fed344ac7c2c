"""Letters to staff about promo codes."""

from decimal import Decimal

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.core.mail import send_mail
from django.utils.translation import gettext as _

from loyalty_site.kernel.texts import money_text, percent_text
from promocodes.services.budget_warnings import BudgetWarning

RIGHT = "promocodes.change_campaign"


def send_budget_warning(warning: BudgetWarning) -> None:
    """One letter to all staff who may change campaigns; none when there is nobody. Raises `OSError`."""
    readers = list(staff_addresses())
    if not readers:
        return
    told = {
        "campaign": warning.campaign,
        "percent": percent_text(Decimal(warning.percent)),
        "spent": money_text(warning.spent),
        "budget": money_text(warning.budget),
    }
    subject = _("Campaign “%(campaign)s” has spent %(percent)s of its budget") % told
    body = _("Campaign “%(campaign)s”: discounts of %(spent)s given out of a budget of %(budget)s.") % told
    send_mail(subject.replace("\n", " "), body, settings.DEFAULT_FROM_EMAIL, readers)


def staff_addresses() -> list[str]:
    """Active staff with the right to change campaigns."""
    staff = ModelBackend().with_perm(RIGHT)
    return list(staff.filter(is_staff=True).order_by("pk").values_list("email", flat=True))
