"""Messages to a customer on his line of time (CU-10)."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from loyalty_site.kernel.timeline import Source, Told, rows_of
from notifications.models import OutboxMessage
from notifications.queries.messages import State, state_of
from notifications.rules.kinds import kind_name

TONES = {State.SENT: "good", State.FAILED: "bad"}


def _told(keys: Sequence[int]) -> dict[int, Told]:
    now = timezone.now()
    return {row.pk: _one(row, state_of(row, now=now)) for row in OutboxMessage.objects.filter(pk__in=keys)}


def _one(row: OutboxMessage, state: State) -> Told:
    said = {
        State.SENT: _("sent"),
        State.FAILED: _("failed"),
        State.SKIPPED: _("skipped: %(why)s") % {"why": row.get_skip_reason_display()},
    }
    return Told(
        text=_("Message: %(kind)s") % {"kind": kind_name(row.kind)},
        detail=said.get(state, _("waits")),
        url=reverse("admin:notifications_outboxmessage_page", args=[row.pk]),
        tone=TONES.get(state, ""),
    )


SOURCES = (
    Source(
        name="message",
        kind="messages",
        right="notifications.view_outboxmessage",
        moment="created_at",
        rows=rows_of(OutboxMessage, "customer"),
        tell=_told,
    ),
)
