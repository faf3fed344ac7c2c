"""How signs and states of possible duplicates are said to staff (CU-3)."""

from collections.abc import Iterable
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from customers.models import Duplicate
from loyalty_site.kernel.badges import badge

SIGNS: dict[str, Any] = {
    "mailbox": _("the same mailbox, spelled otherwise"),
    "phone": _("the same phone, spelled otherwise"),
    "contact_email": _("one gave the e-mail of the other"),
    "contact_phone": _("one gave the phone of the other"),
    "payer": _("the same card or payer"),
    "name": _("name and birthday"),
    "address": _("delivery address"),
    "device": _("device"),
}
TONES = {Duplicate.State.OPEN: "warn", Duplicate.State.MERGED: "good", Duplicate.State.DIFFERENT: "off"}


def signs_text(signs: Iterable[str]) -> str:
    """Those who share an address as well as a name are likelier one; all are named."""
    return "; ".join(str(SIGNS.get(sign, sign)) for sign in signs)


def state_badge(pair: Duplicate) -> SafeString:
    return badge(TONES[Duplicate.State(pair.state)], pair.get_state_display())
