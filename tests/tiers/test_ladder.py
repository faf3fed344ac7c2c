"""Staff edit the ladder: what is refused, what is kept, and that nobody moves by it (T-1, T-2)."""

from dataclasses import replace
from decimal import Decimal

import pytest
from pghistory.models import Context

from loyalty_site.kernel.errors import InvalidInput
from loyalty_site.kernel.transactions import in_transaction
from tests.factories import NOW, CustomerFactory, UserFactory
from tests.tiers.ladders import as_it_is, changed, rising, save
from tests.tiers.rows import day, moves, pay, review, stands
from tiers import queries, services
from tiers.models import DiscountStep, Ladder, Tier
from tiers.rules import TierSpec

pytestmark = pytest.mark.django_db

NEW = TierSpec("diamond", "Бриллиант", threshold_amount=Decimal(500_000), threshold_orders=100)


def rungs() -> list[tuple[str, int | None, int | None]]:
    return [(tier.code, tier.threshold_amount, tier.threshold_orders) for tier in queries.ladder().tiers]


def refusals(spec) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as refusal:
        save(spec)
    return [(error.field, error.code) for error in refusal.value.errors]


def test_the_ladder_a_shop_begins_with(django_assert_num_queries):
    with django_assert_num_queries(2):
        view = queries.ladder()
    assert (view.basis, view.window_days, view.grace_days) == ("spend", 365, 30)
    assert rungs() == [("standard", 0, 0), ("silver", 15_000, 5), ("gold", 50_000, 15), ("platinum", 150_000, 40)]
    names = ["Стандарт", "Серебро", "Золото", "Платина"]
    assert queries.tier_choices() == list(zip(["standard", "silver", "gold", "platinum"], names, strict=True))


def test_every_field_is_saved():
    spec = replace(as_it_is(), basis="orders", window_days=180, grace_days=14)
    perks = {"ships_free": True, "has_manager": True, "has_early_access": True}
    gold = replace(
        spec.tiers[2],
        name="Золотой",
        name_en="Golden",
        threshold_amount=Decimal("60000.50"),
        threshold_orders=16,
        cashback_percent=None,
        discount_percent=Decimal("5.25"),
        **perks,
    )
    save(replace(spec, tiers=(*spec.tiers[:2], gold, *spec.tiers[3:])))
    view = queries.ladder()
    assert (view.basis, view.window_days, view.grace_days) == ("orders", 180, 14)
    assert as_it_is().tiers[2] == gold


