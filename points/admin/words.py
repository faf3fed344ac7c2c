"""Movements of points in words and colours."""

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from loyalty_site.kernel.badges import badge
from points.models import Entry, PendingAdjustment
from points.rules import EntryKind, correcting_key

MOODS = {EntryKind.TAKE_BACK: "warn", EntryKind.EXPIRE: "warn", EntryKind.DEBT: "info"}


def kind_badge(entry: Entry) -> SafeString:
    """What it is, coloured by whether points came or went."""
    usual = "good" if entry.amount > 0 else "info"
    return badge(MOODS.get(EntryKind(entry.kind), usual), entry.get_kind_display())


def why(entry: Entry) -> str:
    """The reason that was given; else what the lot was given for, where the entry is its beginning."""
    if entry.reason:
        return entry.reason
    if entry.kind == EntryKind.DEBT:
        return _("from new points") if entry.lot_id else ""
    if entry.lot_id is None:
        return _("became debt: there were no points left")
    return str(entry.lot.get_kind_display()) if entry.kind == EntryKind.EARN and entry.lot else ""


def author(entry: Entry) -> str:
    """Somebody of the staff, an integration by the number of its key, or the programme itself."""
    key = correcting_key(entry.fact)
    if key is not None:
        return _("integration, key %(number)d") % {"number": key}
    return str(entry.author) if entry.author else _("programme")


def state_badge(asked: PendingAdjustment) -> SafeString:
    if asked.decided_at is None:
        return badge("warn", _("waits"))
    return badge("good", _("confirmed")) if asked.is_confirmed else badge("bad", _("refused"))
