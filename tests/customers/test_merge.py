"""Two records of one person become one (CU-3, ADR 11)."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress

from customers.models import Consent, Customer, Merge, Purchase, User
from customers.services import merge_customers
from loyalty_site.kernel.errors import DomainError
from loyalty_site.kernel.transactions import in_transaction
from points.queries import balance
from tests.customers.merging import findings, merged
from tests.factories import NOW, CustomerFactory, PurchaseFactory, UserFactory
from tests.points.rows import day, earn, spend, take_back

pytestmark = pytest.mark.django_db


def test_the_newer_record_leads_to_the_older_one() -> None:
    older, newer = CustomerFactory(phone=None), CustomerFactory(phone="+79123456789", external_id="S-2")

    merge = merged(newer, older)

    older.refresh_from_db()
    newer.refresh_from_db()
    assert (merge.survivor_id, merge.absorbed_id) == (older.pk, newer.pk)
    assert (newer.merged_into_id, newer.email, newer.phone, newer.external_id) == (older.pk, None, None, "S-2")
    assert older.phone == "+79123456789"
    assert merge.kept == {
        "email": older.pk,
        "phone": newer.pk,
        "name": older.pk,
        "birthday": older.pk,
        "manager": older.pk,
    }


def test_the_same_pair_again_gives_the_same_merge() -> None:
    older, newer = CustomerFactory(), CustomerFactory()

    assert [merged(older, newer).pk, merged(newer, older).pk, merged(older, newer).pk] == [Merge.objects.get().pk] * 3


def test_points_add_up_and_debt_is_paid_from_what_is_left() -> None:
    older, newer = CustomerFactory(), CustomerFactory()
    earn(older, 100, "action:1", kind="action")
    earn(newer, 30, "action:2", kind="action")
    spend(newer, 30, "elsewhere:3")
    take_back("action:2", 30, "take_back:action:2")

    merge = merged(older, newer)

    found = balance(older.pk, now=day(1))
    assert (found.available, found.debt) == (70, 0)
    assert (balance(newer.pk, now=day(1)).available, balance(newer.pk, now=day(1)).debt) == (0, 0)
    assert merge.steps[-1] == {"part": "points", "points": 100, "debt": 30, "paid": 30, "waiting": 0}
    assert findings() == {}


def test_the_earlier_first_purchase_is_the_first() -> None:
    older, newer = CustomerFactory(), CustomerFactory()
    PurchaseFactory(customer=older, ref="a", paid_at=day(0), is_first=True)
    PurchaseFactory(customer=newer, ref="b", paid_at=day(-3), is_first=True)

    merged(older, newer)

    assert list(Purchase.objects.order_by("ref").values_list("ref", "customer", "is_first")) == [
        ("a", older.pk, False),
        ("b", older.pk, True),
    ]


def consent(customer: Customer, given: float, withdrawn: float | None = None, purpose: str = "email") -> Consent:
    ended = None if withdrawn is None else day(withdrawn)
    dates = {"given_at": day(given), "withdrawn_at": ended}
    return Consent.objects.create(customer=customer, purpose=purpose, source="site", text_version="1", **dates)


@pytest.mark.parametrize(
    ("first", "second", "live"),
    [
        ([(0, None)], [(-5, None)], [0]),
        ([(-9, None)], [(-5, -3)], []),
        ([(-2, None)], [(-5, -3)], [-2]),
        ([(-9, -8)], [(-5, None)], [-5]),
        ([], [(-5, None)], [-5]),
    ],
)
def test_the_later_word_on_a_consent_counts(first: Any, second: Any, live: Any) -> None:
    older, newer = CustomerFactory(), CustomerFactory()
    for customer, acts in ((older, first), (newer, second)):
        for act in acts:
            consent(customer, *act)

    merged(older, newer)

    rows = Consent.objects.filter(customer=older, withdrawn_at=None)
    assert [row.given_at for row in rows] == [day(number) for number in live]


def test_both_addresses_sign_in_to_the_account_that_stays() -> None:
    users = [UserFactory(email=f"{name}@shop.test") for name in ("a", "b")]
    older, newer = (CustomerFactory(user=user, email=user.email) for user in users)
    EmailAddress.objects.create(user=users[1], email="b@shop.test", verified=True, primary=True)

    merged(older, newer, kept={"email": newer.pk})

    older.refresh_from_db()
    users[1].refresh_from_db()
    assert (older.user_id, older.email, users[1].is_active) == (users[0].pk, "b@shop.test", False)
    assert list(EmailAddress.objects.values_list("user", "email", "verified", "primary")) == [
        (users[0].pk, "b@shop.test", True, False)
    ]


def test_an_account_of_the_newer_record_alone_moves() -> None:
    user = UserFactory(email="b@shop.test")
    older, newer = CustomerFactory(), CustomerFactory(user=user)

    merged(older, newer)

    older.refresh_from_db()
    assert older.user_id == user.pk


def test_refusals() -> None:
    older, gone = CustomerFactory(), CustomerFactory(email=None, erased_at=NOW)

    def code(**given: Any) -> str:
        values = {"first_id": older.pk, "second_id": CustomerFactory().pk, "kept": {}, "reason": "r"} | given
        try:
            in_transaction(lambda: merge_customers(by=None, now=NOW, **values))
        except DomainError as refused:
            return refused.code
        return "merged"

    assert code(second_id=older.pk) == "same_customer"
    assert code(second_id=gone.pk) == "customer_erased"
    assert code(second_id=10**9) == "not_found"
    assert code(reason=" ") == "invalid"
    assert code(kept={"email": 10**9}) == "invalid"
    assert Merge.objects.count() == 0


@pytest.mark.parametrize("of_staff", [0, 1], ids=["older", "newer"])
def test_no_address_of_a_customer_opens_an_account_of_staff(of_staff: int) -> None:
    users = [UserFactory(email=f"{name}@shop.test", is_staff=number == of_staff) for number, name in enumerate("ab")]
    two = [CustomerFactory(user=user, email=user.email) for user in users]
    for user in users:
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)

    merged(*two)

    two[0].refresh_from_db()
    assert two[0].user_id == users[1 - of_staff].pk
    assert list(User.objects.order_by("pk").values_list("email", "is_active")) == [
        ("a@shop.test", True),
        ("b@shop.test", True),
    ]
    assert set(EmailAddress.objects.values_list("user", "email")) == {(user.pk, user.email) for user in users}
