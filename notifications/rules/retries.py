"""When a letter that did not go out is tried again (N-4)."""

from datetime import timedelta

# Longer than a worker can be busy with what it took at once: then the claim is over, and others may take it.
LEASE = timedelta(minutes=15)
# The mail server itself is away: nobody's try is counted, and everything waits as long.
GIVE_BACK = timedelta(minutes=5)
# News of last week is no news: imported receipts, a mail server that was away for days.
STALE_AFTER = timedelta(days=3)
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 2 * 60, 6 * 60, 12 * 60, 24 * 60))
MOST_ATTEMPTS = len(BACK_OFF) + 1


def retry_after(attempts: int) -> timedelta | None:
    """How long to wait after so many tries; None: that was the last."""
    return BACK_OFF[attempts - 1] if attempts < MOST_ATTEMPTS else None
