"""The price as tables of examples and as properties (Q-1 … Q-6, M-2, M-3, O-7); no database."""

from decimal import Decimal as D
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_site.kernel.errors import WrongState
from loyalty_site.kernel.money import ZERO
from orders.rules import (
    Action,
    AppliedCode,
    EarnTerms,
    LineInput,
    LineShare,
    PercentOffer,
    PointsTerms,
    PricingPolicy,
    Quote,
    next_status,
    price,
    refund_amounts,
)
from orders.rules.states import TRANSITIONS

TIER5, CARD7 = PercentOffer("tier", D("5.00")), PercentOffer("card", D("7.00"))
DELIVERY = PricingPolicy(delivery_price=D("300.00"))
BEST = PricingPolicy(percent_policy="best")


def line(price: str, quantity: int = 1, **fields) -> LineInput:
    return LineInput(fields.pop("sku", price), fields.pop("name", price), quantity, D(price), **fields)


def code(kind: str, value: str | None, *scope: bool, **fields) -> AppliedCode:
    return AppliedCode("K7", kind, D(value) if value else None, scope or (True,), **fields)


def discounts(quote: Quote) -> list[list[tuple[str, D | None, D]]]:
    return [[(part.source, part.percent, part.amount) for part in line.discounts] for line in quote.lines]


def steps(quote: Quote) -> list[str]:
    return [step.key for step in quote.explanation]


def test_best_automatic_percent_counts_alone():
    quote = price([line("1000.00", automatic=(TIER5, CARD7))])
    assert discounts(quote) == [[("card", D("7.00"), D("70.00"))]]
    assert steps(quote) == ["goods", "automatic", "code_none", "delivery_none", "points_none", "earn"]


def test_percent_is_rounded_half_up_by_line():
    quote = price([line("0.10"), line("0.30")], code=code("percent", "5", True, True))
    assert [line.discount for line in quote.lines] == [D("0.01"), D("0.02")]


@pytest.mark.parametrize(
    ("percent", "policy", "expected", "worse"),
    [
        ("10", PricingPolicy(), [("promo_code", D("10"), D("100.00"))], False),
        ("3", PricingPolicy(), [("promo_code", D("3"), D("30.00"))], True),
        ("3", BEST, [("tier", D("5.00"), D("50.00"))], False),
        ("5", BEST, [("promo_code", D("5"), D("50.00"))], False),
    ],
)
def test_percent_code_replaces_the_current_percent(percent, policy, expected, worse):
    quote = price([line("1000.00", automatic=(TIER5,))], code=code("percent", percent), policy=policy)
    assert discounts(quote) == [expected]
    assert quote.promo_code.worse_than_current is worse
    assert ("code_worse" in steps(quote)) is worse


def test_percent_code_leaves_lines_out_of_scope_alone():
    lines = [line("1000.00", automatic=(TIER5,)), line("500.00", automatic=(TIER5,))]
    quote = price(lines, code=code("percent", "20", False, True))
    assert discounts(quote) == [
        [("tier", D("5.00"), D("50.00"))],
        [("promo_code", D("20"), D("100.00"))],
    ]
    assert (quote.promo_code.discount, quote.discount_total) == (D("100.00"), D("150.00"))


def test_fixed_code_comes_after_the_automatic_percent():
    quote = price([line("1000.00", automatic=(TIER5,))], code=code("fixed", "100"))
    assert discounts(quote) == [[("tier", D("5.00"), D("50.00")), ("promo_code", None, D("100.00"))]]


def test_fixed_code_is_spread_by_largest_remainder():
    quote = price([line("1.00")] * 3, code=code("fixed", "1.00", True, True, True))
    assert [line.discount for line in quote.lines] == [D("0.34"), D("0.33"), D("0.33")]


def test_fixed_code_takes_no_more_than_the_goods_cost():
    quote = price([line("60.00")], code=code("fixed", "100"), policy=DELIVERY)
    assert (quote.discount_total, quote.promo_code.discount, quote.total) == (D("60.00"), D("60.00"), D("300.00"))
    assert "code_fixed_capped" in steps(quote)


@pytest.mark.parametrize(
    ("applied", "policy", "delivery", "given"),
    [
        (code("free_shipping", None), DELIVERY, D("0.00"), D("300.00")),
        (code("free_shipping", None, budget_left=D("120.00")), DELIVERY, D("180.00"), D("120.00")),
        (None, DELIVERY, D("300.00"), None),
        (None, PricingPolicy(delivery_price=D("300.00"), ships_free=True), D("0.00"), None),
        (
            code("free_shipping", None),
            PricingPolicy(delivery_price=D("300.00"), ships_free=True),
            D("0.00"),
            D("0.00"),
        ),
    ],
)
def test_delivery(applied, policy, delivery, given):
    quote = price([line("1000.00")], code=applied, policy=policy)
    assert quote.delivery_total == delivery
    if applied:
        assert quote.promo_code.discount == given


