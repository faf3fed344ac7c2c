"""Decisions about points, by example and by property."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from points.rules import (
    Balance,
    Earning,
    EntryKind,
    ExpiredPart,
    Line,
    LotState,
    SpentPart,
    available,
    balance_of,
    debt_lines,
    earned_on,
    lot_dates,
    points_back,
    return_lines,
    spending_lines,
    still_to_take_back,
    take_back_lines,
)

NOW = datetime(2026, 6, 10, 9, tzinfo=UTC)
GRACE = NOW + timedelta(days=14)
MOSCOW = ZoneInfo("Europe/Moscow")


def lot(key: int, remaining: int, *, ends: int = 100, starts: int = -10) -> LotState:
    return LotState(key, remaining, NOW + timedelta(days=starts), NOW + timedelta(days=ends))


def spent(lines: list[Line] | None) -> list[tuple[int | None, int]] | None:
    return None if lines is None else [(line.lot_id, line.amount) for line in lines]


@pytest.mark.parametrize(
    ("lots", "amount", "taken"),
    [
        ([lot(1, 100)], 100, [(1, -100)]),
        ([lot(1, 100, ends=30), lot(2, 100, ends=5)], 120, [(2, -100), (1, -20)]),
        ([lot(2, 50), lot(1, 50)], 60, [(1, -50), (2, -10)]),
        ([lot(1, 0), lot(2, 5)], 5, [(2, -5)]),
        ([lot(1, 100)], 101, None),
        ([lot(1, 100, starts=1)], 1, None),
        ([lot(1, 100, ends=0)], 1, None),
        ([], 1, None),
    ],
)
def test_spending_takes_the_soonest_to_expire(lots, amount, taken):  # PT-2
    assert spent(spending_lines(lots, amount, now=NOW)) == taken


def test_return_fills_the_longest_living_lot_first():
    parts = [SpentPart(11, lot(1, 0, ends=5), 100), SpentPart(12, lot(2, 0, ends=50), 100, returned=30)]
    assert return_lines(parts, 90, debt=0, now=NOW, grace_until=GRACE) == [
        Line(EntryKind.RETURN, 70, 2, 12),
        Line(EntryKind.RETURN, 20, 1, 11),
    ]


def test_expired_lot_gets_grace_and_its_rest_expires():  # O-7
    parts = [SpentPart(11, lot(1, 40, ends=-3), 60)]
    assert return_lines(parts, 60, debt=0, now=NOW, grace_until=GRACE) == [
        Line(EntryKind.EXPIRE, -40, 1, fact="expire:lot:1:2026-06-07 09:00:00"),
        Line(EntryKind.RETURN, 60, 1, 11, GRACE),
    ]


def test_returned_points_pay_debt_from_the_soonest_to_expire():
    parts = [SpentPart(11, lot(1, 0, ends=5), 100), SpentPart(12, lot(2, 0, ends=50), 100)]
    assert return_lines(parts, 200, debt=130, now=NOW, grace_until=GRACE)[2:] == [
        Line(EntryKind.DEBT, -100, 1),
        Line(EntryKind.DEBT, -30, 2),
        Line(EntryKind.DEBT, 130),
    ]


def test_more_than_was_spent_cannot_be_returned():
    with pytest.raises(ValueError, match="returned"):
        return_lines([SpentPart(11, lot(1, 0), 10, returned=5)], 6, debt=0, now=NOW, grace_until=GRACE)


TAKE_BACK = EntryKind.TAKE_BACK


@pytest.mark.parametrize(
    ("earning", "others", "amount", "lines"),
    [
        (Earning(9, lot(1, 100), 100), [], 40, [Line(TAKE_BACK, -40, 1, 9)]),
        (
            Earning(9, lot(1, 10), 100),
            [lot(3, 50, ends=9), lot(2, 20, ends=5), lot(1, 10)],
            100,
            [
                Line(TAKE_BACK, -10, 1, 9),
                Line(TAKE_BACK, -20, 2, 9),
                Line(TAKE_BACK, -50, 3, 9),
                Line(TAKE_BACK, -20, None, 9),
            ],
        ),
        (Earning(9, lot(1, 0), 100), [lot(2, 99, starts=3)], 5, [Line(TAKE_BACK, -5, 2, 9)]),
        (Earning(9, lot(1, 0), 100), [lot(2, 99, ends=-1)], 5, [Line(TAKE_BACK, -5, None, 9)]),
        (
            Earning(9, lot(1, 0, ends=-1), 100, expired=(ExpiredPart(20, 30), ExpiredPart(21, 40))),
            [],
            80,
            [
                Line(EntryKind.EXPIRE, 30, 1, 20),
                Line(EntryKind.EXPIRE, 40, 1, 21),
                Line(TAKE_BACK, -70, 1, 9),
                Line(TAKE_BACK, -10, None, 9),
            ],
        ),
    ],
)
def test_take_back_finds_its_points(earning, others, amount, lines):  # O-7
    assert take_back_lines(earning, others, amount, now=NOW) == lines


def test_more_than_was_earned_cannot_be_taken_back():
    with pytest.raises(ValueError, match="taken back"):
        take_back_lines(Earning(9, lot(1, 100), 100, taken=60), [], 41, now=NOW)


@pytest.mark.parametrize(
    ("gain", "debt", "amounts"),
    [(100, 0, []), (100, 30, [(1, -30), (None, 30)]), (100, 130, [(1, -100), (None, 100)])],
)
def test_gains_pay_debt_first(gain, debt, amounts):  # PT-7
    assert spent(debt_lines([(1, gain)], debt)) == amounts


def test_points_of_a_line_come_back_exactly_in_any_order_of_steps():
    for steps in {*permutations([1, 2, 4])}:
        before, got = 0, 0
        for pieces in steps:
            got += points_back(100, 7, before=before, pieces=pieces)
            before += pieces
        assert got == 100


def test_points_are_floored_once_per_order():  # M-3
    parts = [(Decimal("9.99"), Decimal(10)), (Decimal("9.99"), Decimal(10)), (Decimal("0.10"), Decimal(20))]
    assert earned_on(parts) == 2
    assert still_to_take_back(earned=10, taken=3, kept=2) == 5
    assert still_to_take_back(earned=10, taken=9, kept=2) == 0


@pytest.mark.parametrize(
    ("now", "hold_days", "life_days", "dates"),
    [
        ("2026-06-10T12:00+03:00", 0, 365, ("2026-06-10T12:00+03:00", "2027-06-11T00:00+03:00")),
        ("2026-06-10T23:30+00:00", 14, 1, ("2026-06-25T02:30+03:00", "2026-06-27T00:00+03:00")),
    ],
)
def test_points_live_to_the_end_of_a_day_of_the_shop(now, hold_days, life_days, dates):  # M-4
    found = lot_dates(now=datetime.fromisoformat(now), hold_days=hold_days, life_days=life_days, zone=MOSCOW)
    assert found == tuple(map(datetime.fromisoformat, dates))


def test_balance_tells_available_from_pending_expiring_and_debt():  # PT-3
    lots = [lot(1, 10, ends=40), lot(2, 20, ends=30), lot(3, 5, ends=30), lot(4, 7, starts=2), lot(5, 9, ends=-1)]
    assert balance_of(lots, 3, now=NOW) == Balance(
        available=35,
        pending=7,
        pending_from=NOW + timedelta(days=2),
        debt=3,
        expiring=((25, NOW + timedelta(days=30)),),
    )


LOTS = st.lists(
    st.builds(
        lambda remaining, starts, ends: (remaining, starts, starts + ends),
        st.integers(0, 500),
        st.integers(-30, 10),
        st.integers(1, 60),
    ),
    max_size=8,
).map(lambda rows: [lot(key, n, starts=s, ends=e) for key, (n, s, e) in enumerate(rows, 1)])


@given(LOTS, st.integers(1, 2000))
def test_spending_takes_exactly_what_was_asked_or_nothing(lots, amount):
    lines = spending_lines(lots, amount, now=NOW)
    remaining = {state.id: state.remaining for state in lots}
    if lines is None:
        assert available(lots, now=NOW) < amount
    else:
        assert sum(line.amount for line in lines) == -amount
        assert all(0 < -line.amount <= remaining[line.lot_id] for line in lines)
        assert len({line.lot_id for line in lines}) == len(lines)


@given(LOTS, st.lists(st.integers(1, 400), min_size=1, max_size=6), st.integers(0, 3000))
def test_returns_in_any_steps_end_as_if_nothing_was_spent(lots, steps, debt):
    amount = available(lots, now=NOW)
    lines = spending_lines(lots, amount, now=NOW) or []
    parts = {line.lot_id: SpentPart(line.lot_id, lot(line.lot_id, 0), -line.amount) for line in lines}
    back = dict.fromkeys(parts, 0)
    for step in [*steps, amount]:
        share = min(step, sum(part.left for part in parts.values()))
        posted = return_lines(parts.values(), share, debt=debt, now=NOW, grace_until=GRACE)
        debt -= sum(line.amount for line in posted if line.lot_id is None)
        assert sum(line.amount for line in posted) == share
        for line in posted:
            if line.kind == EntryKind.RETURN:
                back[line.lot_id] += line.amount
                part = parts[line.lot_id]
                parts[line.lot_id] = SpentPart(part.entry_id, part.lot, part.amount, back[line.lot_id])
    assert debt >= 0
    assert back == {key: part.amount for key, part in parts.items()}


@given(LOTS, st.integers(1, 500), st.integers(0, 500), st.data())
def test_take_back_takes_all_of_it_and_empties_no_lot_below_zero(lots, earned, remaining, data):
    own = lot(99, min(earned, remaining), ends=data.draw(st.integers(-5, 5)))
    gone = data.draw(st.integers(0, earned - own.remaining))
    expired = (ExpiredPart(50, gone),) if gone else ()
    amount = data.draw(st.integers(1, earned))
    lines = take_back_lines(Earning(9, own, earned, expired=expired), [*lots, own], amount, now=NOW)
    assert -sum(line.amount for line in lines if line.kind == TAKE_BACK) == amount
    for state in [*lots, own]:
        assert state.remaining + sum(line.amount for line in lines if line.lot_id == state.id) >= 0
    if any(line.lot_id is None for line in lines):
        assert not any(
            state.expires_at > NOW and state.remaining + sum(x.amount for x in lines if x.lot_id == state.id)
            for state in [*lots, own]
        )


@given(st.integers(0, 10_000), st.integers(1, 50), st.data())
def test_points_of_a_line_add_up_in_any_number_of_steps(points, quantity, data):
    before = got = 0
    while before < quantity:
        pieces = data.draw(st.integers(1, quantity - before))
        step = points_back(points, quantity, before=before, pieces=pieces)
        assert step >= 0
        got, before = got + step, before + pieces
    assert got == points
