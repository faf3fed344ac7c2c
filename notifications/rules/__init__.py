"""What a letter is made of, and when a letter that did not go out is tried again."""

from notifications.rules.letters import Button, Letter
from notifications.rules.retries import GIVE_BACK, LEASE, MOST_ATTEMPTS, STALE_AFTER, retry_after

__all__ = ["GIVE_BACK", "LEASE", "MOST_ATTEMPTS", "STALE_AFTER", "Button", "Letter", "retry_after"]
