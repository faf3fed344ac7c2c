"""What an action earns, how often, and whether it does now: defined by staff (PT-5)."""

from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.errors import FieldError, InvalidInput
from loyalty_site.kernel.texts import number_text
from loyalty_site.kernel.transactions import requires_transaction
from points.models import EarningAction

MOST_POINTS = 1_000_000
MOST_DAYS = 3650
MOST_TIMES = 1_000_000


@requires_transaction
def put_action(
    *,
    code: str,
    name: str,
    amount: int,
    life_days: int | None,
    limit_per_customer: int | None,
    is_active: bool,
    is_new: bool = False,
) -> EarningAction:
    """Makes the action of this code or changes it; what was earned by it stays. Who changed what is in its history.

    Raises InvalidInput with one entry for each wrong field; then nothing changes.
    """
    ranges = (
        ("amount", amount, MOST_POINTS),
        ("life_days", life_days, MOST_DAYS),
        ("limit_per_customer", limit_per_customer, MOST_TIMES),
    )
    wrong = [
        FieldError(field, "out_of_range", _("From %(least)s to %(most)s.") % {"least": 1, "most": number_text(most)})
        for field, value, most in ranges
        if value is not None and not 1 <= value <= most
    ]
    if not name.strip() or len(name) > 200:
        wrong.append(FieldError("name", "invalid", _("Enter a name of at most 200 characters.")))
    if is_new and EarningAction.objects.filter(code=code).exists():
        wrong.append(FieldError("code", "taken", _("There is an action of this code already.")))
    if wrong:
        raise InvalidInput(*wrong)
    terms = {
        "name": name.strip(),
        "amount": amount,
        "life_days": life_days,
        "limit_per_customer": limit_per_customer,
        "is_active": is_active,
    }
    action, _made = EarningAction.objects.update_or_create(code=code, defaults=terms)
    return action
