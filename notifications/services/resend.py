"""Sending again what has failed, when staff ask for it."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from customers.models import User
from loyalty_site.kernel.errors import Conflict
from loyalty_site.kernel.transactions import requires_transaction
from notifications.models import OutboxMessage


class NotFailed(Conflict):
    code = "message_not_failed"
    message = _("Only a message that has failed can be sent again.")


@requires_transaction
def resend_message(*, message_id: int, by: User, now: datetime) -> OutboxMessage:
    """A failed message is due at once, with all its tries before it. Raises NotFailed for any other."""
    message = OutboxMessage.objects.select_for_update(no_key=True).get(pk=message_id)
    if message.failed_at is None:
        raise NotFailed
    message.failed_at, message.next_try_at, message.claimed_at = None, now, None
    message.attempts, message.error, message.error_code = 0, "", ""
    message.asked_again_at, message.asked_again_by = now, by
    message.save()
    return message