@pytest.mark.parametrize(
    ("tiers", "given", "refused"),
    [
        ({}, {"basis": "visits"}, [("basis", "unknown_choice")]),
        ({}, {"window_days": 0}, [("window_days", "out_of_range")]),
        ({}, {"window_days": 3_661}, [("window_days", "out_of_range")]),
        ({}, {"grace_days": -1}, [("grace_days", "out_of_range")]),
        ({"gold": {"code": "silver"}}, {}, [("tiers.2.code", "already_exists")]),
        ({"gold": {"code": "ЗОЛОТО"}}, {}, [("tiers.2.code", "invalid")]),
        ({"gold": {"code": ""}}, {}, [("tiers.2.code", "invalid")]),
        ({"gold": {"name": " "}}, {}, [("tiers.2.name", "invalid")]),
        ({"gold": {"name": "З" * 61}}, {}, [("tiers.2.name", "invalid")]),
        ({"gold": {"name": "Зо\x00лото"}}, {}, [("tiers.2.name", "invalid")]),
        ({"gold": {"name_en": "G" * 61}}, {}, [("tiers.2.name_en", "invalid")]),
        ({"gold": {"threshold_amount": "15000.00"}}, {}, [("tiers.2.threshold_amount", "not_rising")]),
        ({"gold": {"threshold_amount": "14000.00"}}, {}, [("tiers.2.threshold_amount", "not_rising")]),
        ({"gold": {"threshold_orders": 5}}, {}, [("tiers.2.threshold_orders", "not_rising")]),
        ({"gold": {"threshold_amount": "-1"}}, {}, [("tiers.2.threshold_amount", "out_of_range")]),
        ({"gold": {"threshold_amount": "50000.001"}}, {}, [("tiers.2.threshold_amount", "out_of_range")]),
        ({"gold": {"threshold_amount": Decimal("NaN")}}, {}, [("tiers.2.threshold_amount", "out_of_range")]),
        ({"gold": {"threshold_amount": Decimal("1e12")}}, {}, [("tiers.2.threshold_amount", "out_of_range")]),
        ({"gold": {"threshold_orders": -1}}, {}, [("tiers.2.threshold_orders", "out_of_range")]),
        ({"gold": {"threshold_amount": None}}, {}, [("tiers.2.threshold_amount", "required")]),
        ({"gold": {"threshold_orders": None}}, {"basis": "orders"}, [("tiers.2.threshold_orders", "required")]),
        ({"standard": {"threshold_amount": "1.00"}}, {}, [("tiers.0.threshold_amount", "no_zero_step")]),
        ({"gold": {"cashback_percent": "100.01"}}, {}, [("tiers.2.cashback_percent", "out_of_range")]),
        ({"gold": {"cashback_percent": Decimal("-0.01")}}, {}, [("tiers.2.cashback_percent", "out_of_range")]),
        ({"gold": {"discount_percent": "101"}}, {}, [("tiers.2.discount_percent", "out_of_range")]),
        ({"gold": {"discount_percent": Decimal("Infinity")}}, {}, [("tiers.2.discount_percent", "out_of_range")]),
    ],
)
def test_a_wrong_ladder_is_refused_beside_its_field(tiers, given, refused):
    before = as_it_is()
    assert refusals(changed(tiers, **given)) == refused
    assert as_it_is() == before


def test_all_faults_are_told_at_once():
    spec = changed({"silver": {"name": ""}, "gold": {"discount_percent": "200"}}, grace_days=400)
    assert refusals(spec) == [
        ("grace_days", "out_of_range"),
        ("tiers.1.name", "invalid"),
        ("tiers.2.discount_percent", "out_of_range"),
    ]


@pytest.mark.parametrize("count", [0, 51])
def test_a_ladder_has_some_tiers_but_not_too_many(count):
    tiers = tuple(replace(NEW, code=f"tier-{number}") for number in range(count))
    assert refusals(replace(as_it_is(), tiers=tiers)) == [("tiers", "out_of_range")]


@pytest.mark.parametrize(
    "amounts",
    [
        {"silver": 50_000, "gold": 150_000, "platinum": 300_000},  # each takes the place of the next
        {"silver": 1_000, "gold": 15_000, "platinum": 50_000},
        {"silver": 50_000, "gold": 15_000},  # two change places
        {"silver": 150_000, "gold": 15_000, "platinum": 50_000},  # three in a circle
    ],
)
def test_thresholds_may_change_places(amounts):
    spec = changed({code: {"threshold_amount": Decimal(amount)} for code, amount in amounts.items()})
    without_orders = tuple(replace(tier, threshold_orders=None) for tier in rising(spec).tiers)
    save(replace(spec, tiers=without_orders))
    assert {code: amount for code, amount, _orders in rungs()} == {
        "standard": 0,
        "silver": 15_000,
        "gold": 50_000,
        "platinum": 150_000,
    } | amounts


def test_both_measures_may_change_places_at_once():
    spec = changed(
        {
            "silver": {"threshold_amount": Decimal(50_000), "threshold_orders": 15},
            "gold": {"threshold_amount": Decimal(15_000), "threshold_orders": 5},
        }
    )
    save(rising(spec))
    assert rungs()[1:3] == [("gold", 15_000, 5), ("silver", 50_000, 15)]


