"""Decisions about codes, by tables of examples (PC-4 … PC-11, PC-14, PC-17, PC-18, PC-20, M-4, Q-8)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from loyalty_site.kernel.errors import InvalidInput
from promocodes.rules import (
    ALPHABET,
    CodeFacts,
    LineFacts,
    Reason,
    ShopperFacts,
    State,
    Verdict,
    allowed_discount,
    code_length,
    end_of,
    holder_keys,
    judge,
    last_day,
    lines_in_scope,
    period_from,
    random_code,
    readings,
    start_of,
    state_of,
)
from promocodes.rules.generation import is_long_enough, random_characters, random_codes
from promocodes.rules.spec import count_errors, spec_errors
from tests.factories import NOW
from tests.promocodes.rows import make_spec

MOSCOW = ZoneInfo("Europe/Moscow")
SHIRT = LineFacts("SHIRT", frozenset({"shirts", "clothes"}), Decimal("760.00"))
BOOTS = LineFacts("BOOTS", frozenset({"shoes"}), Decimal("500.00"), is_on_sale=True)
CODE = CodeFacts(type="percent", value=Decimal(5), starts_at=NOW - timedelta(days=1), ends_at=NOW + timedelta(days=1))
KNOWN = ShopperFacts(is_known=True)


def verdict(
    code: CodeFacts | None = CODE,
    lines: tuple[LineFacts, ...] = (SHIRT, BOOTS),
    shopper: ShopperFacts = KNOWN,
    **given: Any,
) -> Verdict:
    return judge(code, lines, shopper, **({"now": NOW} | given))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("K7XQ4M", ("K7XQ4M",)),
        ("  k7xq-4m ", ("K7XQ4M",)),
        ("k7xq\u00a04m\u200b!", ("K7XQ4M",)),
        ("К7ХМ4М", ("K7XM4M",)),
        ("Л7ЧЙ4Ь", ("K7XQ4M",)),
        ("л7чй4ь", ("K7XQ4M",)),
        ("АВЕКМН", ("ABEKMH", "FDTRVY")),
        ("Ｋ７ＸＱ４Ｍ", ("K7XQ4M",)),
        ("шуба500", ()),
        ("ABC", ()),
        ("", ()),
        ("A" * 33, ()),
        ("A" * 10_000_000, ()),
        ("\x00\ud800K7XQ4M\udfff", ("K7XQ4M",)),
        ("٣٣٣٣٣٣", ()),
        ("'; DROP TABLE--", ("DROPTABLE",)),
        ("Ж7ЧЙ4Ь", ()),
    ],
)
def test_readings(typed: str, expected: tuple[str, ...]) -> None:
    assert readings(typed) == expected


@given(st.text())
def test_readings_of_anything_can_be_codes(typed: str) -> None:
    for reading in readings(typed):
        assert reading.isascii()
        assert reading.isalnum()
        assert 6 <= len(reading) <= 32


@given(st.text(ALPHABET, min_size=6, max_size=32))
def test_readings_of_a_code_begin_with_it(code: str) -> None:
    assert readings(code) == (code,)
    assert readings("-".join(code.lower())) == (code,)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"email": "Ivan.Petrov+sale@GMail.com"}, {"email": "ivanpetrov@googlemail.com"}),
        ({"email": "i.petrov@ya.ru"}, {"email": "i-petrov@yandex.ru"}),
        ({"phone": "8 (912) 345-67-89"}, {"phone": "+79123456789"}),
    ],
)
def test_holder_keys_are_the_same_for_one_person(one: dict[str, str], other: dict[str, str]) -> None:
    assert holder_keys(secret="s", **one) == holder_keys(secret="s", **other)


def test_holder_keys_hide_who_it_is() -> None:
    keys = holder_keys(customer_id=7, email="a@b.test", phone="+79123456789", secret="s")
    assert [key.split(":")[0] for key in keys] == ["customer", "email", "phone"]
    assert keys[0] == "customer:7"
    assert not any("a@b" in key or "912345" in key for key in keys)
    assert all(len(key) <= 80 for key in keys)
    assert keys != holder_keys(customer_id=7, email="a@b.test", phone="+79123456789", secret="t")
    assert holder_keys(secret="s") == ()


# Each reason, with the facts that alone bring it about.
REASONS: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any], str]] = [
    ({"switch": None}, {}, {}, "not_found"),
    ({"switch": False}, {}, {}, "not_found"),
    ({"starts_at": NOW + timedelta(seconds=1)}, {}, {}, "not_started"),
    ({"ends_at": NOW}, {}, {}, "expired"),
    ({"max_uses": 3, "uses": 3}, {}, {}, "exhausted"),
    ({"max_uses": 3, "uses": 3}, {"held_by_order": "17", "uses": 1}, {}, "held_by_own_order"),
    ({"max_uses_per_customer": 2}, {"uses": 2}, {}, "customer_limit"),
    ({"max_uses_per_customer": 1}, {"uses": 1, "held_by_order": "17"}, {}, "held_by_own_order"),
    ({"first_order_only": True}, {"has_bought": True}, {}, "first_order_only"),
    ({"first_order_only": True}, {"uses": 1}, {}, "first_order_only"),
    ({"first_order_only": True}, {"uses": 1, "held_by_order": "17"}, {}, "held_by_own_order"),
    ({"segment": "vip"}, {"segments": frozenset({"new"})}, {}, "not_for_customer"),
    ({"tier": "gold"}, {"tiers": frozenset({"standard", "silver"})}, {}, "not_for_customer"),
    ({"tier": "gold"}, {}, {}, "not_for_customer"),
    ({"owner_id": 7}, {"customer_id": 8}, {}, "not_for_customer"),
    ({"owner_id": 7}, {"customer_id": None}, {}, "not_for_customer"),
    ({"categories": ("toys",)}, {}, {}, "no_matching_items"),
    ({"required_categories": ("toys",)}, {}, {}, "no_matching_items"),
    ({"categories": ("shoes",)}, {}, {"skip_sale": True}, "no_matching_items"),
    ({"minimum_order": Decimal("1260.01")}, {}, {}, "below_minimum"),
    ({"budget_left": Decimal(0)}, {}, {}, "budget_spent"),
    ({"budget_left": Decimal(9)}, {}, {"discount": Decimal("9.01")}, "budget_spent"),
]


@pytest.mark.parametrize(("code", "shopper", "given", "reason"), REASONS)
def test_judge_names_the_reason(
    code: dict[str, Any], shopper: dict[str, Any], given: dict[str, Any], reason: str
) -> None:
    found = verdict(replace(CODE, **code), shopper=replace(KNOWN, **shopper), **given)
    assert (found.reason, found.applies, len(found.checks)) == (reason, False, 12)
    assert found.failed is not None
    assert found.failed.text


@pytest.mark.parametrize(
    ("code", "shopper", "given"),
    [
        ({}, {}, {}),
        ({"switch": None}, {}, {"include_drafts": True}),
        ({"starts_at": NOW}, {}, {}),
        ({"ends_at": NOW + timedelta(microseconds=1)}, {}, {}),
        ({"max_uses": 3, "uses": 2}, {}, {}),
        ({"max_uses_per_customer": 2}, {"uses": 1}, {}),
        ({"segment": "vip"}, {"segments": frozenset({"vip"})}, {}),
        ({"tier": "silver"}, {"tiers": frozenset({"standard", "silver", "gold"})}, {}),
        ({"tier": "gold", "owner_id": 7}, {"is_known": False}, {}),
        ({"owner_id": 7}, {"customer_id": 7}, {}),
        ({"categories": ("clothes",)}, {}, {}),
        ({"required_categories": ("toys", "shoes")}, {}, {}),
        ({"minimum_order": Decimal("1260.00")}, {}, {}),
        ({"budget_left": Decimal(9)}, {}, {"discount": Decimal(9)}),
        ({"budget_left": Decimal(9), "budget_policy": "cut"}, {}, {"discount": Decimal(10)}),
        ({"budget_left": Decimal(0), "type": "cashback"}, {}, {}),
        ({"max_uses_per_customer": 1, "segment": "vip", "first_order_only": True}, {"is_known": False, "uses": 9}, {}),
    ],
)
def test_judge_lets_pass(code: dict[str, Any], shopper: dict[str, Any], given: dict[str, Any]) -> None:
    assert verdict(replace(CODE, **code), shopper=replace(KNOWN, **shopper), **given).applies


def test_judge_of_an_unknown_a_draft_and_a_deactivated_code_reads_alike() -> None:
    with translation.override("en"):
        failed = [verdict(code).failed for code in (None, replace(CODE, switch=None), replace(CODE, switch=False))]
    sentence = "There is no such promo code. Please check the spelling."
    assert [(check.reason, check.text) for check in failed if check] == [(Reason.NOT_FOUND, sentence)] * 3


def test_judge_answers_every_check_whatever_fails() -> None:
    code = replace(CODE, ends_at=NOW, minimum_order=Decimal(2000), max_uses=1, uses=1, segment="vip")
    found = verdict(code, shopper=ShopperFacts())
    assert [(check.name, check.passed) for check in found.checks] == [
        ("known", True),
        ("started", True),
        ("not_ended", False),
        ("uses_left", False),
        ("customer_uses_left", None),
        ("first_order", None),
        ("owner", None),
        ("segment", None),
        ("tier", None),
        ("matching_items", True),
        ("minimum", False),
        ("budget_left", None),
    ]
    assert found.reason == Reason.EXPIRED


def test_judge_says_for_whom_the_code_is() -> None:
    gold, own = replace(CODE, tier="gold"), replace(CODE, owner_id=7)
    with translation.override("en"):
        named = verdict(gold, shopper=KNOWN, tier_names={"gold": "Gold"}).failed
        unnamed, personal = verdict(gold, shopper=KNOWN).failed, verdict(own, shopper=KNOWN).failed
    assert [check.text for check in (named, unnamed, personal) if check] == [
        "The code is for the tier “Gold” and above.",
        "The code is for the tier “gold” and above.",
        "The code is personal: sign in as the customer it was given to.",
    ]


def test_judge_without_a_basket_does_not_ask_about_it() -> None:
    code = replace(CODE, minimum_order=Decimal(2000), categories=("toys",))
    assert verdict(code, lines=()).applies


def test_judge_says_how_to_mend_it() -> None:
    code = replace(CODE, minimum_order=Decimal(1500), starts_at=datetime(2026, 5, 31, 21, tzinfo=UTC))
    with translation.override("en"):
        missing = verdict(code).failed
        early = verdict(code, now=datetime(2026, 5, 1, tzinfo=UTC)).failed
        category = verdict(replace(CODE, categories=("toys",)), category_names={"toys": "Toys"}).failed
        held = verdict(replace(CODE, max_uses=1, uses=1), shopper=replace(KNOWN, held_by_order="17")).failed
        twice = verdict(replace(CODE, max_uses_per_customer=2), shopper=replace(KNOWN, uses=2)).failed
    assert missing is not None
    assert (missing.text.replace("\u00a0", " "), missing.missing_amount) == (
        "Add goods for another ₽240.",
        Decimal("240.00"),
    )
    assert early is not None
    assert (early.text.replace("\u00a0", " "), early.available_from) == (
        "The code works from 1 June 2026.",
        code.starts_at,
    )
    assert category is not None
    assert category.text == "Add something from “Toys”."
    assert held is not None
    assert held.held_by_order == "17"
    assert "No. 17" in held.text
    assert twice is not None
    assert twice.text == "You have already used this code 2 times, which is its limit."


@pytest.mark.parametrize(
    ("code", "skip_sale", "expected"),
    [
        ({}, False, (True, True)),
        ({}, True, (True, False)),
        ({"categories": ("shoes",)}, False, (False, True)),
        ({"categories": ("clothes", "shoes")}, True, (True, False)),
        ({"type": "fixed", "required_categories": ("shoes",)}, False, (True, True)),
        ({"type": "free_shipping"}, True, (True, True)),
    ],
)
def test_lines_in_scope(code: dict[str, Any], skip_sale: bool, expected: tuple[bool, ...]) -> None:
    assert lines_in_scope(replace(CODE, **code), (SHIRT, BOOTS), skip_sale=skip_sale) == expected


@pytest.mark.parametrize(
    ("left", "policy", "expected"),
    [
        (None, "refuse", Decimal(10)),
        (Decimal(10), "refuse", Decimal(10)),
        (Decimal("9.99"), "refuse", None),
        (Decimal("9.99"), "cut", Decimal("9.99")),
        (Decimal(0), "cut", None),
    ],
)
def test_allowed_discount(left: Decimal | None, policy: str, expected: Decimal | None) -> None:
    assert allowed_discount(replace(CODE, budget_left=left, budget_policy=policy), Decimal(10)) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"switch": None}, State.DRAFT),
        ({"switch": None, "ends_at": NOW}, State.DRAFT),
        ({"switch": False}, State.DEACTIVATED),
        ({"starts_at": NOW + timedelta(seconds=1)}, State.SCHEDULED),
        ({}, State.ACTIVE),
        ({"uses": 2, "max_uses": 2}, State.EXHAUSTED),
        ({"uses": 2, "max_uses": 2, "ends_at": NOW}, State.EXPIRED),
        ({"uses": 1, "max_uses": 2}, State.ACTIVE),
    ],
)
def test_state_of(facts: dict[str, Any], expected: State) -> None:
    plain = {
        "switch": True, "starts_at": NOW, "ends_at": NOW + timedelta(days=1), "uses": 0, "max_uses": None, "now": NOW,
    }  # fmt: skip
    assert state_of(**(plain | facts)) == expected


def test_a_period_of_days_covers_both_whole() -> None:
    starts, ends = period_from(starts_on=date(2022, 6, 1), ends_on=date(2022, 6, 15), zone=MOSCOW)
    assert (starts, ends) == (datetime(2022, 5, 31, 21, tzinfo=UTC), datetime(2022, 6, 15, 21, tzinfo=UTC))
    assert (starts, ends) == (start_of(date(2022, 6, 1), MOSCOW), end_of(date(2022, 6, 15), MOSCOW))
    assert last_day(ends, MOSCOW) == date(2022, 6, 15)


def test_a_day_that_changes_the_clock_is_whole_too() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    starts, ends = period_from(starts_on=date(2026, 3, 29), ends_on=date(2026, 3, 29), zone=berlin)
    assert ends.astimezone(UTC) - starts.astimezone(UTC) == timedelta(hours=23)


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"ends_on": date(2026, 6, 1)}, "starts_on", "required"),
        ({"starts_on": date(2026, 6, 1)}, "ends_on", "required"),
        ({"starts_on": date(2026, 6, 1), "starts_at": NOW, "ends_at": NOW}, "starts_at", "ambiguous"),
        ({"starts_on": date(2026, 6, 2), "ends_on": date(2026, 6, 1)}, "ends_on", "before_start"),
        ({"starts_at": NOW, "ends_at": NOW}, "ends_at", "before_start"),
        ({"starts_at": NOW, "ends_on": date.max}, "ends_on", "out_of_range"),
    ],
)
def test_a_wrong_period_is_refused(given: dict[str, Any], field: str, code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        period_from(zone=MOSCOW, **given)
    assert [(error.field, error.code) for error in caught.value.errors] == [(field, code)]


@pytest.mark.parametrize(
    ("count", "issued", "expected"),
    [
        (1, 0, 10),
        (10_000, 0, 10),
        (10_001, 0, 12),
        (1_000_000, 0, 12),
        (1, 31**10 // 10**6 - 1, 10),
        (1, 31**10 // 10**6, 11),
        (1, 31**32, None),
    ],
)
def test_code_length_keeps_a_million_possible_codes_for_each(count: int, issued: int, expected: int | None) -> None:
    assert code_length(count, issued=issued) == expected


def test_a_length_asked_for_may_be_longer_and_not_shorter() -> None:
    assert [is_long_enough(length, 10_001) for length in (9, 10, 11, 12, 20)] == [False, False, False, True, True]


def test_codes_are_drawn_from_31_characters_without_look_alikes() -> None:
    assert len(set(ALPHABET)) == 31
    assert not set(ALPHABET) & set("01OIL")
    drawn = random_characters(310_000).decode()
    assert set(drawn) == set(ALPHABET)
    # Each of 31 about 10,000 times: a bias of one part in 31 (8 of 256 bytes) would be 1,250 more for eight of them.
    assert all(9_400 < drawn.count(character) < 10_600 for character in ALPHABET)
    assert len(random_code()) == 10
    codes = random_codes(1000, 6)
    assert (len(set(codes)), codes == sorted(codes)) == (1000, True)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, []),
        ({"type": "gift"}, ["type"]),
        ({"value": None}, ["value"]),
        ({"value": Decimal(0)}, ["value"]),
        ({"value": Decimal("0.001")}, ["value"]),
        ({"value": Decimal("NaN")}, ["value"]),
        ({"value": Decimal("100.01")}, ["value"]),
        ({"type": "cashback", "value": Decimal(100)}, []),
        ({"type": "fixed", "value": Decimal(5000)}, []),
        ({"type": "fixed", "value": Decimal(10) ** 10}, ["value"]),
        ({"type": "free_shipping"}, []),
        ({"type": "free_shipping", "value": Decimal(1)}, ["value"]),
        ({"type": "fixed", "categories": ("shoes",)}, ["categories"]),
        ({"type": "free_shipping", "categories": ("shoes",)}, ["categories"]),
        ({"type": "fixed", "required_categories": ("shoes",)}, []),
        ({"minimum_order": Decimal(-1)}, ["minimum_order"]),
        ({"starts_at": NOW, "ends_at": NOW}, ["ends_at"]),
        ({"starts_at": datetime(2026, 6, 1)}, ["starts_at"]),
        ({"max_uses": 0, "max_uses_per_customer": 2**31}, ["max_uses", "max_uses_per_customer"]),
    ],
)
def test_spec_errors_name_each_wrong_field(fields: dict[str, Any], wrong: list[str]) -> None:
    assert [error.field for error in spec_errors(make_spec(**fields))] == wrong


@pytest.mark.parametrize(("count", "is_wrong"), [(0, True), (1, False), (1_000_000, False), (1_000_001, True)])
def test_a_batch_has_1_to_1_000_000_codes(count: int, is_wrong: bool) -> None:
    assert bool(count_errors(count)) is is_wrong


# The three codes of the reference document, as written there.
FIRST = CodeFacts(
    type="percent", value=Decimal(5), minimum_order=Decimal(1000),
    starts_at=start_of(date(2022, 6, 1), MOSCOW), ends_at=end_of(date(2022, 6, 15), MOSCOW),
)  # fmt: skip
SECOND = CodeFacts(
    type="fixed", value=Decimal(100), required_categories=("shirt-cleaning",),
    starts_at=start_of(date(2022, 6, 7), MOSCOW), ends_at=end_of(date(2022, 6, 14), MOSCOW),
)  # fmt: skip
THIRD = CodeFacts(
    type="free_shipping", minimum_order=Decimal(1500), max_uses=100,
    starts_at=start_of(date(2022, 6, 1), MOSCOW), ends_at=end_of(date(2022, 6, 15), MOSCOW),
)  # fmt: skip
CLEANING = frozenset({"shirt-cleaning", "cleaning"})


@pytest.mark.parametrize(
    ("code", "amount", "categories", "moment", "reason"),
    [
        (FIRST, "1000.00", frozenset(), datetime(2022, 6, 1, 0, 0, tzinfo=MOSCOW), None),
        (FIRST, "1000.00", frozenset(), datetime(2022, 6, 15, 23, 59, 59, tzinfo=MOSCOW), None),
        (FIRST, "999.99", frozenset(), datetime(2022, 6, 10, tzinfo=MOSCOW), "below_minimum"),
        (FIRST, "1000.00", frozenset(), datetime(2022, 5, 31, 23, 59, 59, tzinfo=MOSCOW), "not_started"),
        (FIRST, "1000.00", frozenset(), datetime(2022, 6, 16, tzinfo=MOSCOW), "expired"),
        (SECOND, "1.00", CLEANING, datetime(2022, 6, 7, tzinfo=MOSCOW), None),
        (SECOND, "1.00", frozenset({"cleaning"}), datetime(2022, 6, 7, tzinfo=MOSCOW), "no_matching_items"),
        (SECOND, "1.00", CLEANING, datetime(2022, 6, 15, tzinfo=MOSCOW), "expired"),
        (replace(THIRD, uses=99), "1500.00", frozenset(), datetime(2022, 6, 15, tzinfo=MOSCOW), None),
        (replace(THIRD, uses=100), "1500.00", frozenset(), datetime(2022, 6, 15, tzinfo=MOSCOW), "exhausted"),
        (THIRD, "1499.99", frozenset(), datetime(2022, 6, 15, tzinfo=MOSCOW), "below_minimum"),
    ],
)
def test_the_codes_of_the_reference_document(
    code: CodeFacts, amount: str, categories: frozenset[str], moment: datetime, reason: str | None
) -> None:
    line = LineFacts("A", categories, Decimal(amount))
    assert judge(code, [line], ShopperFacts(), now=moment).reason == reason
