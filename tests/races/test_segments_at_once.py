"""A purchase puts its customer into a segment by conditions at once, through the worker and its queue (CU-8)."""

import time
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from celery.contrib.testing.worker import start_worker
from django.utils import timezone

from customers.models import Customer, SegmentMove, StaleCustomer
from customers.services import put_rule_segment
from loyalty_site.celery import app
from loyalty_site.kernel.transactions import in_transaction
from tests.api.conftest import Api, new_key
from tests.api.test_orders import basket, placed
from tests.customers.segment_rows import leaf
from tests.factories import CustomerFactory, ProductFactory, PromoCodeFactory
from tests.races.crowd import dawdle

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
# The sweep of every minute is not running here: whoever comes in time was told by the purchase.
IN_TIME = 30


def test_a_code_for_buyers_applies_right_after_the_purchase_and_no_more_after_its_refund() -> None:
    ProductFactory.create(sku="SHIRT-1", price=Decimal("1500.00"))
    customer = CustomerFactory.create()
    now = timezone.now()
    segment = in_transaction(
        lambda: put_rule_segment(
            code="buyers",
            name="Купили",
            rule=leaf("orders_recently", "at_least", {"count": 1, "days": 30}),
            by=None,
            now=now,
        )
    )
    code = PromoCodeFactory.create(
        terms__starts_at=now - timedelta(days=1), terms__ends_at=now + timedelta(days=1), terms__segment="buyers"
    ).code
    api = Api(new_key())
    app.control.purge()

    with start_worker(app, pool="solo", perform_ping_check=False, loglevel="ERROR"):
        assert status_of(api, customer, code) == ("rejected", "not_for_customer")
        order = placed(api, customer=str(customer.public_id))
        body = {"amount": order["total"], "payment_id": "p-1"}
        assert api.post(f"orders/{order['number']}/pay", body, key="pay-1").status_code == 200
        until_nobody_is_stale()
        assert status_of(api, customer, code) == ("applied", None)
        assert api.post(f"orders/{order['number']}/refund", {"reason": "x"}, key="refund-1").status_code == 200
        until_nobody_is_stale()
        assert status_of(api, customer, code) == ("rejected", "not_for_customer")

    moves = SegmentMove.objects.filter(segment=segment).order_by("pk").values_list("customer", "entered")
    assert list(moves) == [(customer.pk, True), (customer.pk, False)]


def status_of(api: Api, customer: Customer, code: str) -> tuple[str, Any]:
    answer = api.post("quotes", basket(customer=str(customer.public_id), promo_code=code)).json()["promo_code"]
    return answer["status"], answer["reason"]


def until_nobody_is_stale() -> None:
    until = time.monotonic() + IN_TIME
    while StaleCustomer.objects.exists():
        assert time.monotonic() < until, "the worker was not told"
        dawdle()