def test_a_tier_comes_leaves_and_comes_back():
    save(replace(as_it_is(), tiers=(*as_it_is().tiers, NEW)))
    assert rungs()[-1] == ("diamond", 500_000, 100)
    save(changed(without=("silver", "diamond")))
    assert [code for code, *_rest in rungs()] == ["standard", "gold", "platinum"]
    assert set(Tier.objects.filter(is_active=False).values_list("code", flat=True)) == {"silver", "diamond"}
    back = TierSpec("silver", "Серебро", threshold_amount=Decimal(20_000), threshold_orders=7)
    spec = as_it_is()
    save(replace(spec, tiers=(spec.tiers[0], back, *spec.tiers[1:])))
    assert rungs()[1] == ("silver", 20_000, 7)
    assert Tier.objects.count() == 5


def test_a_new_tier_may_take_the_threshold_of_one_that_leaves():
    spec = changed(without=("silver",))
    new = replace(NEW, threshold_amount=Decimal(15_000), threshold_orders=5)
    save(replace(spec, tiers=(spec.tiers[0], new, *spec.tiers[1:])))
    assert [code for code, *_rest in rungs()] == ["standard", "diamond", "gold", "platinum"]


def test_the_edit_is_kept_with_its_author():
    author = UserFactory.create()
    save(changed({"gold": {"discount_percent": "6"}}), by=author)
    event = Tier.objects.get(code="gold").events.order_by("pgh_id").last()
    assert (event.pgh_label, event.discount_percent) == ("update", 6)
    assert event.pgh_context.metadata == {"action": "save_ladder", "user": author.pk}
    assert Context.objects.count() == 1
    assert Tier.objects.get(code="silver").events.filter(pgh_label="update").count() == 0


@pytest.mark.parametrize(
    ("spec", "marked"),
    [
        (lambda: changed({"gold": {"threshold_amount": "60000"}}), True),
        (lambda: changed(window_days=180), True),
        (lambda: changed(basis="orders"), True),
        (lambda: changed(without=("gold",)), True),
        (lambda: changed({"gold": {"threshold_orders": 16, "discount_percent": "9"}}, grace_days=1), False),
        (as_it_is, False),
    ],
)
def test_what_moves_people_is_marked_for_the_review(spec, marked):
    save(spec(), now=day(1))
    assert Ladder.objects.get().changed_at == (day(1) if marked else None)
    review(on=0.5)
    assert Ladder.objects.get().changed_at == (day(1) if marked else None)
    review(on=1)
    assert Ladder.objects.get().changed_at is None


def test_nobody_moves_by_an_edit():
    customer, rising_star = CustomerFactory.create(), CustomerFactory.create()
    pay(customer, 60_000)
    pay(rising_star, 14_000)
    save(changed({"silver": {"threshold_amount": "10000"}, "gold": {"threshold_amount": "100000"}}))
    assert (stands(customer), stands(rising_star)) == (("gold", NOW, None), None)


def test_an_edit_lifts_at_the_next_review():
    customer = CustomerFactory.create()
    pay(customer, 14_000)
    save(changed({"silver": {"threshold_amount": "10000"}}))
    assert review(on=1) == (1, 0, 0, 0)
    assert moves(customer) == [(None, "silver", "ladder")]
    other = CustomerFactory.create()
    pay(other, 14_000)
    assert moves(other) == [(None, "silver", "purchase")]


def test_an_edit_demotes_nobody_before_the_grace_has_run():
    customer = CustomerFactory.create()
    pay(customer, 60_000)
    save(changed({"gold": {"threshold_amount": "100000"}}))
    assert review(on=1) == (0, 1, 0, 0)
    assert stands(customer) == ("gold", NOW, day(31))
    assert review(on=30.9) == (0, 0, 0, 0)
    assert review(on=31) == (0, 0, 1, 0)
    assert stands(customer) == ("silver", day(31), None)
    assert moves(customer) == [(None, "gold", "purchase"), ("gold", "silver", "review")]


