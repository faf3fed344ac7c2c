"""Orders from a file (O-8)."""

from datetime import timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from customers.models import Purchase
from orders.models import Order
from orders.rules.import_rows import COLUMNS
from points.models import Entry
from points.queries import balance
from promocodes.models import PromoCode
from tests.factories import CustomerFactory, ProductFactory, PromoCodeFactory

pytestmark = pytest.mark.django_db
HEADER = "channel,external_number,sku,quantity,placed_at,customer,promo_code,total,paid\n"


@pytest.fixture(autouse=True)
def goods():
    ProductFactory(sku="SHIRT", price=Decimal("1000.00"))
    ProductFactory(sku="HAT", price=Decimal("500.00"))


def run(tmp_path: Path, text: str, **options) -> tuple[str, str, bool]:
    """Standard output, errors, and whether it was content."""
    path = tmp_path / "orders.csv"
    path.write_text(text, encoding="utf-8-sig")
    out, err = StringIO(), StringIO()
    try:
        call_command("import_orders", str(path), stdout=out, stderr=err, **options)
    except CommandError as refusal:
        return out.getvalue(), err.getvalue() + str(refusal), False
    return out.getvalue(), err.getvalue(), True


def numbers() -> list[tuple[str, str, Decimal, str]]:
    return list(Order.objects.order_by("pk").values_list("channel", "external_number", "total", "status"))


def test_rows_of_one_order_are_its_lines(tmp_path):
    CustomerFactory(external_id="42")
    code = PromoCodeFactory().code
    text = HEADER + (
        f"marketplace,A-1,SHIRT,2,2026-06-10T12:00,42,{code},2375.00,yes\n"
        "marketplace,A-1,HAT,1,,,,,\n"
        "pos,7,HAT,1,2026-06-10T12:00:00+03:00,,,,\n"
    )

    assert run(tmp_path, text)[2]

    assert numbers() == [("marketplace", "A-1", Decimal("2375.00"), "paid"), ("pos", "7", Decimal("500.00"), "new")]
    assert Purchase.objects.get().paid_at.isoformat() == "2026-06-10T09:00:00+00:00"
    assert PromoCode.objects.get().uses == 1


def test_same_file_again_adds_nothing(tmp_path):
    text = HEADER + "pos,1,SHIRT,1,,,,,да\n"
    run(tmp_path, text)
    out, _err, is_content = run(tmp_path, text)
    assert (is_content, Order.objects.count(), Purchase.objects.count()) == (True, 1, 1)
    assert "1" in out


def test_known_number_with_other_goods_is_refused(tmp_path):
    run(tmp_path, HEADER + "pos,1,SHIRT,1,,,,,\n")
    _out, err, is_content = run(tmp_path, HEADER + "pos,1,SHIRT,2,,,,,\n")
    assert (is_content, "[imported_differs]" in err) == (False, True)


def test_dry_run_keeps_nothing(tmp_path):
    _out, _err, is_content = run(tmp_path, HEADER + "pos,1,SHIRT,1,,,,,\n", dry_run=True)
    assert is_content


def test_till_may_state_its_prices(tmp_path):
    text = "channel;external_number;sku;quantity;unit_price\npos;1;SHIRT;2;1 234,50\n"
    assert run(tmp_path, text)[2]
    assert numbers() == [("pos", "1", Decimal("2469.00"), "new")]


@pytest.mark.parametrize(
    "row",
    [
        ",1,SHIRT,1,,,,,",
        "pos,,SHIRT,1,,,,,",
        "pos,1,,1,,,,,",
        "pos,1,SHIRT,0,,,,,",
        "pos,1,SHIRT,1_0,,,,,",
        "pos,1,SHIRT,١,,,,,",
        "pos,1,SHIRT,1,yesterday,,,,",
        "pos,1,SHIRT,1,,,,NaN,",
        "pos,1,SHIRT,1,,,,1.001,",
        "pos,1,SHIRT,1,,,,,maybe",
    ],
)
def test_malformed_row_stops_the_file(tmp_path, row):
    _out, err, is_content = run(tmp_path, f"{HEADER}pos,0,SHIRT,1,,,,,\n{row}\n")
    assert (is_content, Order.objects.count()) == (False, 0)
    assert "3" in err.splitlines()[0]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("pos,1,NONE,1,,,,,", "lines.0.sku"),
        ("fax,1,SHIRT,1,,,,,", "channel"),
        ("pos,1,SHIRT,1,,nobody,,,", "customer"),
        ("pos,1,SHIRT,1,,,NOSUCHCODE,,", "[promo_code_rejected]"),
        ("pos,1,SHIRT,1,,,,999.99,", "[total_changed]"),
        ("pos,1,SHIRT,1,2999-01-01,,,,", "placed_at"),
    ],
)
def test_refused_order_is_reported_and_the_rest_go_in(tmp_path, row, code):
    _out, err, is_content = run(tmp_path, f"{HEADER}{row}\npos,2,HAT,1,,,,,\n")
    assert (is_content, code in err) == (False, True)
    assert [number for _channel, number, _total, _status in numbers()] == ["2"]


def test_scattered_rows_are_refused(tmp_path):
    text = HEADER + "pos,1,SHIRT,1,,,,,\npos,2,SHIRT,1,,,,,\npos,1,HAT,1,,,,,\n"
    assert not run(tmp_path, text)[2]


def test_rows_that_contradict_are_refused(tmp_path):
    text = HEADER + "pos,1,SHIRT,1,,,,100,\npos,1,HAT,1,,,,200,\n"
    assert not run(tmp_path, text)[2]


@pytest.mark.parametrize("text", ["", "sku,quantity\n", HEADER.strip() + ",colour\n"])
def test_wrong_header_is_refused(tmp_path, text):
    assert not run(tmp_path, text)[2]


def test_unreadable_file_is_refused(tmp_path):
    (tmp_path / "orders.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CommandError):
        call_command("import_orders", str(tmp_path / "orders.csv"))
    with pytest.raises(CommandError):
        call_command("import_orders", str(tmp_path / "none.csv"))


def test_every_column_is_described():
    from loyalty_site.management.commands import import_orders

    assert [name for name in COLUMNS if name not in (import_orders.__doc__ or "")] == []


def test_receipts_earn_as_of_their_day_and_what_is_over_expires(tmp_path):
    customer = CustomerFactory(external_id="42")
    today = timezone.localdate()
    text = HEADER + (
        f"pos,1,SHIRT,1,{today - timedelta(days=400)}T12:00,42,,,yes\n"
        f"pos,2,HAT,1,{today - timedelta(days=9)}T12:00,42,,,yes\n"
    )

    assert run(tmp_path, text)[2]

    # 100 and the first purchase's 300 have lived their year; 50 have not.
    assert balance(customer.pk, now=timezone.now()).available == 50
    assert list(Entry.objects.order_by("pk").values_list("kind", "amount")) == [
        ("earn", 100),
        ("earn", 300),
        ("earn", 50),
        ("expire", -100),
        ("expire", -300),
    ]
