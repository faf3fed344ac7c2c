"""Possible duplicates: which signs make a pair, and what is decided stays decided (CU-3)."""

from datetime import date

import pytest
from allauth.account.models import EmailAddress
from django.db import connection

from customers.models import Duplicate
from customers.queries.duplicates import EMAIL_KEY, MAILBOXES, MOST_SHARED
from customers.rules import email_key
from customers.services import find_duplicates, merge_customers, say_different
from customers.services.duplicates import PairDecided
from loyalty_site.kernel.transactions import in_transaction
from referrals.models import Trait
from tests.customers.merging import merged
from tests.factories import NOW, CustomerFactory, UserFactory
from tests.points.rows import day

pytestmark = pytest.mark.django_db

BORN = date(1990, 4, 12)


def found() -> int:
    return in_transaction(lambda: find_duplicates(now=NOW))


def pairs() -> list[tuple[int, int, list[str], int, str]]:
    rows = Duplicate.objects.order_by("first", "second")
    return list(rows.values_list("first", "second", "signs", "score", "state"))


def seen(customer, kind: str, value: str) -> None:
    Trait.objects.create(customer=customer, kind=kind, value=value, seen_at=NOW)


@pytest.mark.parametrize(
    "address",
    [
        "anna@shop.test",
        "a.n.n.a+news@gmail.com",
        "anna@googlemail.com",
        "an.na@ya.ru",
        "an-na@yandex.com",
        "an.na@narod.ru",
        "+tag@shop.test",
        "anna+a+b@mail.ru",
    ],
)
def test_the_mailbox_in_sql_is_the_rules(address: str) -> None:
    CustomerFactory(email=address)
    with connection.cursor() as cursor:
        cursor.execute(MAILBOXES)
        (row,) = cursor.fetchall()
    assert row[1] == email_key(address)
    assert EMAIL_KEY in MAILBOXES


def test_one_mailbox_spelled_otherwise_is_a_pair() -> None:
    one, two = CustomerFactory(email="an.na@gmail.com"), CustomerFactory(email="anna+shop@googlemail.com")
    CustomerFactory(email="boris@gmail.com")

    assert (found(), found()) == (1, 0)

    assert pairs() == [(one.pk, two.pk, ["mailbox"], 90, "open")]


def test_an_address_confirmed_in_the_account_is_his_mailbox_too() -> None:
    one, two = CustomerFactory(user=UserFactory()), CustomerFactory(email="till@shop.test")
    EmailAddress.objects.create(user=one.user, email="Till@shop.test", verified=True)
    EmailAddress.objects.create(user=one.user, email="typo@shop.test", verified=False)
    CustomerFactory(email="typo@shop.test")

    found()

    assert pairs() == [(one.pk, two.pk, ["mailbox"], 90, "open")]


def test_a_phone_without_its_country_is_the_same_phone() -> None:
    one, two = CustomerFactory(phone="+79123456789"), CustomerFactory()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE customers_customer SET phone = '89123456789' WHERE id = %s", [two.pk])

    found()

    assert pairs() == [(one.pk, two.pk, ["phone"], 90, "open")]


def test_name_birthday_and_address_add_up() -> None:
    one = CustomerFactory(first_name="Алёна", last_name="Первая", birthday=BORN)
    two = CustomerFactory(first_name="АЛЕНА", last_name="первая", birthday=BORN)
    CustomerFactory(first_name="Алёна", last_name="Первая", birthday=date(1991, 4, 12))
    for customer in (one, two):
        seen(customer, "address", "a" * 40)

    found()

    assert pairs() == [(one.pk, two.pk, ["name", "address"], 90, "open")]


def test_a_card_makes_a_pair_and_an_address_alone_does_not() -> None:
    one, two, three = CustomerFactory.create_batch(3)
    for customer in (one, two):
        seen(customer, "payer", "b" * 40)
    for customer in (two, three):
        seen(customer, "address", "c" * 40)

    found()

    assert pairs() == [(one.pk, two.pk, ["payer"], 50, "open")]


def test_what_many_share_says_nothing() -> None:
    for customer in CustomerFactory.create_batch(MOST_SHARED + 1):
        seen(customer, "payer", "d" * 40)

    assert found() == 0


def test_different_people_do_not_come_back() -> None:
    CustomerFactory(email="an.na@gmail.com")
    CustomerFactory(email="anna@gmail.com")
    found()
    user, pair = UserFactory(), Duplicate.objects.get()

    in_transaction(lambda: say_different(duplicate_id=pair.pk, by=user, now=NOW))

    assert found() == 0
    assert [row[-1] for row in pairs()] == ["different"]
    with pytest.raises(PairDecided):
        in_transaction(lambda: say_different(duplicate_id=pair.pk, by=user, now=NOW))


def test_merged_pairs_are_decided_and_the_others_follow() -> None:
    one, two, three = (CustomerFactory(email=f"{dots}@gmail.com") for dots in ("anna", "a.nna", "an.na"))
    found()

    merged(one, two)

    assert [(row[0], row[1], row[4]) for row in pairs()] == [
        (one.pk, two.pk, "merged"),
        (one.pk, three.pk, "open"),
    ]
    assert found() == 0


def test_who_was_told_apart_from_the_absorbed_stays_apart() -> None:
    one, two, three = (CustomerFactory(email=f"{dots}@gmail.com") for dots in ("anna", "a.nna", "an.na"))
    found()
    apart = Duplicate.objects.get(first=two, second=three)
    in_transaction(lambda: say_different(duplicate_id=apart.pk, by=None, now=NOW))

    in_transaction(lambda: merge_customers(first_id=one.pk, second_id=two.pk, kept={}, reason="r", by=None, now=day(1)))

    assert [(row[0], row[1], row[4]) for row in pairs()] == [
        (one.pk, two.pk, "merged"),
        (one.pk, three.pk, "different"),
    ]
