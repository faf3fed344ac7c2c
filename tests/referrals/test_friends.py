"""The friends of a referrer: names, states, rewards, order, pages, queries (R-3)."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from customers.models import Customer
from referrals.queries import CodeState, EarnedCode, FriendReward, FriendState, friend_name, friends
from tests.factories import (
    NOW,
    CustomerFactory,
    ProgrammeFactory,
    PromoCodeFactory,
    ReferralFactory,
    RewardFactory,
    VisitFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_russian() -> Iterator[None]:
    with override("ru"):
        yield


@pytest.fixture
def referrer() -> Customer:
    return CustomerFactory(first_name="Покупатель")


def states_of(customer: Customer, **asked: object) -> list[str]:
    return [str(friend.state) for friend in friends(customer.pk, now=NOW, **asked)]


def bought(referrer: Customer, **given: object):
    return ReferralFactory(referrer=referrer, first_order_ref="order:1", first_ordered_at=NOW, **given)


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        ("Анна", "Кузнецова", "Анна\xa0К."),
        ("Анна", "", "Анна"),
        ("Анна Кузнецова", "", "Анна"),
        ("анна", "ёлкина", "анна\xa0Ё."),
        ("", "Кузнецова", "Друг"),
        ("  ", "", "Друг"),
        ("https://shop.test", "", "Друг"),
        ("Анна", "<b>", "Анна"),
    ],
)
def test_name_is_the_first_one_and_an_initial(first: str, last: str, shown: str) -> None:
    assert friend_name(first, last) == shown


def test_nobody_brought_is_an_empty_list(referrer: Customer) -> None:
    ReferralFactory()
    VisitFactory()
    assert friends(referrer.pk, now=NOW) == []


def test_visitor_is_a_guest_once_until_forgotten_or_registered(referrer: Customer) -> None:
    ProgrammeFactory(referral_visit_days=10)
    seen = VisitFactory(referrer=referrer, device="one", visited_at=NOW - timedelta(days=9), via="telegram")
    latest = VisitFactory(referrer=referrer, device="one", visited_at=NOW - timedelta(days=1), via="vk")
    VisitFactory(referrer=referrer, device="old", visited_at=NOW - timedelta(days=10))
    VisitFactory(device="two")
    (guest,) = friends(referrer.pk, now=NOW)
    assert (guest.id, guest.name, guest.state, guest.via) == (latest.pk, "Гость", FriendState.VISITED, "vk")
    assert (guest.visited_at, guest.registered_at, guest.rewards) == (latest.visited_at, None, ())
    ReferralFactory(referrer=referrer, visit=seen)
    assert states_of(referrer) == ["registered"]


def test_state_is_told_by_the_reward(referrer: Customer) -> None:
    ReferralFactory(referrer=referrer)
    bought(referrer)
    for status in ("pending", "held", "cancelled", "rejected"):
        RewardFactory(referral=bought(referrer), status=status)
    for status in ("paid", "taken_back"):
        RewardFactory(referral=bought(referrer), status=status, paid_at=NOW + timedelta(days=14))
    RewardFactory(referral=ReferralFactory(referrer=referrer), role="newcomer", order_ref="")
    assert states_of(referrer)[::-1] == [
        "registered",
        "ordered",
        "waiting",
        "under_review",
        "cancelled",
        "rejected",
        "paid",
        "taken_back",
        "registered",
    ]


def test_next_order_after_a_return_waits_again(referrer: Customer) -> None:
    referral = bought(referrer)
    RewardFactory(referral=referral, status="cancelled", qualified_at=NOW + timedelta(days=1))
    RewardFactory(referral=referral, qualified_at=NOW)
    (friend,) = friends(referrer.pk, now=NOW)
    assert (friend.state, friend.due_at) == (FriendState.WAITING, NOW + timedelta(days=14))
    assert [reward.status for reward in friend.rewards] == ["cancelled", "pending"]


def test_rewards_are_told_without_the_order(referrer: Customer) -> None:
    paid_at = NOW + timedelta(days=14)
    referral = bought(referrer)
    RewardFactory(referral=referral, status="taken_back", paid_at=paid_at, taken_back_amount=300)
    assert friends(referrer.pk, now=NOW)[0].rewards == (
        FriendReward("points", Decimal("300.00"), "taken_back", paid_at, paid_at, Decimal("300.00"), None),
    )


@pytest.mark.parametrize(
    ("given", "state"),
    [
        ({}, CodeState.ACTIVE),
        ({"uses": 1, "max_uses": 1}, CodeState.USED),
        ({"switch": False}, CodeState.WITHDRAWN),
        ({"terms__ends_at": NOW}, CodeState.EXPIRED),
    ],
)
def test_earned_code_says_what_became_of_it(referrer: Customer, given: dict[str, object], state: CodeState) -> None:
    code = PromoCodeFactory(customer=referrer, **given)
    RewardFactory(
        referral=bought(referrer),
        kind="percent_code",
        amount=10,
        status="paid",
        paid_at=NOW + timedelta(days=14),
        promo_code=code,
    )
    assert friends(referrer.pk, now=NOW)[0].rewards[0].code == EarnedCode(code.code, state, code.terms.ends_at)


def test_pages_go_down_and_up_and_are_filtered_by_state(referrer: Customer) -> None:
    for number in range(5):
        ReferralFactory(referrer=referrer, registered_at=NOW - timedelta(days=number))
    VisitFactory(referrer=referrer, visited_at=NOW - timedelta(days=2))
    found = friends(referrer.pk, now=NOW)
    assert [friend.position.moment for friend in found] == sorted(
        (friend.position.moment for friend in found), reverse=True
    )
    assert friends(referrer.pk, now=NOW, limit=2, offset=2) == found[2:4]
    assert friends(referrer.pk, now=NOW, limit=2, before=found[1].position) == found[2:4]
    assert friends(referrer.pk, now=NOW, limit=2, after=found[4].position) == found[2:4]
    assert states_of(referrer, states=[FriendState.VISITED]) == ["visited"]


@pytest.mark.parametrize("count", [1, 3])
def test_two_queries_for_any_number_of_friends(referrer: Customer, count: int) -> None:
    for _ in range(count):
        code = PromoCodeFactory(customer=referrer)
        RewardFactory(
            referral=bought(referrer),
            kind="fixed_code",
            status="paid",
            paid_at=NOW + timedelta(days=14),
            promo_code=code,
        )
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert len(friends(referrer.pk, now=NOW)) == count
    assert len(queries) == 2
