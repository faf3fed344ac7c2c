"""Every table that names a customer is moved by a merge, or it is said why it stays (CU-3); the doctor looks."""

import pytest
from django.apps import apps
from django.db import OperationalError, connection, transaction

from customers.models import Customer, CustomerTag, Merge, Tag
from loyalty_site.merge_invariants import MOVED, STAYS
from orders.models import Order
from points.models import PointsAccount
from tests.customers.merging import findings, merged
from tests.factories import NOW, CustomerFactory
from tests.points.rows import earn


def named() -> set[tuple[str, str]]:
    """(table, column) of every key to a customer or his account, but for tables of events."""
    found = set()
    for model in apps.get_models():
        names = {field.name for field in model._meta.get_fields()}
        if "pgh_id" in names:
            continue
        for field in model._meta.concrete_fields:
            if field.is_relation and field.related_model in {Customer, PointsAccount}:
                found.add((model._meta.db_table, field.column))
    return found


def test_a_merge_knows_every_table_that_names_a_customer() -> None:
    assert named() == set(MOVED) | STAYS


@pytest.mark.django_db
def test_the_doctor_finds_what_a_merged_customer_owns() -> None:
    older, newer = CustomerFactory(), CustomerFactory()
    merged(older, newer)
    assert findings() == {}

    with pytest.raises(OperationalError, match="merged into another"), transaction.atomic():
        earn(newer, 10, "action:1", kind="action")
    with pytest.raises(OperationalError, match="merged into another"), transaction.atomic():
        Order.objects.create(customer=newer, channel="site", goods_total=1, total=1, placed_at=NOW, pay_until=NOW)
    CustomerTag.objects.create(customer=newer, tag=Tag.objects.create(code="vip", name="VIP"), added_at=NOW)

    assert findings() == {"merged_owns_nothing": 1}


@pytest.mark.django_db
def test_the_doctor_finds_a_way_that_leads_nowhere() -> None:
    one, two, three = CustomerFactory.create_batch(3)
    merged(two, three)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE customers_customer SET merged_into_id = %s, email = NULL WHERE id = %s", [one.pk, two.pk]
        )
    assert Merge.objects.count() == 1
    assert findings() == {"merged_leads_to_who_stayed": 2}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE points_lot SET account_id = {other}",
        "UPDATE points_entry SET account_id = {other}",
        "UPDATE points_lot SET account_id = {survivor}, amount = 5",
        "UPDATE points_entry SET account_id = {survivor}, reason = 'x'",
        "UPDATE customers_merge SET survivor_id = {other}",
        "DELETE FROM customers_merge",
    ],
)
def test_the_database_moves_the_ledger_by_a_merge_alone(sql: str) -> None:
    older, newer, other = CustomerFactory.create_batch(3)
    earn(newer, 10, "action:1", kind="action")
    for customer in (older, other):
        PointsAccount.objects.create(customer=customer, opened_at=NOW)
    Merge.objects.create(survivor=older, absorbed=newer, reason="r", merged_at=NOW)

    with pytest.raises(Exception, match="pgtrigger: Cannot"), connection.cursor() as cursor:
        cursor.execute(sql.format(other=other.pk, survivor=older.pk))
