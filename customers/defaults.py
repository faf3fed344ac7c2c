"""The segments of the RFM map, «стартовый» and VIP: every shop has them, staff may rename them (CU-7)."""

from typing import Any

from django.apps import AppConfig

# The code after `rfm-`, the names, what it is in a few words.
SEGMENTS = (
    ("champions", "Чемпионы", "Champions", "Покупают часто и были недавно"),
    ("loyal", "Лояльные", "Loyal", "Покупают часто, последний раз не так давно"),
    ("potential_loyalist", "Могут стать лояльными", "Potential loyalists", "Были недавно и купили не один раз"),
    ("new", "Новички", "New", "Купили только что, пока редко"),
    ("promising", "Подающие надежды", "Promising", "Купили недавно, пока редко"),
    ("need_attention", "Требуют внимания", "Need attention", "Середина карты: и давность, и частота средние"),
    ("about_to_sleep", "Засыпающие", "About to sleep", "Покупали редко и давно не были"),
    ("at_risk", "В зоне риска", "At risk", "Покупали часто, но давно не были"),
    ("cant_lose", "Нельзя потерять", "Can’t lose", "Покупали чаще всех, но давно не были"),
    ("hibernating", "Спящие", "Hibernating", "Покупали редко, последний раз очень давно"),
    ("lost", "Потерянные", "Lost", "Давнее всех и редко или ни разу за период"),
    ("starter", "Стартовый", "Starter", "Ровно одна покупка за всё время"),
    ("vip", "VIP", "VIP", "Лучшие по сумме покупок за период"),
)


def name_rfm_segments(sender: AppConfig | None = None, **signal: Any) -> None:
    """After migrations; those that are there stay as the shop has named them."""
    from customers.models import Segment

    Segment.objects.bulk_create(
        (
            Segment(code=f"rfm-{code}", kind=Segment.Kind.RFM, name=name, name_en=name_en, note=note)
            for code, name, name_en, note in SEGMENTS
        ),
        ignore_conflicts=True,
    )
