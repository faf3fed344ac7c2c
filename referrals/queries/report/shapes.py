"""What is asked of the report on referrals, and what it answers (R-6). Figures are defined in docs/REPORTS.md."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from loyalty_site.kernel.money import rounded
from promocodes.rules import end_of, start_of

THOUSANDTHS = Decimal("0.001")


class GroupBy(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    CHANNEL = "channel"
    REFERRER = "referrer"


class Who(StrEnum):
    """Whose links: those of customers on the programme's terms, or of ambassadors and partners on their own."""

    CUSTOMERS = "customers"
    AMBASSADORS = "ambassadors"


TIMES = frozenset({GroupBy.DAY, GroupBy.WEEK, GroupBy.MONTH})


@dataclass(frozen=True, kw_only=True)
class ReportFilter:
    """Both days are included, in the shop's zone. `via` is the channel of a link, `search` names referrers.

    With `compare` the report also covers the period of the same length just before. `limit` caps the rows; totals
    are of everything.
    """

    first_day: date
    last_day: date
    group_by: GroupBy = GroupBy.DAY
    via: str | None = None
    who: Who | None = None
    search: str = ""
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
    """One line of figures: visits of the period, and all that has become of those who registered in it.

    Sums are roubles but for `points` and `welcome_points`; shares and ratios are None where there is nothing to
    divide by.
    """

    visits: int = 0
    led_visits: int = 0
    registrations: int = 0
    first_orders: int = 0
    paid: int = 0
    buyers: int = 0
    points: int = 0
    welcome_points: int = 0
    points_cost: Decimal = Decimal("0.00")
    code_discount: Decimal = Decimal("0.00")
    money: Decimal = Decimal("0.00")
    revenue: Decimal = Decimal("0.00")
    revenue_then: Decimal = Decimal("0.00")
    invitations: int = 0
    brought: int = 0
    customers: int | None = None

    @property
    def registered_share(self) -> Decimal | None:
        """Percent of the visits that have led to a registration."""
        return _percent(self.led_visits, self.visits)

    @property
    def ordered_share(self) -> Decimal | None:
        """Percent of the registered with a first order."""
        return _percent(self.first_orders, self.registrations)

    @property
    def paid_share(self) -> Decimal | None:
        """Percent of the first orders for which a reward was paid."""
        return _percent(self.paid, self.first_orders)

    @property
    def cost(self) -> Decimal:
        return self.points_cost + self.code_discount + self.money

    @property
    def revenue_ratio(self) -> Decimal | None:
        """Roubles of revenue for each rouble of cost."""
        return rounded(self.revenue / self.cost) if self.cost else None

    @property
    def cost_per_buyer(self) -> Decimal | None:
        return rounded(self.cost / self.buyers) if self.buyers else None

    @property
    def invitations_each(self) -> Decimal | None:
        """Invitations that were followed, for each customer of the shop."""
        return _ratio(self.invitations, self.customers)

    @property
    def accepted_share(self) -> Decimal | None:
        """Percent of the invitations that brought a customer."""
        return _percent(self.brought, self.invitations)

    @property
    def k_factor(self) -> Decimal | None:
        """Invitations for each customer × the share that brought one."""
        return _ratio(self.brought, self.customers)


@dataclass(frozen=True, kw_only=True)
class FunnelRow:
    """`key` is the ISO day (a week's or month's first), the channel, `c<id>` a customer or `a<id>` an ambassador."""

    key: str
    label: str
    figures: Figures
    previous: Figures | None = None


@dataclass(frozen=True, kw_only=True)
class Funnel:
    """Rows ordered as they are read: times by date, all else by what was brought. Only totals know the K-factor."""

    filter: ReportFilter
    point_value: Decimal
    rows: tuple[FunnelRow, ...]
    total: Figures
    previous_total: Figures | None = None


def _percent(part: int, whole: int) -> Decimal | None:
    return rounded(Decimal(100) * part / whole) if whole else None


def _ratio(part: int, whole: int | None) -> Decimal | None:
    return (Decimal(part) / whole).quantize(THOUSANDTHS) if whole else None
