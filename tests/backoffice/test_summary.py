"""The sentence of the editor, in both languages (UX: plural forms and ranges of days)."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from promocodes.rules.summary import SummaryFacts, summary, uses_text

MOSCOW = ZoneInfo("Europe/Moscow")


def _facts(**given: object) -> SummaryFacts:
    june = {"starts_at": datetime(2026, 6, 1, tzinfo=MOSCOW), "ends_at": datetime(2026, 6, 16, tzinfo=MOSCOW)}
    return SummaryFacts(**({"type": "percent", "value": Decimal(5)} | june | given))  # type: ignore[arg-type]


SENTENCES = [
    (
        _facts(minimum_order=Decimal(1000)),
        "5% off the whole order from ₽1,000, 1 – 15 June 2026, any number of uses",
        "5 % на весь заказ от 1 000 ₽, с 1 по 15 июня 2026, без ограничения применений",
    ),
    (
        _facts(
            type="fixed",
            value=Decimal(100),
            required_names=("Shirts",),
            starts_at=datetime(2026, 6, 7, tzinfo=MOSCOW),
            ends_at=datetime(2026, 6, 15, tzinfo=MOSCOW),
        ),
        "₽100 off the order, if the order holds “Shirts”, 7 – 14 June 2026, any number of uses",
        "Скидка 100 ₽ на заказ, если в заказе есть «Shirts», с 7 по 14 июня 2026, без ограничения применений",
    ),
    (
        _facts(type="free_shipping", value=None, minimum_order=Decimal(1500), max_uses=100),
        "Free delivery from ₽1,500, 1 – 15 June 2026, 100 uses in all",
        "Бесплатная доставка от 1 500 ₽, с 1 по 15 июня 2026, всего 100 применений",
    ),
    (
        _facts(
            type="cashback",
            value=Decimal("7.5"),
            category_names=("Shoes", "Bags"),
            minimum_order=Decimal(2000),
            starts_at=datetime(2026, 12, 2, tzinfo=MOSCOW),
            ends_at=datetime(2027, 1, 11, tzinfo=MOSCOW),
            max_uses_per_customer=1,
            first_order_only=True,
            segment_name="VIP",
        ),
        (
            "Cashback of 7.5% on “Shoes” and “Bags” in orders from ₽2,000, 2 December 2026 – 10 January 2027, "
            "any number of uses, 1 use per customer, only on the first order, only for the segment “VIP”"
        ),
        (
            "Кешбэк 7,5 % на «Shoes» и «Bags» при заказе от 2 000 ₽, со 2 декабря 2026 по 10 января 2027, "
            "без ограничения применений, 1 применение на покупателя, только на первый заказ, только для сегмента «VIP»"
        ),
    ),
    (
        _facts(value=None, starts_at=None),
        "Value not set yet, any number of uses",
        "Величина ещё не указана, без ограничения применений",
    ),
]


def _plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(("facts", "english", "russian"), SENTENCES)
def test_summary_says_the_terms_in_plain_words(facts: SummaryFacts, english: str, russian: str) -> None:
    with translation.override("en"):
        assert _plain(summary(facts)) == english
    with translation.override("ru"):
        assert _plain(summary(facts)) == russian


def test_summary_names_hours_where_the_period_is_not_of_whole_days() -> None:
    facts = _facts(starts_at=datetime(2026, 6, 1, 10, tzinfo=MOSCOW))
    with translation.override("en"):
        assert "from 1 June 2026, 10:00 to 16 June 2026, 00:00" in _plain(summary(facts))


@pytest.mark.parametrize(
    ("count", "russian"),
    [
        (1, "всего 1 применение"),
        (2, "всего 2 применения"),
        (5, "всего 5 применений"),
        (11, "всего 11 применений"),
        (21, "всего 21 применение"),
        (1000, "всего 1 000 применений"),
    ],
)
def test_uses_have_the_right_plural(count: int, russian: str) -> None:
    with translation.override("ru"):
        assert _plain(uses_text(count)) == russian
