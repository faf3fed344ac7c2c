"""Referrals under review in the back office: the queue, one of them, the decisions (R-5)."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from referrals.models import Referrer, Review, Reward
from referrals.services import check_pending, note_traits
from tests.factories import NOW, PurchaseFactory, ReferralFactory, RewardFactory

pytestmark = pytest.mark.django_db


def suspicious(**shared: str) -> Review:
    """One whose newcomer has something in common with the referrer: a door, unless told otherwise."""
    reward = RewardFactory.create()
    for customer in (reward.referral.referrer, reward.referral.newcomer):
        note_traits(customer_id=customer.pk, traits=shared or {"address": "Тула, Мира 5-1"}, now=NOW)
    check_pending(now=NOW, limit=10)
    return Review.objects.get(referral=reward.referral)


def page_of(review: Review, name: str = "page") -> str:
    return reverse(f"admin:referrals_review_{name}", args=[review.pk])


def found(client: Client, **asked: Any) -> list[Any]:
    return list(client.get(reverse("admin:referrals_review_changelist"), asked).context["cl"].result_list)


def test_queue_shows_what_waits_first_and_says_why(manager: Client) -> None:
    waiting = suspicious()
    blocked = suspicious(payer="bank:7")
    content = manager.get(reverse("admin:referrals_review_changelist")).content.decode()
    assert "The same delivery address as the referrer&#x27;s." in content
    assert "300 points" in content.replace("\N{NO-BREAK SPACE}", " ")
    assert found(manager) == [waiting, blocked]
    assert found(manager, state="blocked") == [blocked]
    assert found(manager, reason="self") == [waiting, blocked]
    assert found(manager, reason="chain") == []
    assert found(manager, q=str(waiting.referral.newcomer.email)) == [waiting]
    assert found(manager, q="nobody at all") == []


@pytest.mark.parametrize("count", [1, 3])
def test_queue_takes_as_many_queries_for_any_number(
    count: int, manager: Client, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        suspicious(device=f"device-{number}")
    with django_assert_num_queries(7):
        manager.get(reverse("admin:referrals_review_changelist"))


def test_page_shows_both_accounts_and_what_they_share_but_no_hash(as_role: Any) -> None:
    support = as_role("support")
    review = suspicious()
    newcomer = review.referral.newcomer
    PurchaseFactory.create(customer=newcomer, goods_amount="1500.00")
    other = ReferralFactory.create().newcomer
    note_traits(customer_id=other.pk, traits={"device": "9f1c"}, now=NOW)
    note_traits(customer_id=newcomer.pk, traits={"device": "9f1c"}, now=NOW)
    answer = support.get(page_of(review))
    accounts = answer.context["accounts"]
    assert [(row["account"].customer, row["shared"]) for row in accounts] == [
        (newcomer, "nothing"),
        (review.referral.referrer, "delivery address"),
        (other, "device"),
    ]
    assert (accounts[0]["account"].orders, str(accounts[0]["account"].spent)) == (1, "1500.00")
    content = answer.content.decode()
    assert not [value for value in newcomer.traits.values_list("value", flat=True) if value in content]
    assert "formaction" not in content


def test_manager_approves_with_a_reason(manager: Client) -> None:
    review = suspicious()
    answer = manager.post(page_of(review, "approve"), {"reason": "A couple"})
    assert (answer.status_code, answer["Location"]) == (302, page_of(review))
    review.refresh_from_db()
    assert (review.status, review.decision_reason) == ("approved", "A couple")
    assert Reward.objects.get().status == "pending"


def test_manager_rejects_with_a_reason(manager: Client) -> None:
    review = suspicious()
    manager.post(page_of(review, "reject"), {"reason": "Himself"})
    review.refresh_from_db()
    assert (review.status, Reward.objects.get().status) == ("rejected", "rejected")


def test_manager_stops_the_referrer(manager: Client) -> None:
    review = suspicious()
    manager.post(page_of(review, "stop"), {"reason": "A farm"})
    review.refresh_from_db()
    assert Referrer.objects.get().stop_reason == "A farm"
    assert (review.status, Reward.objects.get().status) == ("rejected", "rejected")


@pytest.mark.parametrize("name", ["approve", "reject", "stop"])
def test_decision_without_a_reason_is_refused_beside_the_field(name: str, manager: Client) -> None:
    review = suspicious()
    answer = manager.post(page_of(review, name), {"reason": " "})
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"reason": ["Give the reason: it stays in the history."]}
    review.refresh_from_db()
    assert review.status == "waiting"


def test_second_decision_of_one_kind_is_told(manager: Client) -> None:
    review = suspicious()
    manager.post(page_of(review, "approve"), {"reason": "A couple"})
    answer = manager.post(page_of(review, "approve"), {"reason": "A couple"})
    assert answer.context["form"].non_field_errors() == ["This has been decided so already."]


def test_support_looks_but_does_not_decide(as_role: Any) -> None:
    support = as_role("support")
    review = suspicious()
    assert support.get(page_of(review)).status_code == 200
    assert support.post(page_of(review, "approve"), {"reason": "So"}).status_code == 403
