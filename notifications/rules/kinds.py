"""What staff call the kinds of messages."""

from django.utils.translation import gettext_lazy as _

# A kind without a name here is shown as it is written.
KINDS = {
    "thank_you": _("thanks for a purchase"),
    "birthday_bonus": _("birthday bonus"),
    "holiday_bonus": _("holiday bonus"),
    "points_expiring": _("points expire"),
    "tier_changed": _("tier changed"),
    "tier_lapsing": _("tier ends"),
    "membership_ending": _("membership ends"),
    "referral_paid": _("reward for a friend"),
    "referral_welcome": _("welcome of a friend"),
}


def kind_name(kind: str) -> str:
    return str(KINDS.get(kind, kind))
