"""The settings of the programme: one row."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from customers.models import Programme
from loyalty_site.kernel.errors import FieldError, InvalidInput
from loyalty_site.kernel.transactions import requires_transaction

CHANGEABLE = (
    "percent_policy",
    "unpaid_order_ttl_minutes",
    "base_earn_percent",
    "sale_goods_excluded",
    "second_person_percent",
    "second_person_amount",
    "point_value",
    "points_cap_percent",
    "points_hold_days",
    "points_life_days",
    "points_grace_days",
    "first_purchase_bonus",
    "second_person_points",
)

# The database holds most of these too, but does not say which field was wrong.
RANGES = {
    "base_earn_percent": (0, 100),
    "unpaid_order_ttl_minutes": (1, 525_600),
    "second_person_percent": (0, 100),
    "second_person_amount": (0, 9_999_999_999),
}


@requires_transaction
def update_programme(*, changes: Mapping[str, Any]) -> Programme:
    """Raises InvalidInput with one entry for each wrong field; then nothing changes."""
    unknown = [
        FieldError(name, "unknown_field", _("There is no such setting.")) for name in changes if name not in CHANGEABLE
    ]
    wrong = unknown + [
        FieldError(name, "out_of_range", _("From %(least)d to %(most)d.") % {"least": least, "most": most})
        for name, (least, most) in RANGES.items()
        if changes.get(name) is not None and not least <= changes[name] <= most
    ]
    if wrong:
        raise InvalidInput(*wrong)
    programme, _made = Programme.objects.select_for_update(no_key=True).get_or_create(pk=1)
    for name, value in changes.items():
        setattr(programme, name, value)
    try:
        programme.full_clean()
    except ValidationError as error:
        raise InvalidInput(
            *(FieldError(name, "invalid", " ".join(messages)) for name, messages in error.message_dict.items())
        ) from error
    programme.save()
    return programme
