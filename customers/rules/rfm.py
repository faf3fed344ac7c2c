"""Recency, frequency and monetary value as scores, and the map of recency × frequency (CU-7, ADR 12)."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

BEST = 5
# The columns of each row go by frequency 1 … 5; rows by recency 1 (long ago) … 5 (just now).
MAP: tuple[tuple[str, ...], ...] = (
    ("lost", "lost", "at_risk", "at_risk", "cant_lose"),
    ("hibernating", "hibernating", "at_risk", "at_risk", "cant_lose"),
    ("about_to_sleep", "about_to_sleep", "need_attention", "loyal", "loyal"),
    ("promising", "potential_loyalist", "potential_loyalist", "loyal", "loyal"),
    ("new", "potential_loyalist", "potential_loyalist", "champions", "champions"),
)
# From the best to those who are gone: the order of lists.
SEGMENTS = (
    "champions",
    "loyal",
    "potential_loyalist",
    "new",
    "promising",
    "need_attention",
    "about_to_sleep",
    "at_risk",
    "cant_lose",
    "hibernating",
    "lost",
)


def score(value: Any, cuts: Sequence[Any], *, lower_is_better: bool = False) -> int:
    """1 … 5: one more for each of the four ascending `cuts` strictly below `value`, so equal values are equal.

    `lower_is_better` turns it round: 5 for who is not above the lowest cut. Without cuts nobody has bought yet that
    could be compared with: 1, or 5 where lower is better.
    """
    below = bisect_left(cuts, value)
    return BEST - below if lower_is_better else 1 + below


def segment_of(r: int, f: int) -> str:
    """The segment of this cell of the map."""
    return MAP[r - 1][f - 1]


def cells(segment: str) -> list[tuple[int, int]]:
    """The (recency, frequency) scores that are this segment, ascending."""
    return [(r, f) for r in range(1, BEST + 1) for f in range(1, BEST + 1) if segment_of(r, f) == segment]
