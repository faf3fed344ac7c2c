"""The state of many codes at once, in SQL; `rules.state_of` says the same of one (PC-14)."""

from datetime import datetime

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from promocodes.models import PromoCode
from promocodes.rules import State


def with_state(codes: QuerySet[PromoCode], *, now: datetime) -> QuerySet[PromoCode]:
    """Adds `is_on` (the effective switch) and `state` to each code; may be filtered by either."""
    return codes.annotate(is_on=Coalesce("switch", "terms__batch__switch")).annotate(
        state=Case(
            When(is_on__isnull=True, then=Value(State.DRAFT.value)),
            When(is_on=False, then=Value(State.DEACTIVATED.value)),
            When(terms__ends_at__lte=now, then=Value(State.EXPIRED.value)),
            When(Q(max_uses__isnull=False, uses__gte=F("max_uses")), then=Value(State.EXHAUSTED.value)),
            When(terms__starts_at__lte=now, then=Value(State.ACTIVE.value)),
            default=Value(State.SCHEDULED.value),
            output_field=CharField(),
        )
    )
