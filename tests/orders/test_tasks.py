"""What the worker does for the till."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from orders.models import Order
from orders.tasks import cancel_overdue_orders
from tests.factories import NOW, ProductFactory
from tests.orders.ordering import place, place_at


@pytest.mark.django_db
def test_overdue_orders_are_cancelled_the_others_wait():
    ProductFactory(sku="SHIRT")
    late, early = place("SHIRT"), place_at(NOW + timedelta(minutes=30), "SHIRT")

    with time_machine.travel(NOW + timedelta(minutes=61), tick=False):
        assert cancel_overdue_orders() == 1
        assert cancel_overdue_orders() == 0

    late.refresh_from_db()
    early.refresh_from_db()
    assert (late.status, late.cancelled_at, early.status) == ("cancelled", NOW + timedelta(minutes=61), "new")


@pytest.mark.django_db(transaction=True)
def test_dry_run_of_an_import_leaves_nothing(tmp_path):
    ProductFactory(sku="SHIRT")
    (tmp_path / "orders.csv").write_text("channel,external_number,sku,quantity\npos,1,SHIRT,1\n")

    call_command("import_orders", str(tmp_path / "orders.csv"), dry_run=True, stdout=StringIO(), stderr=StringIO())
    assert not Order.objects.exists()
    call_command("import_orders", str(tmp_path / "orders.csv"), stdout=StringIO(), stderr=StringIO())
    assert Order.objects.count() == 1
