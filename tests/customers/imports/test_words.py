"""What the preview of an import says."""

import pytest
from django.utils.translation import override

from customers.imports.words import cell_text


@pytest.mark.parametrize(
    ("field", "cell", "text"),
    [
        ("paid_at", "2026-09-01 00:00:00 Europe/Moscow", "1\N{NO-BREAK SPACE}сентября\N{NO-BREAK SPACE}2026"),
        ("paid_at", "2026-09-01 14:05:00 Europe/Moscow", "1\N{NO-BREAK SPACE}сентября\N{NO-BREAK SPACE}2026, 14:05"),
        ("paid_at", "2026-09-01T14:05:00+05:00", "1\N{NO-BREAK SPACE}сентября\N{NO-BREAK SPACE}2026, 12:05"),
        ("birthday", "1990-02-28", "28\N{NO-BREAK SPACE}февраля\N{NO-BREAK SPACE}1990"),
        ("goods_amount", "1000.50", "1\N{NO-BREAK SPACE}000,50\N{NO-BREAK SPACE}₽"),
        ("discount_amount", "", ""),
        ("number", "1000.50", "1000.50"),
        ("paid_at", "", ""),
        ("paid_at", "32.09.2026", "32.09.2026"),
    ],
)
def test_cells_are_told_in_words(field: str, cell: str, text: str) -> None:
    with override("ru"):
        assert cell_text(field, cell) == text
