"""Three segments by conditions, as a shop of shirts would have them."""

from datetime import datetime
from typing import Any

from customers.models import Segment, User
from customers.services import put_rule_segment, refresh_segment
from loyalty_site.kernel.transactions import requires_transaction

RULES: tuple[tuple[str, str, str, str, Any], ...] = (
    (
        "win-back",
        "Пора вернуть",
        "Win back",
        "Покупали не раз и пропали: письмо с личным промокодом, пока не забыли нас.",
        {
            "all": [
                {"field": "orders", "op": "at_least", "value": 2},
                {"field": "last_purchase", "op": "longer_ago", "value": 60},
                {"field": "consent", "op": "in", "value": ["email"]},
            ]
        },
    ),
    (
        "best-now",
        "Лучшие сейчас",
        "The best now",
        "Закрытые распродажи и ранний доступ к новинкам.",
        {
            "all": [
                {"field": "last_purchase", "op": "within", "value": 90},
                {
                    "any": [
                        {"field": "tier", "op": "in", "value": ["gold", "platinum"]},
                        {"field": "vip", "op": "yes"},
                    ]
                },
            ]
        },
    ),
    (
        "first-order-waits",
        "Ещё не покупали",
        "Have not bought yet",
        "Зарегистрировались и не купили: промокод на первый заказ.",
        {
            "all": [
                {"field": "last_purchase", "op": "never"},
                {"field": "registered", "op": "longer_ago", "value": 7},
                {"not": {"field": "consent", "op": "not_in", "value": ["programme"]}},
            ]
        },
    ),
)


@requires_transaction
def add_rules(*, by: User, now: datetime) -> None:
    """Those that are there already are left as they are."""
    for code, name, name_en, note, rule in RULES:
        if not Segment.objects.filter(code=code).exists():
            segment = put_rule_segment(
                code=code, name=name, name_en=name_en, rule=rule, note=note, by=by, now=now, is_new=True
            )
            refresh_segment(segment_id=segment.pk, now=now)