def test_cashback_takes_the_place_of_the_current_rate():
    lines = [line("1000.00"), line("1000.00")]
    quote = price(lines, code=code("cashback", "20", True, False), earn=EarnTerms(D("10"), D("12")))
    assert [line.earn_rate for line in quote.lines] == [D("20"), D("12")]
    assert (quote.points_to_earn, quote.discount_total, quote.promo_code.discount) == (320, ZERO, ZERO)


@pytest.mark.parametrize(("policy", "earned", "worse"), [(PricingPolicy(), 50, True), (BEST, 100, False)])
def test_worse_cashback_is_said(policy, earned, worse):
    quote = price([line("1000.00")], code=code("cashback", "5"), policy=policy)
    assert (quote.points_to_earn, quote.promo_code.worse_than_current) == (earned, worse)


def test_points_are_floored_once_for_the_order():
    assert price([line("9.99"), line("9.99"), line("9.99")]).points_to_earn == 2


def test_excluded_category_earns_nothing():
    quote = price([line("1000.00", earns_points=False), line("100.00")])
    assert ([line.earn_rate for line in quote.lines], quote.points_to_earn) == ([ZERO, D(10)], 10)


@pytest.mark.parametrize(
    ("points", "spent", "spendable"),
    [
        (PointsTerms(asked=100, available=1000), 100, 300),
        (PointsTerms(asked=500, available=1000), 300, 300),
        (PointsTerms(asked=500, available=50), 50, 50),
        (PointsTerms(asked=500, available=-10), 0, 0),
        (PointsTerms(asked=0, available=1000), 0, 300),
        (PointsTerms(asked=500, available=1000, point_value=D("0.70")), 428, 428),
        (PointsTerms(asked=500, available=1000, cap_percent=D("0")), 0, 0),
    ],
)
def test_points_pay_up_to_the_cap(points, spent, spendable):
    quote = price([line("1000.00")], points=points, policy=DELIVERY)
    assert (quote.points_spent, quote.points_spendable) == (spent, spendable)
    assert quote.total == D("1300.00") - quote.points_discount
    assert quote.points_discount == spent * points.point_value


def test_points_never_pay_for_excluded_goods():
    lines = [line("1000.00", payable_with_points=False), line("100.00")]
    quote = price(lines, points=PointsTerms(asked=500, available=500))
    assert [line.points_discount for line in quote.lines] == [ZERO, D("30.00")]


def test_budget_cuts_the_discount():
    quote = price([line("1000.00")] * 2, code=code("percent", "5", True, True, budget_left=D("33.33")))
    assert [line.discount for line in quote.lines] == [D("16.67"), D("16.66")]
    assert quote.promo_code.discount == D("33.33")


def test_everything_has_a_sentence():
    quotes = [
        price([line("1000.00", automatic=(TIER5, CARD7))], points=PointsTerms(5, 5), policy=DELIVERY),
        price([line("100.00", automatic=(CARD7,))], code=code("percent", "3")),
        price([line("100.00")] * 5, code=code("percent", "3", True, True, True, True, False)),
        price([line("100.00", automatic=(CARD7,))], code=code("percent", "3"), policy=BEST),
        price([line("100.00")], code=code("fixed", "500")),
        price([line("100.00")], code=code("cashback", "5")),
        price([line("100.00")], code=code("free_shipping", None), policy=DELIVERY),
        price([line("100.00")], code=code("free_shipping", None, budget_left=D(1)), policy=DELIVERY),
        price([line("100.00")], code=code("fixed", "50", budget_left=D(1)), points=PointsTerms(500, 5)),
    ]
    for quote in quotes:
        assert all(step.text for step in quote.explanation)
        assert all(step.key and step.stored()["params"] is not None for step in quote.explanation)


# --- Properties ---------------------------------------------------------------

amounts = st.decimals(min_value="0.00", max_value="100000.00", places=2)
percents = st.decimals(min_value="0.01", max_value="100.00", places=2)
offers = st.lists(st.builds(PercentOffer, st.sampled_from(["tier", "ladder", "card"]), percents), max_size=3)
some_lines = st.lists(
    st.builds(
        LineInput,
        sku=st.just("S"),
        name=st.just("Shirt"),
        quantity=st.integers(1, 999),
        unit_price=amounts,
        earns_points=st.booleans(),
        payable_with_points=st.booleans(),
        automatic=offers.map(tuple),
    ),
    min_size=1,
    max_size=8,
)


