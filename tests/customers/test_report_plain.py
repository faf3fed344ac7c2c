"""Cohorts, LTV and frequency against a plain computation by pandas, on two public data sets (RP-1)."""

from datetime import date, timedelta
from decimal import Decimal

import pandas as pd
import pytest

from customers.queries.report import BANDS, Figures, ReportFilter, cohort_table, frequency
from tests.customers.cdnow import CDNOW_ENDS_ON, JOURNEY_ENDS_ON, cdnow, journey, load

pytestmark = pytest.mark.django_db
CENT = Decimal("0.01")


def plain_cohorts(frame: pd.DataFrame) -> list[tuple[date, int, int, int, int, int]]:
    """(cohort, customers, age, buyers, purchases, kopecks), only where somebody bought."""
    month = frame.day.dt.year * 12 + frame.day.dt.month - 1
    bought = pd.DataFrame({"who": frame.who, "month": month, "kopecks": frame.kopecks})
    bought["cohort"] = bought.groupby("who").month.transform("min")
    sizes = bought.groupby("cohort").who.nunique()
    cells = bought.groupby(["cohort", "month"]).agg(
        buyers=("who", "nunique"), purchases=("who", "size"), kopecks=("kopecks", "sum")
    )
    return [
        (date(cohort // 12, cohort % 12 + 1, 1), int(sizes[cohort]), int(month - cohort), *map(int, row))
        for (cohort, month), row in zip(cells.index, cells.itertuples(index=False), strict=True)
    ]


def plain_figures(frame: pd.DataFrame, first: date, last: date) -> tuple[Figures, list[int]]:
    """The period's figures, and how many customers are in each band of purchases."""
    inside = frame[(frame.day >= pd.Timestamp(first)) & (frame.day <= pd.Timestamp(last))]
    each = inside.groupby("who").agg(orders=("day", "size"), first=("day", "min"), last=("day", "max"))
    came = frame.groupby("who").day.min()
    bands = pd.cut(each.orders, [*BANDS, 10**9], right=False).value_counts(sort=False)
    figures = Figures(
        customers=len(each),
        new=int((came[each.index] >= pd.Timestamp(first)).sum()),
        orders=len(inside),
        revenue=Decimal(int(inside.kopecks.sum())) / 100,
        repeated=int((each.orders > 1).sum()),
        gaps=int((each.orders - 1).sum()),
        gap_days=int((each["last"] - each["first"]).dt.days.sum()),
    )
    return figures, [int(count) for count in bands]


def check(frame: pd.DataFrame, ends_on: date, first: date) -> None:
    load(frame)
    everything = ReportFilter(frame.day.min().date(), ends_on)
    table = cohort_table(everything, today=ends_on + timedelta(days=1))
    assert [
        (cohort.month, cohort.size, one.age, one.buyers, one.orders, int(one.revenue * 100))
        for cohort in table.cohorts
        for one in cohort.months
        if one.buyers
    ] == plain_cohorts(frame)
    assert table.ltv == (Decimal(int(frame.kopecks.sum())) / 100 / frame.who.nunique()).quantize(CENT)
    running = {
        cohort: rows.groupby("age").kopecks.sum().cumsum()
        for cohort, rows in pd.DataFrame(
            plain_cohorts(frame), columns=["cohort", "size", "age", "buyers", "orders", "kopecks"]
        ).groupby("cohort")
    }
    assert {
        (cohort.month, one.age): int(one.total * 100) for cohort in table.cohorts for one in cohort.months if one.buyers
    } == {(cohort, age): total for cohort, totals in running.items() for age, total in totals.items()}
    for since in (everything.first_day, first):
        found = frequency(ReportFilter(since, ends_on))
        assert (found.total, [band.customers for band in found.bands]) == plain_figures(frame, since, ends_on)


def test_cdnow_is_reported_as_pandas_counts_it() -> None:
    check(cdnow(), CDNOW_ENDS_ON, date(1997, 9, 10))


def test_complete_journey_is_reported_as_pandas_counts_it() -> None:
    check(journey(), JOURNEY_ENDS_ON, date(2017, 6, 15))
