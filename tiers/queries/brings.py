"""What a tier brings, in one line of the reader's language."""

from decimal import Decimal

from django.utils.translation import gettext as _

from loyalty_site.kernel.texts import percent_text
from tiers.models import Tier


def brings_text(tier: Tier, base_percent: Decimal) -> str:
    """`cashback 15%, discount 5%, free delivery`; `base_percent` is the cashback of a tier without its own."""
    cashback = base_percent if tier.cashback_percent is None else tier.cashback_percent
    parts = [_("cashback %(percent)s") % {"percent": percent_text(cashback)}]
    if tier.discount_percent:
        parts.append(_("discount %(percent)s") % {"percent": percent_text(tier.discount_percent)})
    privileges = {
        "ships_free": _("free delivery"),
        "has_manager": _("personal manager"),
        "has_early_access": _("early access to closed sales"),
    }
    return ", ".join(parts + [text for name, text in privileges.items() if getattr(tier, name)])
