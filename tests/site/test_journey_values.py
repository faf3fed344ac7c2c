"""The data set as plain values: receipts, coupons, the catalogue's rows."""

from datetime import UTC, datetime
from decimal import Decimal

from loyalty_site.journey.catalogue import category_rows, coupon_categories, product_rows
from loyalty_site.journey.coupons import CouponKey, match_coupons
from loyalty_site.journey.receipts import Receipt, ReceiptLine, Receipts
from tests.site.tiny_journey import tiny_journey

FREE = Decimal("0.00")


def test_receipts_come_in_order_of_time_with_their_sums():
    receipts = Receipts(tiny_journey().transactions)

    assert [(receipt.number, receipt.household, receipt.goods) for receipt in receipts] == [
        ("501", "1", Decimal("28.17")),
        ("502", "2", Decimal("4.00")),
        ("503", "1", Decimal("2.50")),
        ("504", "1", Decimal("0.00")),
        ("505", "3", Decimal("7.77")),
    ]


def test_receipt_line_that_is_no_number_of_pieces_is_one_piece_at_its_sum():
    receipts = Receipts(tiny_journey().transactions)

    assert receipts[0] == Receipt(
        number="501",
        household="1",
        at=datetime(2017, 3, 1, 15, tzinfo=UTC),
        goods=Decimal("28.17"),
        lines=(
            ReceiptLine("11", 2, Decimal("1.50")),
            ReceiptLine("12", 1, Decimal("5.00")),
            ReceiptLine("13", 1, Decimal("20.17")),
        ),
    )
    assert receipts.lines_in_one_piece() == 3


def test_receipts_can_be_the_first_ones_of_the_first_households():
    transactions = tiny_journey().transactions

    assert Receipts(transactions, baskets=2).numbers() == {"501", "502"}
    assert Receipts(transactions, households=1).numbers() == {"501", "503", "504"}
    assert Receipts(transactions, households=2, baskets=3).numbers() == {"501", "502", "503"}


def test_receipts_of_a_household_go_to_one_worker():
    receipts = Receipts(tiny_journey().transactions)

    assert [receipts.places_of(worker, 2) for worker in range(2)] == [[1], [0, 2, 3, 4]]
    assert receipts.places_of(1, 2, without={"501", "505"}) == [2, 3]


def test_coupons_meet_the_receipt_that_shows_them():
    coupons = match_coupons(tiny_journey())

    half, one = CouponKey(8, 9001, 50), CouponKey(8, 9002, 100)
    unseen, elsewhere = CouponKey(8, 9003, 0), CouponKey(8, 9004, 0)
    assert coupons.by_receipt == {"502": (one, half), "503": (unseen,), "505": (elsewhere,)}
    assert coupons.limits == {half: 1, one: 1, unseen: 1, elsewhere: 1}
    assert coupons.unmatched == 0


def test_catalogue_holds_the_named_levels_and_an_item_nobody_described():
    dataset = tiny_journey()

    assert [(row["slug"], row["parent"]) for row in category_rows(dataset.products)] == [
        ("pastry", None),
        ("grocery", None),
        ("fuel", None),
        ("pastry_bread", "pastry"),
        ("grocery_tea", "grocery"),
        ("pastry_bread_bread-white", "pastry_bread"),
        ("grocery_tea_tea-bags", "grocery_tea"),
    ]
    assert list(product_rows(dataset, {11, 13, 99})) == [
        {"sku": "11", "name": "Bread:White, 16 OZ", "price": FREE, "category": "pastry_bread_bread-white"},
        {"sku": "13", "name": "Fuel", "price": FREE, "category": "fuel"},
        {"sku": "99", "name": "Item 99", "price": FREE, "category": None},
    ]


def test_coupon_is_good_for_its_products_categories():
    assert coupon_categories(tiny_journey())[(8, 9002)] == ["grocery_tea"]
