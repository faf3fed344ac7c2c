"""Decisions about tiers, by tables of examples (T-1, T-3, T-4, Q-2)."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from tiers.rules import (
    Basis,
    Benefits,
    LadderTerms,
    Missing,
    Offer,
    Perks,
    Progress,
    TierTerms,
    benefits_of,
    deserved,
    missing,
    months_after,
    next_after,
    steps_percent,
    with_check_digit,
)

STANDARD = TierTerms("standard", Decimal(0), 0)
SILVER = TierTerms("silver", Decimal(15_000), 5)
GOLD = TierTerms("gold", Decimal(50_000), 15)
BY_SPEND = LadderTerms(Basis.SPEND, (STANDARD, SILVER, GOLD))
BY_ORDERS = LadderTerms(Basis.ORDERS, (STANDARD, SILVER, GOLD))


@pytest.mark.parametrize(
    ("ladder", "progress", "code"),
    [
        (BY_SPEND, Progress(), "standard"),
        (BY_SPEND, Progress(Decimal("14999.99"), 100), "standard"),
        (BY_SPEND, Progress(Decimal("15000.00"), 1), "silver"),
        (BY_SPEND, Progress(Decimal("49999.99"), 1), "silver"),
        (BY_SPEND, Progress(Decimal("1e9"), 1), "gold"),
        (BY_ORDERS, Progress(Decimal("1e9"), 4), "standard"),
        (BY_ORDERS, Progress(Decimal(1), 5), "silver"),
        (BY_ORDERS, Progress(Decimal(1), 15), "gold"),
    ],
)
def test_the_highest_tier_reached_is_deserved(ladder, progress, code):
    assert deserved(ladder, progress).code == code


@pytest.mark.parametrize(
    ("ladder", "terms", "upper"),
    [
        (BY_SPEND, STANDARD, SILVER),
        (BY_SPEND, SILVER, GOLD),
        (BY_SPEND, GOLD, None),
        (BY_SPEND, TierTerms("old", Decimal(20_000), None), GOLD),
        (BY_ORDERS, TierTerms("old", Decimal(20_000), None), STANDARD),
    ],
)
def test_the_next_tier_is_the_first_above(ladder, terms, upper):
    assert next_after(ladder, terms) == upper


@pytest.mark.parametrize(
    ("ladder", "progress", "lack"),
    [
        (BY_SPEND, Progress(Decimal("14000.50"), 3), Missing(Decimal("35999.50"), None)),
        (BY_SPEND, Progress(Decimal("60000.00"), 3), Missing(Decimal("0.00"), None)),
        (BY_ORDERS, Progress(Decimal("14000.50"), 3), Missing(None, 12)),
    ],
)
def test_what_is_missing_is_said_in_the_ladders_measure(ladder, progress, lack):
    assert missing(ladder, GOLD, progress) == lack


STEPS = ((Decimal(10_000), Decimal(3)), (Decimal(50_000), Decimal(7)))


@pytest.mark.parametrize(("amount", "percent"), [("9999.99", 0), ("10000", 3), ("49999.99", 3), ("50000", 7), (0, 0)])
def test_the_highest_step_reached_counts(amount, percent):
    assert steps_percent(STEPS, Decimal(amount)) == percent
    assert steps_percent(STEPS[::-1], Decimal(amount)) == percent


def test_without_steps_there_is_no_percent():
    assert steps_percent((), Decimal(1_000)) == 0


def perks(terms, cashback, discount, ships_free=False, is_active=True):
    return Perks(terms, terms.code.title(), is_active, cashback, Decimal(discount), ships_free)


NOTHING = {
    "earned": None,
    "paid_for": (),
    "basis": Basis.SPEND,
    "base_percent": Decimal(10),
    "cumulative": None,
    "card": None,
    "order_steps": (),
    "membership_skus": frozenset(),
}
ALL = (perks(STANDARD, None, 0), perks(SILVER, Decimal(12), 3), perks(GOLD, Decimal(15), 5, ships_free=True))


def test_an_anonymous_customer_has_the_order_total_ladder_only():
    given = NOTHING | {"tiers": (), "order_steps": STEPS, "membership_skus": frozenset({"CLUB"})}
    assert benefits_of(**given) == Benefits(order_steps=STEPS, membership_skus=frozenset({"CLUB"}))


def test_without_a_standing_the_lowest_tier_counts():
    found = benefits_of(**NOTHING, tiers=ALL[::-1])
    assert found == Benefits(tier="standard", tier_name="Standard", reached=frozenset({"standard"}))


def test_each_benefit_is_the_best_of_earned_and_paid_for():
    odd = perks(TierTerms("odd", None, None), Decimal(30), 1, is_active=False)
    found = benefits_of(**NOTHING | {"earned": ALL[1], "paid_for": (ALL[2], odd)}, tiers=(*ALL, odd))
    assert found == Benefits(
        tier="gold",
        tier_name="Gold",
        reached=frozenset({"standard", "silver", "gold", "odd"}),
        cashback_percent=Decimal(30),
        ships_free=True,
        offers=(Offer("tier", Decimal(5), "Gold"),),
    )


def test_a_tier_taken_off_the_ladder_reaches_what_lies_below_it():
    old = perks(TierTerms("old", Decimal(20_000), None), Decimal(11), 0, is_active=False)
    found = benefits_of(**NOTHING | {"earned": old}, tiers=(*ALL, old))
    assert (found.tier, found.reached) == ("old", frozenset({"standard", "silver", "old"}))
    assert found.offers == ()


@pytest.mark.parametrize(
    ("rates", "best"), [((None, 5), None), ((None, 12), 12), ((12, None), 12), ((None, None), None), ((8, 5), 8)]
)
def test_no_rate_of_a_tiers_own_means_the_programmes(rates, best):
    earned, paid = (perks(SILVER, rate if rate is None else Decimal(rate), 0) for rate in rates)
    found = benefits_of(**NOTHING | {"earned": earned, "paid_for": (paid,)}, tiers=ALL)
    assert found.cashback_percent == best


def test_all_offers_meet_and_the_order_total_joins_them():
    cumulative, card = Offer("ladder", Decimal(2), "cumulative"), Offer("card", Decimal(8), "0042")
    nothing = Offer("ladder", Decimal(0), "cumulative")
    given = {"earned": ALL[1], "card": card, "order_steps": STEPS, "cumulative": cumulative}
    found = benefits_of(**NOTHING | given, tiers=ALL)
    always = (Offer("tier", Decimal(3), "Silver"), cumulative, card)
    assert found.automatic(Decimal(9_999)) == always
    assert found.automatic(Decimal(10_000)) == (*always, Offer("ladder", Decimal(3), "order_total"))
    assert benefits_of(**NOTHING | given | {"cumulative": nothing, "card": None}, tiers=ALL).offers == always[:1]


MOSCOW = ZoneInfo("Europe/Moscow")


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ((2026, 1, 31, 12, 0), 1, (2026, 2, 28, 12, 0)),
        ((2027, 1, 31, 12, 0), 13, (2028, 2, 29, 12, 0)),
        ((2026, 2, 28, 12, 0), 1, (2026, 3, 28, 12, 0)),
        ((2026, 12, 1, 0, 30), 1, (2027, 1, 1, 0, 30)),
        ((2026, 6, 10, 9, 0), 12, (2027, 6, 10, 9, 0)),
        ((2026, 6, 10, 9, 0), 18, (2027, 12, 10, 9, 0)),
    ],
)
def test_a_month_ends_on_the_same_day(start, months, end):
    assert months_after(datetime(*start, tzinfo=MOSCOW), months, MOSCOW) == datetime(*end, tzinfo=MOSCOW)


def test_the_day_is_the_shops_own():
    late = datetime(2026, 1, 31, 22, 0, tzinfo=ZoneInfo("UTC"))  # the first of February in Moscow
    assert months_after(late, 1, MOSCOW) == datetime(2026, 3, 1, 1, 0, tzinfo=MOSCOW)


def test_a_card_number_ends_with_luhns_digit():
    assert [with_check_digit(digits) for digits in ("7992739871", "411111111111111", "0")] == [
        *("79927398713", "4111111111111111", "00"),
    ]
