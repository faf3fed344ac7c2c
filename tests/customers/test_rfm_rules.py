"""Scores and the map: equal values are equal, more is never worse, every cell has a name (CU-7)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.rules.rfm import MAP, SEGMENTS, cells, score, segment_of

CUTS = st.lists(st.integers(0, 400), min_size=4, max_size=4).map(sorted)
VALUES = st.integers(-1, 401)


@pytest.mark.parametrize(("value", "wanted"), [(1, 1), (10, 1), (11, 2), (20, 2), (30, 3), (40, 4), (41, 5)])
def test_score_counts_the_cuts_below(value: int, wanted: int) -> None:
    assert score(value, [10, 20, 30, 40]) == wanted
    assert score(value, [10, 20, 30, 40], lower_is_better=True) == 6 - wanted


def test_score_of_money_is_exact_to_the_kopeck() -> None:
    cuts = [Decimal("10.00"), Decimal("10.01"), Decimal("20.00"), Decimal("20.00")]
    assert [score(Decimal(text), cuts) for text in ("10.00", "10.01", "10.02", "20.01")] == [1, 2, 3, 5]


def test_score_without_cuts_has_nothing_to_compare_with() -> None:
    assert (score(3, []), score(3, [], lower_is_better=True)) == (1, 5)


@given(CUTS, VALUES, VALUES)
def test_score_never_falls_as_the_value_grows(cuts: list[int], one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert 1 <= score(low, cuts) <= score(high, cuts) <= 5
    assert score(low, cuts, lower_is_better=True) >= score(high, cuts, lower_is_better=True)


def test_map_names_every_cell_once() -> None:
    assert sorted(cell for name in SEGMENTS for cell in cells(name)) == [
        (r, f) for r in range(1, 6) for f in range(1, 6)
    ]
    assert {name for row in MAP for name in row} == set(SEGMENTS)
    assert len(SEGMENTS) == 11


def test_map_has_the_best_and_the_lost_in_its_corners() -> None:
    corners = [segment_of(r, f) for r, f in ((5, 5), (5, 1), (1, 5), (1, 1))]
    assert corners == ["champions", "new", "cant_lose", "lost"]
    assert cells("cant_lose") == [(1, 5), (2, 5)]