def test_a_tier_taken_off_stays_for_its_holders_until_the_grace_has_run():
    customer = CustomerFactory.create()
    pay(customer, 60_000)
    save(changed(without=("gold",)))
    found = queries.benefits(customer.pk, now=day(1))
    assert (found.tier, found.cashback_percent, found.ships_free) == ("gold", 15, True)
    assert review(on=1) == (0, 1, 0, 0)
    assert review(on=31) == (0, 0, 1, 0)
    assert stands(customer)[0] == "silver"


def test_who_stands_on_a_tier_taken_off_goes_up_at_once():
    customer = CustomerFactory.create()
    pay(customer, 60_000)
    save(changed(without=("gold",)))
    assert pay(customer, 90_000).to_tier.code == "platinum"


def test_with_another_measure_people_move_by_it():
    few, many = CustomerFactory.create(), CustomerFactory.create()
    pay(few, 60_000)
    for _ in range(5):
        pay(many, 100)
    save(changed(basis="orders"))
    assert review(on=1) == (1, 1, 0, 0)
    assert (stands(few), stands(many)) == (("gold", NOW, day(31)), ("silver", day(1), None))


# --- discount ladders ---


def save_steps(ladder, *steps, by=None):
    pairs = [(Decimal(threshold), Decimal(percent)) for threshold, percent in steps]
    in_transaction(lambda: services.save_discount_steps(ladder=ladder, steps=pairs, by=by))


def steps_of(ladder):
    rows = DiscountStep.objects.filter(ladder=ladder).order_by("threshold_amount")
    return [(int(threshold), int(percent)) for threshold, percent in rows.values_list("threshold_amount", "percent")]


def test_steps_are_replaced_as_a_whole():
    save_steps("cumulative", (10_000, 3), (50_000, 5))
    save_steps("order_total", (3_000, 1))
    kept = DiscountStep.objects.get(threshold_amount=50_000).pk
    save_steps("cumulative", (20_000, 3), (50_000, 7), (90_000, 9))
    assert steps_of("cumulative") == [(20_000, 3), (50_000, 7), (90_000, 9)]
    assert steps_of("order_total") == [(3_000, 1)]
    assert DiscountStep.objects.get(threshold_amount=50_000).pk == kept
    save_steps("cumulative")
    assert steps_of("cumulative") == []


def test_edits_of_steps_are_kept_with_their_author():
    author = UserFactory.create()
    save_steps("cumulative", (10_000, 3), by=author)
    save_steps("cumulative", by=author)
    events = DiscountStep.pgh_event_model.objects.order_by("pgh_id")
    assert [(event.pgh_label, event.pgh_context.metadata["user"]) for event in events] == [
        ("insert", author.pk),
        ("delete", author.pk),
    ]


@pytest.mark.parametrize(
    ("ladder", "steps", "refused"),
    [
        ("yearly", (), [("ladder", "unknown_choice")]),
        ("cumulative", ((0, 3),), [("steps.0.threshold_amount", "out_of_range")]),
        ("cumulative", (("NaN", 3),), [("steps.0.threshold_amount", "out_of_range")]),
        ("cumulative", ((10, 3), (10, 4)), [("steps.1.threshold_amount", "not_rising")]),
        ("cumulative", ((10, 3), (9, 4)), [("steps.1.threshold_amount", "not_rising")]),
        ("cumulative", ((10, 0),), [("steps.0.percent", "out_of_range")]),
        (
            "cumulative",
            ((10, "100.01"), ("-1", 5)),
            [
                ("steps.0.percent", "out_of_range"),
                ("steps.1.threshold_amount", "out_of_range"),
            ],
        ),
        ("cumulative", [(n, 1) for n in range(1, 52)], [("steps", "too_many")]),
    ],
)
def test_wrong_steps_are_refused_beside_their_field(ladder, steps, refused):
    with pytest.raises(InvalidInput) as refusal:
        save_steps(ladder, *steps)
    assert [(error.field, error.code) for error in refusal.value.errors] == refused
    assert DiscountStep.objects.count() == 0
