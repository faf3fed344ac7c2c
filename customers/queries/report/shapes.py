"""What the report on customers is asked, and what it answers (RP-1). Sums in roubles, shares in percent."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from customers.models import Segment

CENT = Decimal("0.01")
# Customers by how many orders they made: the least of each band; the last band is open.
BANDS = (1, 2, 3, 4, 5, 6, 11)


@dataclass(frozen=True)
class ReportFilter:
    """Days of the shop's zone, both included. With `channel` only its purchases are looked at, as if there were no
    other; with `segment` only the purchases of those who are in it now."""

    first_day: date
    last_day: date
    channel: str = ""
    segment: Segment | None = None
    compare: bool = False

    @property
    def days(self) -> int:
        return (self.last_day - self.first_day).days + 1

    @property
    def before(self) -> date:
        """The first day of the period of the same length just before."""
        return self.first_day - timedelta(days=self.days)


@dataclass(frozen=True)
class CohortMonth:
    """What a cohort did `age` calendar months after the month of its first purchase; `is_over`: nothing can be added.

    `revenue` is of this month, `total` of all months up to it.
    """

    age: int
    buyers: int
    orders: int
    revenue: Decimal
    total: Decimal
    size: int
    is_over: bool

    @property
    def retention(self) -> Decimal:
        """The percent of the cohort that bought in this month."""
        return share(self.buyers, self.size)

    @property
    def ltv(self) -> Decimal:
        """Roubles from each customer of the cohort up to the end of this month."""
        return (self.total / self.size).quantize(CENT)


@dataclass(frozen=True)
class Cohort:
    """Customers whose first kept purchase lies in `month` (its first day); a month of silence is there with zeros."""

    month: date
    size: int
    months: tuple[CohortMonth, ...]

    @property
    def ltv(self) -> Decimal:
        return self.months[-1].ltv


@dataclass(frozen=True)
class AverageMonth:
    """All cohorts together that have the whole month `age` behind them, weighed by their customers."""

    age: int
    size: int
    retention: Decimal
    ltv: Decimal


@dataclass(frozen=True)
class CohortTable:
    """Cohorts from the oldest on. `average` has the ages that at least one cohort has lived through."""

    cohorts: tuple[Cohort, ...]
    average: tuple[AverageMonth, ...]

    @property
    def ages(self) -> range:
        return range(max((len(cohort.months) for cohort in self.cohorts), default=0))

    @property
    def size(self) -> int:
        return sum(cohort.size for cohort in self.cohorts)

    @property
    def ltv(self) -> Decimal | None:
        """Roubles from each customer of these cohorts until now."""
        total = sum((cohort.months[-1].total for cohort in self.cohorts), Decimal(0))
        return (total / self.size).quantize(CENT) if self.size else None


@dataclass(frozen=True)
class Band:
    """Customers with `least` … `most` orders in the period; `most` is None in the last one."""

    least: int
    most: int | None
    customers: int
    orders: int
    revenue: Decimal
    share: Decimal | None
    revenue_share: Decimal | None


@dataclass(frozen=True)
class Figures:
    """A period's customers. `gap_days` is summed over `gaps` pairs of neighbouring purchases of one customer."""

    customers: int = 0
    new: int = 0
    orders: int = 0
    revenue: Decimal = Decimal(0)
    repeated: int = 0
    gaps: int = 0
    gap_days: int = 0

    @property
    def average_order(self) -> Decimal | None:
        return (self.revenue / self.orders).quantize(CENT) if self.orders else None

    @property
    def orders_each(self) -> Decimal | None:
        return (Decimal(self.orders) / self.customers).quantize(CENT) if self.customers else None

    @property
    def revenue_each(self) -> Decimal | None:
        return (self.revenue / self.customers).quantize(CENT) if self.customers else None

    @property
    def repeat_rate(self) -> Decimal | None:
        return percent(self.repeated, self.customers)

    @property
    def new_share(self) -> Decimal | None:
        return percent(self.new, self.customers)

    @property
    def days_between(self) -> Decimal | None:
        return (Decimal(self.gap_days) / self.gaps).quantize(Decimal("0.1")) if self.gaps else None


@dataclass(frozen=True)
class Frequency:
    total: Figures
    previous: Figures | None
    bands: tuple[Band, ...]


def share(part: Decimal | int, whole: Decimal | int) -> Decimal:
    """In percent of a whole that is there."""
    return (Decimal(part) / Decimal(whole) * 100).quantize(CENT)


def percent(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    return share(part, whole) if whole else None
