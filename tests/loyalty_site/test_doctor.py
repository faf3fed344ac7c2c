"""The doctor finds what must not be: each invariant is broken on purpose once."""

from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

import loyalty_site.invariants
import orders.queries.invariants
from loyalty_site.doctor import examined, invariants
from loyalty_site.models import DoctorReport
from loyalty_site.tasks import run_doctor
from orders.models import PaymentSession, WebhookEvent
from orders.services import pay_order, refund_order
from tests.factories import CategoryFactory, CustomerFactory, ProductFactory, PromoCodeFactory
from tests.orders.ordering import place_at

pytestmark = pytest.mark.django_db

# A statement that breaks one invariant each, around the rows of `shop`; constraints in the way are dropped
# first.
BREAKS: dict[str, str] = {
    "order_adds_up": ("UPDATE orders_orderline SET subtotal = 7, total = 7, discount = 0"),
    "line_discounts_add_up": ("UPDATE orders_orderline SET discounts = '[]'"),
    "refunds_within_payment": ("UPDATE orders_payment SET amount = 1"),
    "refund_lines_add_up": ("UPDATE orders_refundline SET amount = amount - 1"),
    "status_says_what_went_back": ("UPDATE orders_order SET status = 'paid' WHERE status = 'partially_refunded'"),
    "paid_once": ("UPDATE orders_order SET status = 'paid', paid_at = now() WHERE status = 'new'"),
    "purchase_knows_its_refunds": ("UPDATE customers_purchase SET refunded_amount = 0"),
    "use_has_its_order": ("UPDATE orders_order SET status = 'cancelled' WHERE status = 'new'"),
    "order_has_its_use": ("UPDATE promocodes_redemption SET released_at = now()"),
    "use_gave_its_discount": ("UPDATE promocodes_redemption SET discount = discount + 1"),
    "session_was_paid": ("UPDATE orders_paymentsession SET status = 'paid'"),
    "webhook_was_followed": ("UPDATE orders_webhookevent SET processed_at = NULL"),
    "unpaid_order_was_cancelled": ("UPDATE orders_order SET pay_until = now() - interval '2 days'"),
    "category_path_is_true": ("UPDATE orders_category SET ancestry = '{other}'"),
    "idempotency_key_answered": (
        "INSERT INTO loyalty_site_idempotencyrecord (caller, key, route, body_hash, response, created_at)"
        " VALUES ('a', 'k', 'r', 'h', '', now())"
    ),
    "constraints_are_validated": (
        "ALTER TABLE orders_payment ADD CONSTRAINT planted CHECK (amount > 100000) NOT VALID"
    ),
    "triggers_are_on": ("ALTER TABLE customers_programme DISABLE TRIGGER USER"),
    "history_is_protected": ("DROP TRIGGER history_never_changed ON orders_orderevent"),
}
CHECKS = {
    "orders_order": ["order_refunds_within_total"],
    "orders_orderline": ["order_line_adds_up", "order_line_refunds_within"],
}


@pytest.fixture
def shop() -> None:
    """A paid order given back in part, one that waits for payment, both with codes."""
    now = timezone.now()
    ProductFactory(sku="SHIRT", price=Decimal("1000.00"), category=CategoryFactory())
    year = {
        "terms__starts_at": datetime(now.year, 1, 1, tzinfo=UTC),
        "terms__ends_at": datetime(now.year + 1, 1, 1, tzinfo=UTC),
    }
    code = PromoCodeFactory(max_uses=5, **year).code
    customer = CustomerFactory()
    paid = place_at(now, "SHIRT", quantity=3, customer_id=customer.pk, promo_code=code)
    pay_order(number=paid.number, amount=paid.total, provider="test", payment_id="P", now=now)
    refund_order(number=paid.number, lines=[("SHIRT", 1)], reason="", now=now)
    waiting = place_at(now, "SHIRT", customer_id=customer.pk, promo_code=code)
    PaymentSession.objects.create(order=waiting, amount=waiting.total, created_at=now)
    WebhookEvent.objects.create(
        provider="test",
        event_id="E",
        payload={},
        received_at=datetime(2026, 1, 1, tzinfo=UTC),
        processed_at=now,
    )


def broken() -> set[str]:
    return {item.code for item, found in examined(invariants()) if found}


def plant(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table, names in CHECKS.items():
            for name in names:
                cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        cursor.execute(statement)


def test_healthy_shop_has_no_offenders(shop):
    assert broken() == set()


@pytest.mark.parametrize("code", BREAKS)
def test_doctor_finds_planted_offender(shop, code):
    plant(BREAKS[code])
    assert code in broken()


def test_every_invariant_is_broken_once():
    ours = (*orders.queries.invariants.INVARIANTS, *loyalty_site.invariants.INVARIANTS)
    assert {item.code for item in ours} == set(BREAKS)


def test_codes_are_unique():
    codes = [item.code for item in invariants()]
    assert len(codes) == len(set(codes))


def test_command_is_content_with_a_healthy_shop(shop):
    out = StringIO()
    call_command("doctor", stdout=out)
    assert f"{len(invariants())}" in out.getvalue()


def test_command_prints_offenders_and_fails(shop):
    plant(BREAKS["category_path_is_true"])
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("doctor", stdout=out)
    assert "✗ category_path_is_true" in out.getvalue()
    assert "ancestry=['other']" in out.getvalue()


def test_command_refuses_unknown_invariant():
    with pytest.raises(CommandError):
        call_command("doctor", only=["nonsense"])


def test_nightly_run_keeps_its_report(shop):
    plant(BREAKS["webhook_was_followed"])
    assert run_doctor() == 1
    report = DoctorReport.objects.get()
    assert report.findings["webhook_was_followed"]["count"] == 1
