"""The till under a crowd: processes of their own against committed data (PC-13, PC-18, O-2, O-5, O-7).

Each experiment ends with a clean bill of health; each guard has a control that fails with the guard off.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from customers.models import Purchase
from loyalty_site.doctor import examined, invariants
from loyalty_site.kernel.errors import DomainError
from loyalty_site.kernel.transactions import in_transaction
from orders.models import Order, Payment, Refund
from orders.queries import QuoteRequest, quote
from orders.rules.import_rows import ImportedOrder
from orders.services import (
    Contact,
    ProductRow,
    cancel_order,
    cancel_overdue,
    import_catalog,
    pay_order,
    place_order,
    refund_order,
)
from orders.services.import_order import import_order
from orders.services.placing import place_by_staff
from promocodes.models import PromoCode, Redemption
from promocodes.services import CodeRejected
from tests.factories import CustomerFactory, ProductFactory, PromoCodeFactory, UserFactory
from tests.races.crowd import crowd, dawdle

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

WORKERS = 8
NOW = timezone.now()


@pytest.fixture(autouse=True)
def _healthy(request: pytest.FixtureRequest) -> Iterator[None]:
    ProductFactory(sku="SHIRT", price=Decimal("33.33"))
    ProductFactory(sku="HAT", price=Decimal("10.01"))
    yield
    if "control" not in request.node.name:
        assert broken() == {}


def broken() -> dict[str, int]:
    return {item.code: found.count for item, found in examined(invariants()) if found}


def make_code(**fields: Any) -> str:
    period = {"terms__starts_at": NOW - timedelta(days=1), "terms__ends_at": NOW + timedelta(days=1)}
    code: str = PromoCodeFactory(**{**period, **fields}).code
    return code


def place(**fields: Any) -> Order:
    contact, number = fields.pop("contact", Contact()), fields.pop("external_number", None)
    now: datetime = fields.pop("now", NOW)
    request = QuoteRequest(channel="site", lines=(("SHIRT", 3), ("HAT", 2)), **fields)
    return in_transaction(lambda: place_order(request=request, contact=contact, now=now, external_number=number))


def pay(order: Order) -> Order:
    return in_transaction(
        lambda: pay_order(
            number=order.number, amount=order.total, provider="test", payment_id=f"P-{order.number}", now=NOW
        )
    )


def answer_of(work: Any) -> str:
    """`done`, or the stable code of the refusal; the reason for a code."""
    try:
        work()
    except CodeRejected as refusal:
        return refusal.reason.value
    except DomainError as refusal:
        return refusal.code
    return "done"


def test_last_uses_of_a_code_are_placed_exactly() -> None:
    code = make_code(max_uses=20)

    answers = crowd(
        lambda number: answer_of(lambda: place(promo_code=code, contact=Contact(email=f"g{number}@shop.test"))),
        200,
        workers=WORKERS,
    )

    assert answers == Counter(done=20, exhausted=180)
    assert (Order.objects.count(), Redemption.objects.count(), PromoCode.objects.get().uses) == (20, 20, 20)


def test_one_customer_takes_a_code_once() -> None:
    code = make_code(terms__max_uses_per_customer=1)
    customer = CustomerFactory()

    answers = crowd(
        lambda number: answer_of(lambda: place(promo_code=code, customer_id=customer.pk)), 80, workers=WORKERS
    )

    assert answers == Counter(done=1, held_by_own_order=79)


def test_one_guest_takes_a_code_once_in_any_spelling() -> None:
    code = make_code(terms__max_uses_per_customer=1)
    spellings = ["some.body@gmail.com", "somebody@gmail.com", "SomeBody+1@googlemail.com"]

    answers = crowd(
        lambda number: answer_of(lambda: place(promo_code=code, contact=Contact(email=spellings[number % 3]))),
        80,
        workers=WORKERS,
    )

    assert answers == Counter(done=1, held_by_own_order=79)


def test_released_use_is_taken_again() -> None:
    """Cancelling and placing in turns: never more than the limit, and the last cancelled use can be taken."""
    code = make_code(max_uses=3)

    def attempt(number: int) -> str:
        try:
            order = place(promo_code=code)
        except CodeRejected as refusal:
            return refusal.reason.value
        in_transaction(lambda: cancel_order(number=order.number, reason="", now=NOW))
        return "placed and cancelled"

    answers = crowd(attempt, 160, workers=WORKERS)

    assert set(answers) <= {"placed and cancelled", "exhausted"}
    assert PromoCode.objects.get().uses == 0
    assert place(promo_code=code).promo_code == code


def test_one_external_number_is_one_order() -> None:
    answers = crowd(lambda number: answer_of(lambda: place(external_number="A-1")), 40, workers=WORKERS)
    assert answers == Counter(done=1, external_number_taken=39)


def test_import_takes_the_last_uses_and_each_number_once() -> None:
    """Two tills import files that share half of their numbers, with one code of ten uses."""
    code = make_code(max_uses=10)

    def attempt(number: int) -> str:
        given = ImportedOrder(1, "pos", f"N{number // 2}", [("SHIRT", 1)], promo_code=code, is_paid=True)
        return answer_of(lambda: in_transaction(lambda: import_order(given=given, now=NOW)))

    answers = crowd(attempt, 120, workers=WORKERS)

    assert set(answers) <= {"done", "exhausted", "external_number_taken"}
    assert (Order.objects.count(), Payment.objects.count(), PromoCode.objects.get().uses) == (10, 10, 10)


def test_orders_made_by_staff_take_the_last_uses() -> None:
    """Every form is sent twice, by two processes; a form places one order, and the code has ten uses."""
    code, manager = make_code(max_uses=10), UserFactory()
    forms = [uuid4() for _form in range(60)]
    request = QuoteRequest(channel="site", lines=(("SHIRT", 1),), promo_code=code)
    expected = quote(request, now=NOW).total

    def attempt(number: int) -> str:
        form = forms[number // 2]
        contact = Contact(email=f"guest{number // 2}@shop.test")
        placing = partial(place_by_staff, placing_key=form, request=request, contact=contact, by=manager, now=NOW)
        return answer_of(lambda: in_transaction(lambda: placing(expected_total=expected)))

    answers = crowd(attempt, 120, workers=WORKERS)

    assert set(answers) <= {"done", "exhausted"}
    assert (Order.objects.count(), Redemption.objects.count(), PromoCode.objects.get().uses) == (10, 10, 10)


def test_imports_of_the_same_goods_in_any_order_all_go_through() -> None:
    rows = [ProductRow(f"SKU-{number}", "Goods", Decimal(1)) for number in range(1000)]

    def attempt(number: int) -> str:
        mine = rows if number % 2 else rows[::-1]
        with transaction.atomic():
            import_catalog(products=mine)
        return "done"

    assert crowd(attempt, 24, workers=4) == Counter(done=24)


def test_payment_reported_five_times_in_any_order_counts_once() -> None:
    customer = CustomerFactory()
    orders = [place(customer_id=customer.pk if number % 2 else None) for number in range(40)]
    reports = orders * 5
    Random(7).shuffle(reports)

    answers = crowd(lambda number: answer_of(lambda: pay(reports[number])), len(reports), workers=WORKERS)

    assert answers == Counter(done=200)
    assert (Payment.objects.count(), Purchase.objects.count()) == (40, 40)
    assert Purchase.objects.filter(customer=customer, is_first=True).count() == 1


def test_payment_and_overdue_cancelling_never_both_win() -> None:
    code = make_code(max_uses=60)
    orders = [place(promo_code=code, now=NOW - timedelta(hours=2)) for _ in range(40)]

    def attempt(number: int) -> str:
        order = orders[number // 2]
        if number % 2:
            return answer_of(lambda: pay(order))
        return str(in_transaction(lambda: cancel_overdue(number=order.number, now=NOW)))

    crowd(attempt, 80, workers=WORKERS)

    states = Counter(Order.objects.values_list("status", flat=True))
    assert states["paid"] == Payment.objects.count() == PromoCode.objects.get().uses
    assert set(states) <= {"paid", "cancelled", "new"}


def test_concurrent_refunds_and_cancels_never_give_back_more_than_was_paid() -> None:
    code = make_code(max_uses=1000)
    customer = CustomerFactory()
    orders = [pay(place(promo_code=code, customer_id=customer.pk, delivery_price=Decimal("99.99"))) for _ in range(30)]

    answers = crowd(lambda number: give_back(orders[number % 30], number), 30 * 8, workers=WORKERS)

    assert set(answers) <= {"done", "wrong_state", "invalid"}
    for order in Order.objects.all():
        refunds = list(Refund.objects.filter(order=order).values_list("amount", flat=True))
        assert sum(refunds) == order.refunded_amount <= order.total
        assert (order.status == "refunded") is (order.refunded_amount == order.total)


def give_back(order: Order, number: int) -> str:
    kinds: list[list[tuple[str, int]] | None] = [[("SHIRT", 1)], [("HAT", 1)], [("SHIRT", 2), ("HAT", 1)], None]
    if number % 5 == 0:
        return answer_of(lambda: in_transaction(lambda: cancel_order(number=order.number, reason="", now=NOW)))
    lines = kinds[number // 30 % 4]
    return answer_of(lambda: in_transaction(lambda: refund_order(number=order.number, lines=lines, reason="", now=NOW)))


def read_without_lock(number: str) -> Order:
    order = Order.objects.get(pk=number)
    dawdle()
    return order


def test_control_refunds_without_the_lock_go_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard off: the order is read, decided on and saved without a lock."""
    monkeypatch.setattr("orders.services.refund.locked_order", read_without_lock)
    orders = [pay(place()) for _ in range(10)]

    answers = crowd(
        lambda number: answer_of(
            lambda: in_transaction(
                lambda: refund_order(number=orders[number // 16].number, lines=[("SHIRT", 1)], reason="", now=NOW)
            )
        ),
        160,
        workers=WORKERS,
    )

    went_wrong = answers["IntegrityError"] + answers["OperationalError"] + len(broken())
    assert went_wrong > 0


def test_control_payments_without_the_lock_go_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard off: reports of two payments of one order both find it unpaid."""
    monkeypatch.setattr("orders.services.pay.locked_order", read_without_lock)
    orders = [place() for _ in range(20)]

    def attempt(number: int) -> str:
        order = orders[number // WORKERS]
        return answer_of(
            lambda: in_transaction(
                lambda: pay_order(
                    number=order.number, amount=order.total, provider="test", payment_id=f"P-{number}", now=NOW
                )
            )
        )

    answers = crowd(attempt, 20 * WORKERS, workers=WORKERS)

    assert answers["payment_taken"] + answers["IntegrityError"] > 0
