"""A customer's link and friends over HTTP (R-1, R-3)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.models import Customer
from referrals.models import Referral
from referrals.queries import link_of
from tests.api.conftest import Api, problem
from tests.factories import (
    NOW,
    AmbassadorFactory,
    CustomerFactory,
    PromoCodeFactory,
    ReferralFactory,
    RewardFactory,
    VisitFactory,
)

DUE = NOW + timedelta(days=14)


def brought(referrer: Customer, **given: Any) -> Referral:
    return ReferralFactory(
        **{
            "referrer": referrer,
            "first_order_ref": "order:1042",
            "first_ordered_at": NOW,
            "first_order_amount": Decimal("4000.00"),
            **given,
        }
    )


def moment(value: Any) -> str:
    return timezone.localtime(value).isoformat()


def test_document_of_a_customer_holds_the_link(api: Api) -> None:
    customer, ambassador = CustomerFactory(), AmbassadorFactory(customer=CustomerFactory())
    link = link_of(customer.pk)
    assert api.get(f"customers/{customer.public_id}").json()["referral"] == {"code": link.code, "url": link.url}
    own = api.get(f"customers/{ambassador.customer.public_id}").json()["referral"]
    assert (own["code"], own["url"].endswith(f"/r/{ambassador.code}")) == (ambassador.code, True)


def test_friend_is_told_whole_and_without_the_order(api: Api) -> None:
    customer = CustomerFactory()
    code = PromoCodeFactory(customer=customer)
    visit = VisitFactory(referrer=customer, via="telegram")
    friend = CustomerFactory(first_name="Анна", last_name="Кузнецова")
    referral = brought(customer, newcomer=friend, visit=visit, via="telegram")
    RewardFactory(
        referral=referral,
        kind="percent_code",
        amount=10,
        status="paid",
        paid_at=DUE,
        promo_code=code,
    )

    answer = api.get(f"customers/{customer.public_id}/referrals")

    assert answer.json() == {
        "next": None,
        "previous": None,
        "results": [
            {
                "id": f"r{referral.pk}",
                "name": "Анна\xa0К.",
                "state": "paid",
                "via": "telegram",
                "visited_at": moment(NOW),
                "registered_at": moment(NOW),
                "first_order_at": moment(NOW),
                "due_at": None,
                "rewards": [
                    {
                        "kind": "percent_code",
                        "points": None,
                        "points_taken_back": None,
                        "amount": None,
                        "amount_taken_back": None,
                        "percent": "10.00",
                        "status": "paid",
                        "due_at": moment(DUE),
                        "paid_at": moment(DUE),
                        "promo_code": {"code": code.code, "state": "expired", "ends_at": moment(code.terms.ends_at)},
                    }
                ],
            }
        ],
    }


def test_points_and_money_are_told_by_their_kind(api: Api) -> None:
    customer = CustomerFactory()
    RewardFactory(referral=brought(customer))
    RewardFactory(referral=brought(customer), kind="money", amount=Decimal("150.50"))

    rows = api.get(f"customers/{customer.public_id}/referrals").json()["results"]

    assert [(row["name"], row["state"], row["due_at"]) for row in rows] == [("Friend", "waiting", moment(DUE))] * 2
    told = ("points", "points_taken_back", "amount", "amount_taken_back")
    assert [tuple(row["rewards"][0][name] for name in told) for row in rows] == [
        (None, None, "150.50", "0.00"),
        (300, 0, None, None),
    ]


def test_reasons_of_a_review_are_never_told(api: Api) -> None:
    customer = CustomerFactory()
    for status in ("held", "rejected"):
        RewardFactory(referral=brought(customer), status=status)

    rows = api.get(f"customers/{customer.public_id}/referrals").json()["results"]

    assert {row["state"] for row in rows} == {"under_review", "rejected"}
    assert {key for row in rows for key in row} == {
        "id",
        "name",
        "state",
        "via",
        "visited_at",
        "registered_at",
        "first_order_at",
        "due_at",
        "rewards",
    }


def test_pages_are_turned_both_ways_through_friends_and_guests(api: Api) -> None:
    customer, now = CustomerFactory(), timezone.now()
    for hours in (1, 3, 3, 5):
        ReferralFactory(referrer=customer, registered_at=now - timedelta(hours=hours))
    for hours in (2, 3, 4):
        VisitFactory(referrer=customer, visited_at=now - timedelta(hours=hours))
    path = f"customers/{customer.public_id}/referrals?limit="
    whole = [row["id"] for row in api.get(f"{path}100").json()["results"]]
    assert len(whole) == 7

    turned, page = [], api.get(f"{path}3").json()
    assert page["previous"] is None
    while True:
        turned.append([row["id"] for row in page["results"]])
        if page["next"] is None:
            break
        page = api.get(page["next"].partition("/api/v1/")[2]).json()
    assert turned == [whole[:3], whole[3:6], whole[6:]]
    back = api.get(page["previous"].partition("/api/v1/")[2]).json()
    assert [row["id"] for row in back["results"]] == whole[3:6]


def test_state_is_a_filter(api: Api) -> None:
    customer = CustomerFactory()
    ReferralFactory(referrer=customer)
    RewardFactory(referral=brought(customer))
    path = f"customers/{customer.public_id}/referrals"

    assert [row["state"] for row in api.get(f"{path}?state=waiting").json()["results"]] == ["waiting"]
    assert api.get(f"{path}?state=paid").json()["results"] == []
    assert problem(api.get(f"{path}?state=nonsense")) == (400, "invalid")


@pytest.mark.parametrize("cursor", ["x", "bjE", "bjF4MQ", "cA", "bnIx", "bjk5OTk5OTk5OTk5OTk5OTk5OTlyMQ"])
def test_cursor_that_is_not_ours_is_refused(api: Api, cursor: str) -> None:
    path = f"customers/{CustomerFactory().public_id}/referrals"
    assert problem(api.get(f"{path}?cursor={cursor}")) == (400, "invalid")


def test_customer_reads_the_own_friends_alone(shopper: Any) -> None:
    ReferralFactory(referrer=shopper.customer)
    other = CustomerFactory()
    assert len(shopper.get(f"customers/{shopper.customer.public_id}/referrals").json()["results"]) == 1
    assert problem(shopper.get(f"customers/{other.public_id}/referrals")) == (404, "not_found")


def test_unknown_customer_is_404(api: Api) -> None:
    unknown = api.get("customers/00000000-0000-4000-8000-000000000000/referrals")
    assert problem(unknown) == (404, "not_found")


@pytest.mark.parametrize("rows", [1, 3])
def test_friends_take_four_queries(api: Api, rows: int) -> None:
    customer = CustomerFactory()
    for _number in range(rows):
        code = PromoCodeFactory(customer=customer)
        referral = brought(customer)
        RewardFactory(referral=referral, kind="fixed_code", status="paid", paid_at=DUE, promo_code=code)

    with CaptureQueriesContext(connection) as asked:
        found = api.get(f"customers/{customer.public_id}/referrals").json()["results"]

    assert (len(asked), len(found)) == (4, rows)
