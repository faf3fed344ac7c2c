"""What another ladder would do, before it is saved (T-1)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from loyalty_site.kernel.errors import InvalidInput
from tests.factories import NOW, CustomerFactory
from tests.tiers.ladders import as_it_is, changed, save
from tests.tiers.rows import buy, day, pay, review, stands
from tiers import queries
from tiers.queries import Preview
from tiers.rules import TierSpec

pytestmark = pytest.mark.django_db

NOTHING = Preview((), 0, 0)


@pytest.fixture
def people():
    """Two on Standard, two on Silver, one on Gold; one has never bought."""
    spent = {"a": 9_000, "b": 14_000, "c": 16_000, "d": 40_000, "e": 60_000}
    found = {name: CustomerFactory.create() for name in (*spent, "never")}
    for name, amount in spent.items():
        pay(found[name], amount, on=-200)
    return found


def preview(spec):
    return queries.preview_ladder(spec, now=NOW)


def who(spec, from_code, to_code, limit=10):
    found = queries.preview_customers(spec, from_code=from_code, to_code=to_code, now=NOW, limit=limit)
    return [customer.pk for customer in found]


def test_the_same_ladder_moves_nobody(people, django_assert_num_queries):
    spec = as_it_is()
    with django_assert_num_queries(1):
        assert preview(spec) == NOTHING


def test_a_lower_threshold_lifts(people):
    spec = changed({"silver": {"threshold_amount": "9000"}})
    assert preview(spec) == Preview((("standard", "silver", 2),), 2, 0)
    assert who(spec, "standard", "silver") == [people["a"].pk, people["b"].pk]
    assert who(spec, "standard", "silver", limit=1) == [people["a"].pk]
    assert who(spec, "standard", "gold") == []


def test_a_higher_threshold_costs(people):
    spec = changed({"silver": {"threshold_amount": "20000"}, "gold": {"threshold_amount": "70000"}})
    assert preview(spec) == Preview((("gold", "silver", 1), ("silver", "standard", 1)), 0, 2)


def test_up_and_down_at_once(people):
    spec = changed({"silver": {"threshold_amount": "10000"}, "gold": {"threshold_amount": "100000"}})
    assert preview(spec) == Preview((("gold", "silver", 1), ("standard", "silver", 1)), 1, 1)


def test_a_tier_taken_off(people):
    assert preview(changed(without=("silver",))) == Preview((("silver", "standard", 2),), 0, 2)


def test_a_new_tier(people):
    bronze = TierSpec("bronze", "Бронза", threshold_amount=Decimal(10_000), threshold_orders=3)
    spec = as_it_is()
    spec = replace(spec, tiers=(spec.tiers[0], bronze, *spec.tiers[1:]))
    assert preview(spec) == Preview((("standard", "bronze", 1),), 1, 0)


def test_another_lowest_tier_moves_nobody_who_has_no_standing(people):
    base = TierSpec("base", "База", threshold_amount=Decimal(0), threshold_orders=0)
    spec = changed(without=("standard",))
    assert preview(replace(spec, tiers=(base, *spec.tiers))) == NOTHING


def test_another_measure(people):
    spec = changed(basis="orders")
    assert preview(spec) == Preview((("silver", "standard", 2), ("gold", "standard", 1)), 0, 3)


def test_another_period(people):
    assert preview(changed(window_days=100)) == Preview((("silver", "standard", 2), ("gold", "standard", 1)), 0, 3)
    buy(people["never"], 20_000, on=-500)
    assert preview(changed(window_days=600)) == Preview((("standard", "silver", 1),), 1, 0)


def test_who_moves_anyway_is_not_the_edits_doing(people):
    pay(CustomerFactory.create(), 60_000, on=-400)
    buy(CustomerFactory.create(), 60_000, on=-5)
    assert preview(as_it_is()) == NOTHING


def test_the_preview_is_what_the_review_then_does(people):
    spec = changed({"silver": {"threshold_amount": "10000"}, "gold": {"threshold_amount": "100000"}})
    found = preview(spec)
    save(spec)
    assert review() == (found.up, found.down, 0, 0)
    assert review(on=30) == (0, 0, found.down, 0)
    assert stands(people["e"]) == ("silver", day(30), None)


def test_a_wrong_ladder_is_refused():
    spec = changed({"gold": {"threshold_amount": "15000"}})
    for ask in (lambda: preview(spec), lambda: who(spec, "standard", "silver")):
        with pytest.raises(InvalidInput) as refusal:
            ask()
        assert [error.field for error in refusal.value.errors] == ["tiers.2.threshold_amount"]
