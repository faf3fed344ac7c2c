"""What an invitation promises, in words."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from customers.models import Programme
from referrals.models import Ambassador
from referrals.queries import Inviter, Offer, offer, offer_of
from referrals.rules.names import shown_name
from referrals.rules.offer_words import Promise, promise_text


def said(promise: Promise, language: str = "ru") -> str:
    with translation.override(language):
        return promise_text(promise).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("promise", "english"),
    [
        (Promise("points", Decimal(300)), "300 points"),
        (Promise("points", Decimal(1)), "1 point"),
        (Promise("points", Decimal(0)), ""),
        (Promise("fixed_code", Decimal(500)), "a promo code for ₽500"),
        (Promise("percent_code", Decimal(10)), "a promo code for 10% off"),
        (Promise("money", Decimal("1500.50")), "₽1,500.50"),
        (Promise("money", Decimal("7.5"), is_percent=True), "7.5% of the order"),
        (Promise("points", Decimal(5), is_percent=True), "5% of the order in points"),
        (Promise("points", Decimal(50), period_days=30), "50 points for every order of the first 30 days"),
        (Promise("points", Decimal(5), True, 30), "5% of every order of the first 30 days in points"),
        (Promise("money", Decimal(5), True, 1), "5% of every order of the first 1 day"),
    ],
    ids=str,
)
def test_promise_is_said_in_words(promise: Promise, english: str) -> None:
    assert said(promise, "en") == english


def test_offer_of_the_programme_as_it_comes() -> None:
    assert offer(Programme()) == Offer(
        referrer=promise_text(Promise("points", Decimal(300))),
        newcomer="",
        newcomer_at_once=True,
        hold_days=14,
        minimum_order=Decimal(0),
        code_days=90,
        newcomer_gets_code=False,
        cashback_percent=Decimal(10),
        first_purchase_bonus=300,
    )


def test_offer_tells_when_the_newcomer_gets_what() -> None:
    programme = Programme(
        referee_reward_kind="fixed_code", referee_reward=500, referee_reward_at="first_order", referral_hold_days=7
    )
    with translation.override("en"):
        found = offer(programme)
    assert (found.newcomer, found.newcomer_at_once, found.newcomer_gets_code, found.hold_days) == (
        "a promo code for ₽500",
        False,
        True,
        7,
    )


def invited(**given: Any) -> Offer:
    programme = Programme(referee_reward=100)
    with translation.override("en"):
        return offer_of(Inviter(**{"code": "X", "customer_id": 1, "ambassador": None, "name": ""} | given), programme)


def test_ambassador_has_a_rate_of_his_own_and_the_newcomer_the_programmes() -> None:
    rate = Ambassador(paid_in="money", rate_type="percent", rate=Decimal(10), every_order=True, period_days=90)
    found = invited(ambassador=rate, stopped_at=None)
    assert (found.referrer, found.newcomer) == (
        "10% of every order of the first 90 days",
        "100\N{NO-BREAK SPACE}points",
    )


def test_who_was_stopped_promises_nothing() -> None:
    found = invited(stopped_at=datetime(2026, 6, 1, tzinfo=UTC))
    assert (found.referrer, found.newcomer) == ("", "")


@pytest.mark.parametrize(
    ("first_name", "shown"),
    [
        ("Анна", "Анна"),
        ("  Анна   Мария ", "Анна Мария"),
        ("Жан-Поль", "Жан-Поль"),
        ("O’Neil", "O’Neil"),
        ("", ""),
        ("приз на evil.example", ""),
        ("https://evil", ""),
        ("<b>Анна</b>", ""),
        ("8 800 555", ""),
        ("А" * 41, ""),
        ("Анна\u202e", ""),
        ("Анна 🎁", ""),
    ],
)
def test_only_a_name_is_shown_to_strangers(first_name: str, shown: str) -> None:
    assert shown_name(first_name) == shown
