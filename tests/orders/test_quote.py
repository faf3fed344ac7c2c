"""The quote from the catalogue, the customer and the code (Q-1 … Q-10)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from loyalty_site.kernel.errors import InvalidInput
from orders.queries import QuoteRequest, check_code, quote
from orders.services import Contact, move_code
from promocodes.models import CodeType
from tests.factories import (
    NOW,
    CampaignFactory,
    CategoryFactory,
    CustomerFactory,
    ProductFactory,
    ProgrammeFactory,
    PromoCodeFactory,
    PurchaseFactory,
    SegmentMembershipFactory,
)
from tests.orders.ordering import place

pytestmark = pytest.mark.django_db


def ask(*lines: tuple[str, int], **fields) -> dict:
    now = fields.pop("now", NOW)
    drafts = fields.pop("include_drafts", False)
    request = QuoteRequest(channel="site", lines=lines, **fields)
    return quote(request, now=now, include_drafts=drafts).document()


def outcome(*lines: tuple[str, int], **fields) -> tuple[str, str | None]:
    answer = ask(*lines, **fields)["promo_code"]
    return answer["status"], answer["reason"]


@pytest.mark.parametrize("lines", [1, 50])
def test_quote_takes_six_queries(lines, django_assert_num_queries):
    """The API looks its key up as well; eight in all are allowed."""
    customer = CustomerFactory()
    SegmentMembershipFactory(customer=customer, segment__code="vip")
    for number in range(lines):
        ProductFactory(sku=f"P{number}", category=CategoryFactory())
    PromoCodeFactory.create_batch(lines)
    code = PromoCodeFactory(terms__campaign=CampaignFactory(budget=Decimal("9999.00")), terms__segment="vip")
    asked = [(f"P{number}", 1) for number in range(lines)]

    with django_assert_num_queries(6):
        answer = ask(*asked, customer_id=customer.public_id, promo_code=code.code)

    assert answer["promo_code"]["status"] == "applied"


def test_quote_of_held_code_takes_seven_queries(django_assert_num_queries):
    customer = CustomerFactory()
    ProductFactory(sku="SHIRT")
    code = PromoCodeFactory(terms__max_uses_per_customer=1)
    order = place("SHIRT", customer_id=customer.pk, promo_code=code.code)

    with django_assert_num_queries(7):
        answer = ask(("SHIRT", 1), customer_id=customer.pk, promo_code=code.code)

    assert (answer["promo_code"]["reason"], answer["promo_code"]["held_by_order"]) == (
        "held_by_own_order",
        order.number,
    )


def test_same_question_same_answer():
    ProductFactory(sku="SHIRT")
    code = PromoCodeFactory().code
    assert ask(("SHIRT", 2), promo_code=code) == ask(("SHIRT", 2), promo_code=code)


@pytest.mark.parametrize(
    ("lines", "field", "code"),
    [
        ((), "lines", "required"),
        ((("NONE", 1),), "lines.0.sku", "unknown_product"),
        ((("SHIRT", 1), ("GONE", 1)), "lines.1.sku", "unknown_product"),
        ((("SHIRT", 1), ("SHIRT", 2)), "lines.1.sku", "duplicate"),
        ((("SHIRT", 0),), "lines.0.quantity", "out_of_range"),
        ((("SHIRT", 1000),), "lines.0.quantity", "out_of_range"),
        ((("\x00", 1),), "lines.0.sku", "unknown_product"),
        (tuple((f"P{number}", 1) for number in range(201)), "lines", "too_many"),
    ],
)
def test_wrong_lines_are_named(lines, field, code):
    ProductFactory(sku="SHIRT")
    ProductFactory(sku="GONE", is_active=False)
    with pytest.raises(InvalidInput) as refusal:
        ask(*lines)
    assert [(error.field, error.code) for error in refusal.value.errors] == [(field, code)]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"customer_id": 999}, "customer"),
        ({"customer_id": uuid4()}, "customer"),
        ({"points_to_spend": -1}, "points_to_spend"),
        ({"delivery_price": Decimal("-1")}, "delivery.price"),
        ({"delivery_price": Decimal("1e12")}, "delivery.price"),
    ],
)
def test_wrong_fields_are_named(fields, field):
    ProductFactory(sku="SHIRT")
    with pytest.raises(InvalidInput) as refusal:
        ask(("SHIRT", 1), **fields)
    assert [error.field for error in refusal.value.errors] == [field]


def test_order_beyond_all_amounts_is_refused():
    for number in range(2):
        ProductFactory(sku=f"P{number}", price=Decimal("9999999999.99"))
    with pytest.raises(InvalidInput):
        ask(("P0", 1), ("P1", 1))


class TestExamplesOfDocumentZero:
    """Three codes as written: 5 % from 1,000 ₽; 100 ₽ off shirt cleaning; free delivery from 1,500 ₽."""

    MOSCOW_JUNE = {
        "starts_at": datetime(2026, 5, 31, 21, tzinfo=UTC),
        "ends_at": datetime(2026, 6, 15, 21, tzinfo=UTC),
    }

    def test_five_percent_on_the_whole_order(self):
        ProductFactory(sku="COAT", price=Decimal("1000.00"))
        ProductFactory(sku="HAT", price=Decimal("999.99"))
        code = PromoCodeFactory(
            terms__minimum_order=1000, **{f"terms__{key}": value for key, value in self.MOSCOW_JUNE.items()}
        ).code

        assert ask(("COAT", 1), promo_code=code)["total"] == "950.00"
        below = ask(("HAT", 1), promo_code=code)
        assert (below["total"], below["promo_code"]["reason"], below["promo_code"]["missing_amount"]) == (
            "999.99",
            "below_minimum",
            "0.01",
        )
        first, last = self.MOSCOW_JUNE["starts_at"], self.MOSCOW_JUNE["ends_at"]
        tick = timedelta(microseconds=1)
        assert [
            outcome(("COAT", 1), promo_code=code, now=moment) for moment in (first - tick, first, last - tick, last)
        ] == [("rejected", "not_started"), ("applied", None), ("applied", None), ("rejected", "expired")]

    def test_hundred_off_shirt_cleaning(self):
        cleaning = CategoryFactory(slug="cleaning")
        shirts = CategoryFactory(slug="shirt-cleaning", parent=cleaning)
        ProductFactory(sku="SHIRT", price=Decimal("150.00"), category=shirts)
        ProductFactory(sku="COAT", price=Decimal("850.00"), category=cleaning)
        code = PromoCodeFactory(
            terms__type="fixed", terms__value=100, terms__required_categories=["shirt-cleaning"]
        ).code

        both = ask(("SHIRT", 1), ("COAT", 1), promo_code=code)
        assert [line["discount"] for line in both["lines"]] == ["15.00", "85.00"]
        assert outcome(("COAT", 1), promo_code=code) == ("rejected", "no_matching_items")
        assert ask(("SHIRT", 1), promo_code=code)["total"] == "50.00"

    def test_free_delivery_from_fifteen_hundred(self):
        ProductFactory(sku="COAT", price=Decimal("1500.00"))
        ProductFactory(sku="HAT", price=Decimal("1499.99"))
        code = PromoCodeFactory(
            terms__type="free_shipping", terms__value=None, terms__minimum_order=1500, max_uses=100
        ).code
        delivery = Decimal("300.00")

        free = ask(("COAT", 1), promo_code=code, delivery_price=delivery)
        assert (free["delivery_total"], free["discount_total"], free["total"]) == ("0.00", "0.00", "1500.00")
        paid = ask(("HAT", 1), promo_code=code, delivery_price=delivery)
        assert (paid["delivery_total"], paid["total"]) == ("300.00", "1799.99")


def test_percent_works_on_the_category_and_below():
    shoes = CategoryFactory(slug="shoes")
    boots = CategoryFactory(slug="boots", parent=shoes)
    ProductFactory(sku="BOOT", category=boots)
    ProductFactory(sku="HAT", category=CategoryFactory(slug="hats"))
    code = PromoCodeFactory(terms__categories=["shoes"]).code

    assert [line["discount"] for line in ask(("BOOT", 1), ("HAT", 1), promo_code=code)["lines"]] == [
        "50.00",
        "0.00",
    ]


def test_missing_goods_are_named():
    CategoryFactory(slug="shoes", name="Обувь")
    ProductFactory(sku="HAT")
    code = PromoCodeFactory(terms__categories=["shoes"]).code
    assert "Обувь" in ask(("HAT", 1), promo_code=code)["promo_code"]["message"]


def test_goods_on_sale_may_be_left_out():
    ProgrammeFactory(sale_goods_excluded=True)
    ProductFactory(sku="NEW")
    ProductFactory(sku="SALE", compare_at_price=Decimal("1500.00"))
    code = PromoCodeFactory().code
    assert [line["discount"] for line in ask(("NEW", 1), ("SALE", 1), promo_code=code)["lines"]] == [
        "50.00",
        "0.00",
    ]


@pytest.mark.parametrize("switch", [None, False])
def test_unknown_draft_and_deactivated_look_alike(switch):
    ProductFactory(sku="SHIRT")
    PromoCodeFactory(code="AAAAAAAA", switch=switch)
    found = ask(("SHIRT", 1), promo_code="AAAAAAAA")["promo_code"]
    unknown = ask(("SHIRT", 1), promo_code="BBBBBBBB")["promo_code"]
    assert {**found, "code": ""} == {**unknown, "code": ""}


def test_staff_may_ask_with_drafts():
    ProductFactory(sku="SHIRT")
    code = PromoCodeFactory(switch=None).code
    assert outcome(("SHIRT", 1), promo_code=code, include_drafts=True) == ("applied", None)


def test_code_is_read_forgivingly():
    ProductFactory(sku="SHIRT")
    PromoCodeFactory(code="KABC7XEM")
    answer = ask(("SHIRT", 1), promo_code=" кавс-7хем ")["promo_code"]
    assert (answer["status"], answer["code"]) == ("applied", "KABC7XEM")


def test_first_order_and_segment_are_judged_for_a_customer():
    ProductFactory(sku="SHIRT")
    buyer, newcomer = CustomerFactory(), CustomerFactory()
    PurchaseFactory(customer=buyer)
    given_back = CustomerFactory()
    PurchaseFactory(customer=given_back, refunded_amount=Decimal("1000.00"))
    SegmentMembershipFactory(customer=buyer, segment__code="vip")
    first, vip = (
        PromoCodeFactory(terms__first_order_only=True).code,
        PromoCodeFactory(terms__segment="vip").code,
    )

    asked = [
        outcome(("SHIRT", 1), promo_code=code, customer_id=who)
        for code, who in [
            (first, buyer.pk),
            (first, newcomer.pk),
            (first, given_back.pk),
            (first, None),
            (vip, buyer.pk),
            (vip, newcomer.pk),
        ]
    ]

    assert asked == [
        ("rejected", "first_order_only"),
        ("applied", None),
        ("applied", None),
        ("applied", None),
        ("applied", None),
        ("rejected", "not_for_customer"),
    ]


@pytest.mark.parametrize("is_guest", [False, True])
def test_unpaid_first_order_holds_every_code_for_first_orders(is_guest):
    ProductFactory(sku="SHIRT")
    one, two = (PromoCodeFactory(terms__first_order_only=True).code for _ in range(2))
    who = {"contact_email": "guest@shop.test"} if is_guest else {"customer_id": CustomerFactory().pk}
    order = place("SHIRT", promo_code=one, contact=Contact(email="guest@shop.test") if is_guest else None, **who)

    answer = ask(("SHIRT", 1), promo_code=two, **who)["promo_code"]
    assert (answer["reason"], answer["held_by_order"]) == ("held_by_own_order", order.number)

    move_code(number=order.number, now=NOW)
    assert outcome(("SHIRT", 1), promo_code=two, **who) == ("applied", None)


def test_guest_who_bought_as_customer_has_no_first_order():
    ProductFactory(sku="SHIRT")
    PurchaseFactory(customer=CustomerFactory(email="anna@shop.test"))
    code = PromoCodeFactory(terms__first_order_only=True).code
    for typed, answer in [
        ({"contact_email": " Anna@shop.TEST "}, ("rejected", "first_order_only")),
        ({"contact_email": "anna@sh"}, ("applied", None)),
        ({"contact_phone": "8 912"}, ("applied", None)),
    ]:
        assert outcome(("SHIRT", 1), promo_code=code, **typed) == answer


def test_points_asked_for_are_left_out_until_there_are_some():
    ProductFactory(sku="SHIRT")
    answer = ask(("SHIRT", 1), points_to_spend=100)
    assert (answer["points_spent"], answer["points_spendable"], answer["total"]) == (0, 0, "1000.00")


def test_points_to_earn_skip_excluded_categories():
    ProgrammeFactory(base_earn_percent=Decimal("10.00"))
    ProductFactory(sku="SHIRT", price=Decimal("1009.99"))
    ProductFactory(sku="GIFT", category=CategoryFactory(earns_points=False))
    assert ask(("SHIRT", 1), ("GIFT", 1))["points_to_earn"] == 100


def test_check_code_gives_every_verdict():
    ProductFactory(sku="SHIRT", price=Decimal("500.00"))
    code = PromoCodeFactory(terms__minimum_order=1000, max_uses=5).code
    verdict = check_code(QuoteRequest("site", (("SHIRT", 1),), promo_code=code), now=NOW)
    assert [(check.name, check.passed) for check in verdict.checks] == [
        ("known", True),
        ("started", True),
        ("not_ended", True),
        ("uses_left", True),
        ("customer_uses_left", None),
        ("first_order", None),
        ("owner", None),
        ("segment", None),
        ("tier", None),
        ("matching_items", True),
        ("minimum", False),
        ("budget_left", None),
    ]


def test_check_code_needs_a_code():
    ProductFactory(sku="SHIRT")
    with pytest.raises(InvalidInput):
        check_code(QuoteRequest("site", (("SHIRT", 1),)), now=NOW)


def test_every_type_is_priced():
    ProductFactory(sku="SHIRT")
    for kind in CodeType.values:
        value = None if kind == "free_shipping" else 5
        code = PromoCodeFactory(terms__type=kind, terms__value=value).code
        assert outcome(("SHIRT", 1), promo_code=code) == ("applied", None)
