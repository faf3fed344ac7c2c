"""How a review is told to staff: its reasons, its state, what two accounts have in common."""

from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty_site.kernel.badges import badge
from referrals.models import Review, Trait
from referrals.rules.score import Reason, reason_text
from referrals.rules.suspicions import SCORES

COLOURS = {"waiting": "warn", "blocked": "bad", "approved": "good", "rejected": "bad"}


def _keys(*starts: str) -> tuple[str, ...]:
    return tuple(key for key in SCORES if key.startswith(starts))


# What the list is filtered by: a name, its label, the keys of reasons behind it.
REASON_CHOICES: dict[str, tuple[Any, tuple[str, ...]]] = {
    "self": (gettext_lazy("something in common with the referrer"), _keys("self_")),
    "known": (gettext_lazy("was a customer before"), _keys("known_", "guest_", "bought_")),
    "sibling": (gettext_lazy("something in common with other friends"), _keys("sibling_")),
    "chain": (gettext_lazy("a ring"), _keys("chain_")),
    "burst": (gettext_lazy("many registrations from one network"), _keys("burst")),
    "returns": (gettext_lazy("returns"), _keys("rewards_taken_back", "gave_back")),
    "limits": (gettext_lazy("over a limit"), ("day_limit", "month_limit")),
}


def status_badge(review: Review) -> SafeString:
    return badge(COLOURS[review.status], Review.Status(review.status).label)


def reason_sentences(review: Review) -> list[tuple[int, str]]:
    """Each with what it adds to the risk, the heaviest first."""
    reasons = [Reason(row["key"], row["score"], row["params"]) for row in review.reasons]
    return [(reason.score, reason_text(reason)) for reason in reasons]


def shared_text(kinds: tuple[str, ...]) -> str:
    """`e-mail, phone`: what is in common, never its value."""
    labels = [str(Trait.Kind(kind).label) for kind in Trait.Kind.values if kind in kinds]
    return ", ".join(labels) or _("nothing")
