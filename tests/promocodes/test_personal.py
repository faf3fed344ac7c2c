"""What a customer finds of codes in the account (PC-9, UX: active, used, expired)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from customers.models import Customer
from promocodes.models import HolderUse, PromoCode
from promocodes.queries import PersonalCode, personal_codes
from tests.factories import NOW, CategoryFactory, CustomerFactory
from tests.promocodes.rows import make_batch, make_code, make_terms

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def customer() -> Customer:
    return CustomerFactory.create()


def own_code(customer: Customer, **fields: Any) -> PromoCode:
    code = make_code(**fields)
    PromoCode.objects.filter(pk=code.pk).update(customer=customer)
    return code


def note_use(code: PromoCode, customer: Customer, *, uses: int = 1) -> None:
    PromoCode.objects.filter(pk=code.pk).update(uses=uses)
    HolderUse.objects.create(
        promo_code=code, holder=f"customer:{customer.pk}", uses=uses, last_order_ref="order:17" if uses else "order:16"
    )


def shown(customer: Customer, **asked: Any) -> list[tuple[str, str]]:
    found = personal_codes(customer.pk, **{"segments": (), "tiers": (), "now": NOW} | asked)
    return [(one.code, str(one.state)) for one in found]


def test_own_code_is_told_whole(customer: Customer) -> None:
    CategoryFactory.create(slug="shoes", name="Shoes")
    code = own_code(customer, categories=["shoes"], max_uses=3, max_uses_per_customer=2)
    note_use(code, customer)
    with translation.override("en"):
        found = personal_codes(customer.pk, segments=(), tiers=(), now=NOW)
    terms = code.terms
    assert found == [
        PersonalCode(
            code.code, "5% off “Shoes”", "active", terms.starts_at, terms.ends_at, 1, is_own=True,
            last_order_ref="order:17",
        )
    ]  # fmt: skip


def test_own_codes_stand_in_the_order_of_use(customer: Customer) -> None:
    own_code(customer, code="EXPIRED999", starts_at=NOW - 2 * DAY, ends_at=NOW)
    used = own_code(customer, code="USED999999", max_uses=1)
    note_use(used, customer)
    once = own_code(customer, code="USED888888", first_order_only=True)
    note_use(once, customer)
    own_code(customer, code="SCHEDULED9", starts_at=NOW + DAY, ends_at=NOW + 3 * DAY)
    own_code(customer, code="LATER99999", ends_at=NOW + 9 * DAY)
    own_code(customer, code="SOONER9999", ends_at=NOW + DAY)
    assert shown(customer) == [
        ("SOONER9999", "active"),
        ("LATER99999", "active"),
        ("SCHEDULED9", "scheduled"),
        ("USED888888", "used"),
        ("USED999999", "used"),
        ("EXPIRED999", "expired"),
    ]


def test_a_released_use_is_free_again(customer: Customer) -> None:
    code = own_code(customer, max_uses=1)
    note_use(code, customer, uses=0)
    (found,) = personal_codes(customer.pk, segments=(), tiers=(), now=NOW)
    assert (str(found.state), found.uses_left, found.last_order_ref) == ("active", 1, "")


def test_drafts_deactivated_codes_and_those_of_others_are_not_shown(customer: Customer) -> None:
    own_code(customer, switch=None)
    own_code(customer, switch=False)
    own_code(CustomerFactory.create())
    make_code()
    assert shown(customer) == []


def test_codes_for_the_customers_segments_and_tiers_are_shown_while_they_work(customer: Customer) -> None:
    make_code(code="FORVIP9999", segment="vip", ends_at=NOW + 2 * DAY)
    make_code(code="FORGOLD999", tier="gold", ends_at=NOW + 3 * DAY)
    make_code(code="FORBOTH999", tier="gold", segment="vip", ends_at=NOW + 4 * DAY)
    make_code(segment="others")
    make_code(tier="platinum")
    make_code(tier="gold", segment="others")
    make_code(segment="vip", starts_at=NOW + DAY, ends_at=NOW + 2 * DAY)
    make_code(segment="vip", ends_at=NOW)
    taken = make_code(segment="vip", max_uses=1)
    PromoCode.objects.filter(pk=taken.pk).update(uses=1)
    asked = {"segments": {"vip"}, "tiers": {"standard", "silver", "gold"}}
    assert shown(customer, **asked) == [("FORVIP9999", "active"), ("FORGOLD999", "active"), ("FORBOTH999", "active")]
    assert shown(customer) == []


def test_a_code_for_a_segment_is_shown_as_used_by_the_customer(customer: Customer) -> None:
    code = make_code(segment="vip", max_uses_per_customer=1)
    note_use(code, customer)
    (found,) = personal_codes(customer.pk, segments=["vip"], tiers=(), now=NOW)
    assert (str(found.state), found.is_own, found.last_order_ref) == ("used", False, "order:17")


def test_codes_of_a_batch_are_nobodys(customer: Customer) -> None:
    batch = make_batch(terms=make_terms(segment="vip"), switch=True)
    make_code(terms=batch.terms)
    assert shown(customer, segments=["vip"]) == []


def test_a_buyer_is_not_offered_codes_for_a_first_order(customer: Customer) -> None:
    make_code(segment="vip", first_order_only=True)
    own_code(customer, first_order_only=True)
    assert len(shown(customer, segments=["vip"])) == 2
    assert shown(customer, segments=["vip"], has_bought=True) == []


@pytest.mark.parametrize("rows", [1, 3])
def test_personal_codes_take_two_queries(customer: Customer, rows: int) -> None:
    CategoryFactory.create(slug="shoes")
    for _row in range(rows):
        own_code(customer, categories=["shoes"])
    with CaptureQueriesContext(connection) as queries:
        assert len(personal_codes(customer.pk, segments=["vip"], tiers=["gold"], now=NOW)) == rows
    assert len(queries) == 2
