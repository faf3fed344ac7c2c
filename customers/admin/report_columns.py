"""The figures of the report on customers, as the page and the files name them (RP-1)."""

from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.columns import Column

BUYERS = Column(
    "customers", _("Buyers"), _("known customers with a purchase in the period that was not given back whole")
)
NEW = Column(
    "new",
    _("New buyers"),
    _("of these, whose first purchase ever lies in the period; beside it their percent"),
    share="new_share",
)
ORDERS = Column("orders", _("Purchases"), _("of these customers in the period, less those given back whole"))
REVENUE = Column(
    "revenue",
    _("Revenue"),
    _("what was paid for the goods of these purchases, after discounts and points, without delivery, less refunds"),
    "money",
)
AVERAGE_ORDER = Column("average_order", _("Average order"), _("revenue ÷ purchases"), "money")
ORDERS_EACH = Column("orders_each", _("Purchases per buyer"), _("purchases ÷ buyers: the purchase frequency"))
REVENUE_EACH = Column(
    "revenue_each",
    _("Revenue per buyer"),
    _("revenue ÷ buyers = average order × purchases per buyer"),
    "money",
)
REPEAT_RATE = Column(
    "repeat_rate",
    _("Repeat rate"),
    _("the percent of the buyers who made two purchases or more in the period"),
    "percent",
)
DAYS_BETWEEN = Column(
    "days_between",
    _("Days between purchases"),
    _("the average over all pairs of neighbouring purchases of one customer in the period"),
    is_more_better=False,
)
COLUMNS = (BUYERS, NEW, ORDERS, REVENUE, AVERAGE_ORDER, ORDERS_EACH, REVENUE_EACH, REPEAT_RATE, DAYS_BETWEEN)
SHOWN = (BUYERS, NEW, REVENUE_EACH, AVERAGE_ORDER, ORDERS_EACH, REPEAT_RATE, DAYS_BETWEEN)
