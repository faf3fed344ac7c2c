"""Lists of codes for staff: filter by state, search in any spelling. Fast on a million codes."""

from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet

from promocodes.models import PromoCode, Terms
from promocodes.rules import State, readings

SHORTEST_PREFIX = 2
NAMED_TERMS = 1_000


def state_condition(state: str, now: datetime) -> Q:
    """Which codes are in `state` at `now`, as a condition that can use indexes: what `with_state` says of each."""
    is_on = Q(switch=True) | Q(switch__isnull=True, terms__batch__switch=True)
    is_used_up = Q(max_uses__isnull=False, uses__gte=F("max_uses"))
    lives = is_on & Q(terms__ends_at__gt=now)
    return {
        State.DRAFT: Q(switch__isnull=True) & _of_terms(state == State.DRAFT, batch__switch__isnull=True),
        State.DEACTIVATED: Q(switch=False) | (Q(switch__isnull=True) & _of_terms(False, batch__switch=False)),
        State.EXPIRED: is_on & Q(terms__ends_at__lte=now),
        State.EXHAUSTED: lives & is_used_up,
        State.SCHEDULED: lives & ~is_used_up & Q(terms__starts_at__gt=now),
        State.ACTIVE: lives & ~is_used_up & Q(terms__starts_at__lte=now),
    }[State(state)]


def _of_terms(is_asked: bool, **which: Any) -> Q:
    """Codes whose terms are such. Terms are few where codes are a million: chosen first, they keep their index in use.

    Few enough of them are named one by one where they are what is asked: then the database knows how rare they are.
    """
    chosen = Terms.objects.filter(**which)
    if is_asked:
        keys = list(chosen.order_by("-pk").values_list("pk", flat=True)[: NAMED_TERMS + 1])
        if len(keys) <= NAMED_TERMS:
            return Q(terms__in=keys)
    return Q(terms__in=chosen)


def codes_like(codes: QuerySet[PromoCode], typed: str) -> QuerySet[PromoCode]:
    """Codes that begin with `typed` in any spelling: case, spaces, Cyrillic look-alikes, the wrong keyboard layout."""
    beginnings = prefix_readings(typed)
    if not beginnings:
        return codes.none()
    found = Q()
    for beginning in beginnings:
        # A range instead of LIKE: it uses the unique index whatever the collation. Z is the last letter of a code.
        found |= Q(code__gte=beginning, code__lte=beginning + "Z" * 32)
    return codes.filter(found)


def prefix_readings(typed: str) -> tuple[str, ...]:
    """Like `rules.readings`, for the first letters of a code."""
    whole = readings(typed)
    if whole:
        return whole
    # Padding to a whole code lets the one reader of spellings read a beginning too.
    padded = readings(typed + "9" * 6)
    return tuple(text[:-6] for text in padded if len(text) >= SHORTEST_PREFIX + 6)