@st.composite
def baskets(draw) -> dict:
    lines = draw(some_lines)
    kind = draw(st.sampled_from(["percent", "fixed", "cashback", "free_shipping", None]))
    value = {"fixed": amounts.filter(bool), "free_shipping": st.none()}.get(kind or "", percents)
    applied = kind and AppliedCode(
        "K7",
        kind,
        draw(value),
        tuple(draw(st.lists(st.booleans(), min_size=len(lines), max_size=len(lines)))),
        draw(st.none() | amounts),
    )
    points = PointsTerms(
        draw(st.integers(0, 10**6)),
        draw(st.integers(-10, 10**6)),
        draw(st.decimals(min_value="0.01", max_value="10.00", places=2)),
        draw(st.integers(0, 100).map(D)),
    )
    policy = PricingPolicy(draw(st.sampled_from(["replace", "best"])), draw(st.booleans()), draw(amounts))
    return {"lines": lines, "code": applied, "points": points, "policy": policy}


@given(baskets())
def test_every_quote_adds_up_to_the_kopeck(basket):
    quote = price(basket.pop("lines"), **basket)

    assert quote.total == quote.goods_total - quote.discount_total - quote.points_discount + quote.delivery_total
    assert quote.total >= quote.delivery_total >= 0
    assert quote.discount_total == sum(line.discount for line in quote.lines)
    assert quote.points_discount == sum(line.points_discount for line in quote.lines)
    assert quote.points_spent == sum(line.points_spent for line in quote.lines)
    for line in quote.lines:
        assert line.total == line.subtotal - line.discount - line.points_discount >= 0
        assert line.discount == sum(part.amount for part in line.discounts)
    assert quote.points_to_earn >= 0


@given(baskets())
def test_same_basket_same_quote(basket):
    lines = basket.pop("lines")
    assert price(lines, **basket).stored() == price(lines, **basket).stored()


@given(baskets())
def test_code_never_gives_more_than_its_budget(basket):
    quote = price(basket.pop("lines"), **basket)
    if basket["code"] and basket["code"].budget_left is not None and not basket["policy"].ships_free:
        assert quote.promo_code.discount <= basket["code"].budget_left


@given(
    st.lists(st.tuples(st.integers(1, 50), amounts), min_size=1, max_size=5),
    amounts,
    st.integers(0, 2**32),
)
def test_refunds_in_any_steps_add_up(bought, delivery, seed):
    chance = Random(seed)
    shares = [LineShare(str(index), quantity, total) for index, (quantity, total) in enumerate(bought)]
    given_back = ZERO
    while any(share.left for share in shares):
        asked = {share.sku: pieces for share in shares if (pieces := chance.randint(0, share.left))}
        if not asked:
            continue
        step = refund_amounts(shares, asked, delivery)
        assert all(amount >= 0 for _sku, _pieces, amount in step.parts)
        given_back += step.amount
        shares = [
            LineShare(share.sku, share.quantity, share.total, share.refunded_quantity + asked.get(share.sku, 0))
            for share in shares
        ]
        assert step.is_last is not any(share.left for share in shares)
    assert given_back == sum(total for _quantity, total in bought) + delivery


# --- States -------------------------------------------------------------------

STATES = ("new", "paid", "completed", "partially_refunded", "refunded", "cancelled")
ALLOWED = {
    ("new", "pay", "paid"),
    ("new", "cancel", "cancelled"),
    ("new", "claim", "new"),
    ("paid", "complete", "completed"),
    ("paid", "refund_part", "partially_refunded"),
    ("paid", "refund_rest", "refunded"),
    ("completed", "refund_part", "partially_refunded"),
    ("completed", "refund_rest", "refunded"),
    ("partially_refunded", "refund_part", "partially_refunded"),
    ("partially_refunded", "refund_rest", "refunded"),
}


@pytest.mark.parametrize("status", STATES)
@pytest.mark.parametrize("action", Action)
def test_state_table(status, action):
    expected = next((after for before, name, after in ALLOWED if (before, name) == (status, action)), None)
    if expected:
        assert next_status(status, action) == expected
    else:
        with pytest.raises(WrongState):
            next_status(status, action)


def test_state_table_has_nothing_else():
    assert len(TRANSITIONS) == len(ALLOWED)
