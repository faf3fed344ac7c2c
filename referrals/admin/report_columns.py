"""The figures of the report on referrals, as the page and the files name them (R-6)."""

from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.columns import Column

VISITS = Column(
    "visits",
    _("Visits"),
    _("visits by links in the period, one a day of a browser; beside it the percent that has led to a registration"),
    share="registered_share",
)
REGISTRATIONS = Column(
    "registrations", _("Registrations"), _("newcomers who registered in the period by a link or a code")
)
FIRST_ORDERS = Column(
    "first_orders",
    _("First orders"),
    _("of these, who have paid for a first order that counts; beside it their percent"),
    share="ordered_share",
)
PAID = Column(
    "paid",
    _("Rewards paid"),
    _("of these, for whose order a reward has been paid, even if it was taken back; beside it their percent"),
    share="paid_share",
)
STEPS = (VISITS, REGISTRATIONS, FIRST_ORDERS, PAID)
COST = Column(
    "cost",
    _("Cost"),
    _("points paid less those taken back, at today's value of a point; discounts by codes of rewards; money due"),
    "money",
    is_more_better=False,
)
REVENUE = Column(
    "revenue",
    _("Revenue"),
    _("what the newcomers have paid for goods since they registered, less refunds, until now"),
    "money",
)
RATIO = Column("revenue_ratio", _("Revenue per rouble"), _("revenue ÷ cost"))
PER_BUYER = Column(
    "cost_per_buyer",
    _("Cost per buyer"),
    _("cost ÷ newcomers who have bought and kept something"),
    "money",
    is_more_better=False,
)
COLUMNS = (*STEPS, COST, REVENUE, RATIO, PER_BUYER)

# Where a figure of the page holds several, a file has each by itself.
FILE_COLUMNS = (
    VISITS,
    Column("led_visits", _("Visits that led to a registration"), ""),
    Column("registered_share", _("Of the visits, %"), "", "percent"),
    REGISTRATIONS,
    FIRST_ORDERS,
    Column("ordered_share", _("Of the registrations, %"), "", "percent"),
    PAID,
    Column("paid_share", _("Of the first orders, %"), "", "percent"),
    Column("buyers", _("Buyers"), ""),
    Column("points", _("Points to referrers"), ""),
    Column("welcome_points", _("Points to newcomers"), ""),
    Column("points_cost", _("Points, roubles"), "", "money"),
    Column("code_discount", _("Discounts by codes of rewards"), "", "money"),
    Column("money", _("Money to ambassadors and partners"), "", "money"),
    COST,
    REVENUE,
    Column("revenue_then", _("Revenue within the period"), "", "money"),
    RATIO,
    PER_BUYER,
)
