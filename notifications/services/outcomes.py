"""What became of a claimed message. Each is one statement, and leaves alone what another worker took meanwhile."""

from datetime import datetime

from django.db.models import QuerySet

from loyalty_site.kernel.transactions import requires_transaction
from notifications.models import OutboxMessage
from notifications.rules import retry_after
from notifications.services.claims import Claimed


@requires_transaction
def mark_sent(*, claimed: Claimed, now: datetime) -> bool:
    """It went out: that stands, even when the lease was over and somebody else had it by then."""
    rows = OutboxMessage.objects.filter(pk=claimed.id, sent_at=None)
    ended = {"next_try_at": None, "skipped_at": None, "skip_reason": "", "failed_at": None}
    return bool(rows.update(sent_at=now, error="", error_code="", **ended))


@requires_transaction
def skip_message(*, claimed: Claimed, reason: OutboxMessage.SkipReason, now: datetime) -> bool:
    """It is not to be sent, and never will be."""
    return bool(_held(claimed).update(skipped_at=now, skip_reason=reason, next_try_at=None))


@requires_transaction
def put_off(*, claimed: Claimed, error: OutboxMessage.Error, error_code: str = "", now: datetime) -> bool:
    """Try again later, each time a longer while later; after the last try it has failed."""
    wait = retry_after(claimed.attempts)
    if wait is None:
        return fail_message(claimed=claimed, error=error, error_code=error_code, now=now)
    return bool(_held(claimed).update(next_try_at=now + wait, claimed_at=None, error=error, error_code=error_code))


@requires_transaction
def fail_message(*, claimed: Claimed, error: OutboxMessage.Error, error_code: str = "", now: datetime) -> bool:
    """Nothing will come of trying again by itself; staff may ask for it."""
    return bool(_held(claimed).update(failed_at=now, next_try_at=None, error=error, error_code=error_code))


def _held(claimed: Claimed) -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(pk=claimed.id, claimed_at=claimed.claimed_at, next_try_at__isnull=False)
