"""What to say when the database itself refuses: a domain error for each constraint a caller can run into."""

from collections.abc import Callable, Mapping
from functools import partial

from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.errors import Conflict, DomainError, Text


def _taken(field: str, message: Text) -> Callable[[], DomainError]:
    return partial(Conflict, message, code="already_exists", field=field)


def _refused(code: str, message: Text, field: str | None = None) -> Callable[[], DomainError]:
    return partial(DomainError, message, code=code, field=field)


BY_CONSTRAINT: Mapping[str, Callable[[], DomainError]] = {
    "customer_email_unique": _taken("email", _("There is a customer with this e-mail already.")),
    "customer_phone_unique": _taken("phone", _("There is a customer with this phone already.")),
    "customer_external_id_unique": _taken("external_id", _("There is a customer with this external id already.")),
    "customer_can_be_reached": _refused("invalid", _("Give an e-mail, a phone or an external id."), "email"),
    "order_external_number_once": _taken("external_number", _("There is an order with this external number already.")),
    "payment_taken_once": _taken("payment_id", _("This payment has been taken for another order.")),
    "promocode_uses_within_limit": _refused("promo_code_rejected", _("The promo code has been used up.")),
    "campaign_spent_within_budget": _refused("promo_code_rejected", _("The campaign's budget has been spent.")),
    "redemption_one_live_per_order": _refused("promo_code_rejected", _("The order has a promo code already.")),
}
