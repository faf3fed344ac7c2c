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
)


@requires_transaction
def update_programme(*, changes: Mapping[str, Any]) -> Programme:
    """Raises InvalidInput with one entry for each wrong field; then nothing changes."""
    unknown = [
        FieldError(name, "unknown_field", _("There is no such setting."))
        for name in changes
        if name not in CHANGEABLE
    ]
    if unknown:
        raise InvalidInput(*unknown)
    programme, _made = Programme.objects.select_for_update(no_key=True).get_or_create(pk=1)
    for name, value in changes.items():
        setattr(programme, name, value)
    try:
        programme.full_clean()
    except ValidationError as error:
        raise InvalidInput(
            *(
                FieldError(name, "invalid", " ".join(messages))
                for name, messages in error.message_dict.items()
            )
        ) from error
    programme.save()
    return programme
