"""What `points` holds of one customer, for his download (CU-4)."""

from datetime import datetime

from django.utils.translation import gettext as _

from customers.queries.find import records
from loyalty_site.kernel.held import FOR_PROGRAMS, Kind, Part, Said, part_of
from points.models import Entry, Lot, OccasionGift, PendingAdjustment, PointsAccount


def account(customer_id: int, *, now: datetime) -> Part:
    rows = PointsAccount.objects.filter(pk=customer_id)
    return part_of(_("Account of points"), rows, "opened_at", "debt")


def ledger(customer_id: int, *, now: datetime) -> Part:
    """Every entry, the oldest first."""
    rows = Entry.objects.filter(account=customer_id).order_by("pk")
    said: Said = {"fact": FOR_PROGRAMS}
    return part_of(_("Points"), rows, "posted_at", "kind", "amount", "order_ref", "reason", "fact", said=said)


def lots(customer_id: int, *, now: datetime) -> Part:
    rows = Lot.objects.filter(account=customer_id).order_by("pk")
    return part_of(_("Points by term"), rows, "kind", "amount", "remaining", "available_from", "expires_at")


def corrections(customer_id: int, *, now: datetime) -> Part:
    rows = PendingAdjustment.objects.filter(customer=customer_id).order_by("pk")
    history = PendingAdjustment.pgh_event_model._meta.db_table  # type: ignore[attr-defined]
    return part_of(_("Corrections asked for"), rows, "asked_at", "amount", "reason", "is_confirmed", tables=[history])


def gifts(customer_id: int, *, now: datetime) -> Part:
    rows = OccasionGift.objects.filter(customer__in=records(customer_id)).order_by("pk")
    said: Said = {"occasion": {"label": _("occasion")}, "year": {"kind": Kind.TEXT}}
    return part_of(_("Gifts for occasions"), rows, "year", "given_at", said=said, occasion="occasion__name")
