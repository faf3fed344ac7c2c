"""What `notifications` holds of one customer, for his download (CU-4)."""

from datetime import datetime

from django.utils.translation import gettext as _

from loyalty_site.kernel.held import FOR_PROGRAMS, Part, part_of
from notifications.models import OutboxMessage
from notifications.rules.kinds import KINDS


def messages(customer_id: int, *, now: datetime) -> Part:
    rows = OutboxMessage.objects.filter(customer=customer_id).order_by("pk")
    history = OutboxMessage.pgh_event_model._meta.db_table  # type: ignore[attr-defined]
    said = {"kind": {"choices": KINDS}, "payload": FOR_PROGRAMS}
    fields = ("kind", "payload", "created_at", "sent_at", "skipped_at", "skip_reason", "failed_at")
    return part_of(_("Messages to you"), rows, *fields, said=said, tables=[history])
