"""A data set of the same shape as the Complete Journey, small enough to read."""

from datetime import datetime

import pytest

from loyalty_site.journey.dataset import Dataset

pandas = pytest.importorskip("pandas", reason="the optional data set is not installed")

# In the order of LINE_COLUMNS; moments are UTC.
LINES = [
    # The first receipt: bread, three for 5.00 (one piece), petrol by weight.
    (1, 10, 501, 11, 2, 3.00, 0.50, 0.0, 0.0, 1, "2017-03-01 15:00"),
    (1, 10, 501, 12, 3, 5.00, 0.00, 0.0, 0.0, 1, "2017-03-01 15:00"),
    (1, 10, 501, 13, 8963, 20.17, 0.00, 0.0, 0.0, 1, "2017-03-01 15:00"),
    # Two coupons of campaign 8 on one receipt, the dearer is worth 1.00.
    (2, 10, 502, 11, 1, 1.50, 0.00, 0.5, 0.0, 1, "2017-03-02 16:00"),
    (2, 10, 502, 12, 1, 2.50, 0.00, 1.0, 0.0, 1, "2017-03-02 16:00"),
    # Late in the evening by the shop's clock: UTC says the next day. Its coupon shows no value.
    (1, 10, 503, 12, 1, 2.50, 0.00, 0.0, 0.0, 1, "2017-03-04 02:00"),
    # A second receipt of that day without any of the coupon's goods.
    (1, 10, 504, 13, 0, 0.00, 0.00, 0.0, 0.0, 1, "2017-03-04 03:00"),
    # A redemption without any of the coupon's categories; a product that the data set does not describe.
    (3, 10, 505, 99, 1, 7.77, 0.00, 0.0, 0.0, 1, "2017-03-05 18:00"),
]
LINE_COLUMNS = [
    "household_id",
    "store_id",
    "basket_id",
    "product_id",
    "quantity",
    "sales_value",
    "retail_disc",
    "coupon_disc",
    "coupon_match_disc",
    "week",
    "transaction_timestamp",
]
PRODUCTS = [
    (11, 1, "PASTRY", "Private", "BREAD", "BREAD:WHITE", "16 OZ"),
    (12, 2, "GROCERY", "National", "TEA", "TEA BAGS", None),
    (13, 3, "FUEL", "National", None, None, None),
]
PRODUCT_COLUMNS = [
    "product_id",
    "manufacturer_id",
    "department",
    "brand",
    "product_category",
    "product_type",
    "package_size",
]
COUPONS = [(9001, 11, 8), (9002, 12, 8), (9003, 12, 8), (9004, 11, 8)]
REDEMPTIONS = [
    (2, 9001, 8, "2017-03-02"),
    (2, 9002, 8, "2017-03-02"),
    (1, 9003, 8, "2017-03-03"),
    (3, 9004, 8, "2017-03-05"),
]


def tiny_journey() -> Dataset:
    return Dataset(
        transactions=frame(LINES, LINE_COLUMNS, moments="transaction_timestamp"),
        products=frame(PRODUCTS, PRODUCT_COLUMNS),
        campaign_descriptions=pandas.DataFrame(
            [(8, "Type A", datetime(2017, 3, 1), datetime(2017, 3, 31))],
            columns=["campaign_id", "campaign_type", "start_date", "end_date"],
        ),
        campaigns=frame([(8, 1), (8, 2), (8, 3)], ["campaign_id", "household_id"]),
        coupons=frame(COUPONS, ["coupon_upc", "product_id", "campaign_id"]),
        coupon_redemptions=frame(
            REDEMPTIONS, ["household_id", "coupon_upc", "campaign_id", "redemption_date"], moments="redemption_date"
        ),
    )


def frame(rows: list, columns: list[str], *, moments: str | None = None):
    made = pandas.DataFrame(rows, columns=columns)
    if moments:
        made[moments] = pandas.to_datetime(made[moments])
    return made
