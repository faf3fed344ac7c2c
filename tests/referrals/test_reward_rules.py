"""How much a reward is, and how much stays of it (R-3, R-4)."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referrals.rules import RewardTerms, kept_reward, reward_amount


@pytest.mark.parametrize(
    ("kind", "amount", "is_percent", "goods", "point_value", "expected"),
    [
        ("points", "300", False, "0.01", "1", "300"),
        ("points", "300.99", False, "1000", "1", "300"),
        ("points", "10", True, "1000", "1", "100"),
        ("points", "10", True, "1009.99", "1", "100"),
        ("points", "12.5", True, "1000", "3", "41"),
        ("points", "10", True, "9.99", "1", "0"),
        # More than an entry of the ledger holds would stop the payout of everybody.
        ("points", "100", True, "9999999999.99", "0.01", "100000000"),
        ("money", "150.50", False, "1000", "7", "150.50"),
        ("money", "10", True, "1000.05", "7", "100.01"),
        ("money", "0.01", True, "10", "1", "0.00"),
        ("fixed_code", "500", False, "1000", "7", "500"),
        ("percent_code", "15", False, "1000", "7", "15"),
    ],
)
def test_reward_amount(kind: str, amount: str, is_percent: bool, goods: str, point_value: str, expected: str) -> None:
    terms = RewardTerms(kind, Decimal(amount), is_percent)
    assert reward_amount(terms, Decimal(goods), Decimal(point_value)) == Decimal(expected)


@pytest.mark.parametrize(
    ("amount", "kept", "kind", "expected"),
    [
        ("300", Fraction(1), "points", "300"),
        ("300", Fraction(3, 4), "points", "225"),
        ("300", Fraction(2, 3), "points", "200"),
        # 33.33… go back: 33 of them.
        ("100", Fraction(2, 3), "points", "67"),
        ("1", Fraction(1, 1000), "points", "1"),
        ("1", Fraction(0), "points", "0"),
        ("100", Fraction(2, 3), "money", "66.67"),
        ("0.01", Fraction(1, 2), "money", "0.00"),
        ("500", Fraction(1, 1000), "fixed_code", "500"),
        ("500", Fraction(0), "fixed_code", "0"),
        ("15", Fraction(1, 2), "percent_code", "15"),
    ],
)
def test_kept_reward(amount: str, kept: Fraction, kind: str, expected: str) -> None:
    assert kept_reward(Decimal(amount), kept, kind) == Decimal(expected)


@given(
    kind=st.sampled_from(["points", "money", "fixed_code", "percent_code"]),
    units=st.integers(1, 10**7),
    lines=st.lists(st.integers(0, 10**6), min_size=1, max_size=6)
    .filter(any)
    .flatmap(lambda totals: st.tuples(st.just(totals), st.permutations(range(len(totals))))),
)
def test_refunds_in_any_order_add_up_to_the_whole(kind: str, units: int, lines: tuple[list[int], list[int]]) -> None:
    """Each step takes something or nothing, never gives; the last goods take the last of it, and none before."""
    totals, order = lines
    amount = Decimal(units) if kind != "money" else Decimal(units) / 100
    left, kept, taken = sum(totals), amount, Decimal(0)
    for position in order:
        left -= totals[position]
        stays = kept_reward(amount, Fraction(left, sum(totals)), kind)
        assert 0 <= stays <= kept
        assert stays == stays.quantize(Decimal("0.01") if kind == "money" else Decimal(1))
        taken, kept = taken + kept - stays, stays
    assert (kept, taken) == (0, amount)
