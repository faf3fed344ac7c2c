"""What happened to points, told to the one they belong to."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from points.models import Entry, Lot

EARNED = {
    Lot.Kind.PURCHASE: lambda: _("Cashback for a purchase"),
    Lot.Kind.FIRST_PURCHASE: lambda: _("A gift for the first purchase"),
    Lot.Kind.ACTION: lambda: _("A thank-you from the shop"),
    Lot.Kind.BIRTHDAY: lambda: _("A birthday gift"),
    Lot.Kind.HOLIDAY: lambda: _("A holiday gift"),
    Lot.Kind.REFERRAL: lambda: _("For a friend you brought"),
    Lot.Kind.MANUAL: lambda: _("Given by the shop"),
    Lot.Kind.COMPENSATION: lambda: _("An apology from the shop"),
}
MOVED = {
    Entry.Kind.SPEND: lambda: pgettext("points", "Paid for an order"),
    Entry.Kind.RETURN: lambda: _("Came back from an order"),
    Entry.Kind.TAKE_BACK: lambda: _("Taken back after a return of goods"),
    Entry.Kind.DEBT: lambda: _("A debt paid"),
}


def title_of(entry: Entry) -> str:
    """A few words for the line of an entry; `entry.lot` must be loaded."""
    if entry.kind == Entry.Kind.EARN and entry.lot is not None:
        return EARNED[Lot.Kind(entry.lot.kind)]()
    if entry.kind == Entry.Kind.EXPIRE:
        return pgettext("points", "Expired") if entry.amount < 0 else _("Expiry undone")
    if entry.kind == Entry.Kind.ADJUST:
        return _("Given by the shop") if entry.amount > 0 else _("Withdrawn by the shop")
    return MOVED[Entry.Kind(entry.kind)]()
