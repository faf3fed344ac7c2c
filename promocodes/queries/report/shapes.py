"""What is asked of the usage report, and what it answers (PC-21). Figures are defined in docs/REPORTS.md."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from loyalty_site.kernel.money import rounded
from promocodes.rules import end_of, start_of


class GroupBy(StrEnum):
    CAMPAIGN = "campaign"
    CODE = "code"
    CHANNEL = "channel"
    DAY = "day"


@dataclass(frozen=True, kw_only=True)
class ReportFilter:
    """Both days are included, in the shop's zone. `campaign` is a name (empty: codes without one), `code` as stored.

    With `compare` the report also covers the period of the same length just before. `limit` caps the rows, the
    busiest first; totals are of everything.
    """

    first_day: date
    last_day: date
    group_by: GroupBy = GroupBy.CAMPAIGN
    campaign: str | None = None
    code: str | None = None
    channel: str | None = None
    compare: bool = False
    limit: int = 500

    @property
    def days(self) -> int:
        return (self.last_day - self.first_day).days + 1

    def period(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Half-open."""
        return start_of(self.first_day, zone), end_of(self.last_day, zone)

    def covered_from(self) -> date:
        """The first day that is read at all."""
        return self.first_day - timedelta(days=self.days if self.compare else 0)


@dataclass(frozen=True, kw_only=True)
class Figures:
    """One line of figures. Sums are roubles; averages and the rate are None where there is nothing to divide by."""

    quotes: int = 0
    applied_quotes: int = 0
    uses: int = 0
    releases: int = 0
    discount: Decimal = Decimal("0.00")
    ordered: Decimal = Decimal("0.00")
    paid_orders: int = 0
    paid_goods: Decimal = Decimal("0.00")
    revenue: Decimal = Decimal("0.00")
    new_customers: int = 0
    buyers: int = 0
    returned_buyers: int = 0
    orders_without: int = 0
    goods_without: Decimal = Decimal("0.00")

    @property
    def average_with(self) -> Decimal | None:
        """Goods of a paid order with a code, before refunds."""
        return rounded(self.paid_goods / self.paid_orders) if self.paid_orders else None

    @property
    def average_without(self) -> Decimal | None:
        """Goods of a paid order without any code, in the same period and channel."""
        return rounded(self.goods_without / self.orders_without) if self.orders_without else None

    @property
    def repeat_rate(self) -> Decimal | None:
        """Percent of the buyers with a code who have bought again since."""
        return rounded(Decimal(100) * self.returned_buyers / self.buyers) if self.buyers else None


@dataclass(frozen=True, kw_only=True)
class ReportRow:
    """`key` is the campaign's id (empty: no campaign), the code, the channel or the ISO day; `label` is for people."""

    key: str
    label: str
    figures: Figures
    previous: Figures | None = None


@dataclass(frozen=True, kw_only=True)
class Report:
    """Rows ordered as they are read: days by date, all else the busiest first."""

    filter: ReportFilter
    rows: tuple[ReportRow, ...]
    total: Figures
    previous_total: Figures | None = None
