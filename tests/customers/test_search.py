"""Search for customers: any part of a name, a phone, an e-mail, numbers and codes (CU-10)."""

from collections.abc import Callable

import pytest
from django.db import connection

from customers.models import Customer
from customers.models.customer import CYRILLIC, LATIN
from customers.queries import search_customers
from customers.rules.searching import asked
from orders.models import Order
from tests.factories import NOW, CardFactory, CustomerFactory, PromoCodeFactory, PurchaseFactory, TermsFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def wanted() -> Customer:
    CustomerFactory.create(first_name="Другая", last_name="Покупательница", phone="+79990000000")
    return CustomerFactory.create(
        first_name="Алёна",
        last_name="Тестова-Пример",
        email="wanted.one@shop.test",
        phone="+79123450001",
        external_id="CRM-77",
    )


def found(text: str) -> list[int]:
    return search_customers(text, limit=20)


@pytest.mark.parametrize(
    "typed",
    [
        "Тестова", "тест", "те", "т", "пример", "стова", "алёна", "АЛЕНА", "ал тест", "тестова алё", "алена пример",
        "wanted.one@shop.test", "WANTED", "one@shop", "ted.one", "wa",
        "+7 912 345-00-01", "8 (912) 345-00-01", "79123450001", "912345", "8912", "0001", "50001", "345-00-01",
        "CRM-77",
    ],
)  # fmt: skip
def test_a_customer_is_found_by_any_part(typed: str, wanted: Customer) -> None:
    assert found(typed) == [wanted.pk]


@pytest.mark.parametrize("typed", ["", "  ", "\x00", "никто", "%", "_", "\\", "тест_ва", "+7 999 111", "99", "к к"])
def test_what_nobody_has_finds_nobody(typed: str, wanted: Customer) -> None:
    assert found(typed) == []


def test_the_best_come_first() -> None:
    inside = CustomerFactory.create(last_name="Закомарова")
    longer = CustomerFactory.create(last_name="Комаровская")
    as_first_name = CustomerFactory.create(first_name="Комаров", last_name="Один")
    equal = CustomerFactory.create(last_name="Комаров")
    assert found("комаров") == [equal.pk, longer.pk, as_first_name.pk, inside.pk]
    assert search_customers("комаров", limit=2) == [equal.pk, longer.pk]


def test_numbers_and_codes_lead_to_their_customer(wanted: Customer) -> None:
    order = Order.objects.create(
        customer=wanted,
        channel="marketplace",
        external_number="MP-5",
        goods_total=1,
        total=1,
        placed_at=NOW,
        pay_until=NOW,
    )
    PurchaseFactory.create(customer=wanted, ref="import:A-1")
    CardFactory.create(customer=wanted, number="4400123")
    PromoCodeFactory.create(code="K7XQ4M9TWD", customer=wanted, max_uses=1)
    for typed in (
        f"№{wanted.pk}",
        f"{order.pk}",
        "MP-5",
        "A-1",
        "import:A-1",
        "4400-123",
        "k7xq 4m9twd"[:4] + "4m9twd",
    ):
        assert wanted.pk in found(typed), typed
    assert found(str(wanted.public_id)) == [wanted.pk]


def test_who_was_merged_or_forgotten_is_found_by_the_own_number_alone(wanted: Customer) -> None:
    gone = CustomerFactory.create(email=None, external_id="OLD-1", last_name="Тестова", merged_into=wanted)
    erased = CustomerFactory.create(email=None, erased_at=NOW)
    CardFactory.create(customer=gone, number="4400124")
    assert found("Тестова") == [wanted.pk]
    assert (found("4400124"), found("OLD-1")) == ([], [])
    assert (found(f"№{gone.pk}"), found(f"№{erased.pk}")) == ([gone.pk], [erased.pk])


def test_everybody_of_one_code_is_found(django_assert_num_queries: Callable[..., object]) -> None:
    owners = [CustomerFactory.create() for _ in range(2)]
    terms = TermsFactory.create()
    PromoCodeFactory.create(code="K7XQ4M9TWD", terms=terms, customer=owners[1], max_uses=1)
    with django_assert_num_queries(12):
        assert found("K7XQ4M9TWD") == [owners[1].pk]


def test_trigrams_are_of_letters_that_every_locale_knows(wanted: Customer) -> None:
    """Of Cyrillic letters Postgres makes none in the locale C, and the index would find everybody."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT show_trgm(TRANSLATE('тест', %s, %s))", [CYRILLIC, LATIN])
        assert cursor.fetchone() == (["  t", " te", "est", "st ", "tes"],)
    assert len(CYRILLIC) == len(LATIN) == 33


@pytest.mark.parametrize(("typed", "is_found"), [("стова-п", True), ("а-п", True), ("---", False), ("va-p", False)])
def test_what_has_no_trigram_is_looked_for_among_the_newest(typed: str, is_found: bool, wanted: Customer) -> None:
    assert found(typed) == ([wanted.pk] if is_found else [])


def test_every_way_is_answered_by_an_index_of_its_own(wanted: Customer) -> None:
    """The expressions of the search are those of the indexes: else a million customers were read one by one.

    Of two rows, or of what the statistics remember of other tests, the planner may read any index from end to end.
    """
    names = {"customer_names_trgm", "customer_last_first", "customer_first_last", "customer_phone_end"}
    names |= {"customer_email_start", "customer_phone_start", "customer_email_trgm"}
    seen: set[str] = set()
    with connection.cursor() as cursor:
        cursor.execute(CROWD)
        cursor.execute("ANALYZE customers_customer")
        cursor.execute("SET LOCAL enable_seqscan = off")
        for typed in ("тест ова", "тес", "50001", "wan"):
            seen |= plans_of(typed, names)
    assert seen == names


def plans_of(typed: str, names: set[str]) -> set[str]:
    from customers.queries import search

    meant, seen = asked(typed), set()
    assert meant is not None
    for arm in search._alike(meant):
        with connection.cursor() as cursor:
            # Without the filters, which other indexes would answer on a table of two rows.
            rough, values = getattr(arm, "rough", ""), getattr(arm, "rough_values", ())
            cursor.execute(
                f"EXPLAIN SELECT id FROM customers_customer WHERE {rough or arm.condition}", values or arm.values
            )
            plan = " ".join(line for (line,) in cursor.fetchall())
        seen |= {name for name in names if name in plan}
    return seen


CROWD = """
INSERT INTO customers_customer (public_id, external_id, first_name, last_name, email, phone, registered_at)
SELECT gen_random_uuid(), 'crowd-' || n, md5('first' || n), md5('last' || n), md5('e' || n) || '@example.org',
       '+7900' || lpad(n::text, 7, '0'), now()
FROM generate_series(1, 3000) n
"""
