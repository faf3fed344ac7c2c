"""What rules of segments may ask of points (CU-8). A balance also changes as days go by: the hourly refresh sees it."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from customers.queries.conditions.parts import AT_LEAST, AT_MOST, DAYS, Values, ids, yes_no
from customers.rules.conditions import At, Condition, Input, Kind, Operator, Select

POINTS = _("Points")
SOME = Input("count", Kind.COUNT, pgettext_lazy("unit", "points"), least=1, most=100_000_000)

AVAILABLE = """
SELECT account_id AS customer_id FROM points_lot
WHERE remaining > 0 AND available_from <= %s AND expires_at > %s GROUP BY account_id HAVING sum(remaining) >= %s
"""
EXPIRING = """
SELECT account_id AS customer_id FROM points_lot
WHERE remaining > 0 AND expires_at > %s AND expires_at < %s GROUP BY account_id HAVING sum(remaining) >= %s
"""
IN_DEBT = "SELECT customer_id FROM points_pointsaccount WHERE debt > 0"


def _available(values: Values, at: At) -> Select:
    return ids(AVAILABLE, at.now, at.now, values["count"])


def _more_than(values: Values, at: At) -> Select:
    return ids(AVAILABLE, at.now, at.now, values["count"] + 1)


def _expiring(values: Values, at: At) -> Select:
    return ids(EXPIRING, at.now, at.days_ago(-values["days"] - 1), values["count"])


CONDITIONS = (
    Condition(
        "points",
        POINTS,
        _("points balance"),
        (
            Operator(
                "at_least",
                AT_LEAST,
                ngettext_lazy("has at least %(count)s point", "has at least %(count)s points", "count"),
                _available,
                (SOME,),
            ),
            Operator(
                "at_most",
                AT_MOST,
                ngettext_lazy("has at most %(count)s point", "has at most %(count)s points", "count"),
                _more_than,
                (SOME,),
                is_negative=True,
            ),
        ),
        help_text=_("Points that can be spent now. Members follow the balance within the hour."),
        is_slow=True,
    ),
    Condition(
        "points_expiring",
        POINTS,
        _("points expire"),
        (
            Operator(
                "soon",
                _("at least so many within the next … days"),
                ngettext_lazy(
                    "points that expire within %(days)s day: at least %(count)s",
                    "points that expire within %(days)s days: at least %(count)s",
                    "days",
                ),
                _expiring,
                (SOME, DAYS),
            ),
        ),
        is_slow=True,
    ),
    Condition(
        "points_debt",
        POINTS,
        _("debt in points"),
        yes_no(lambda v, at: ids(IN_DEBT), yes=_("is in debt for points"), no=_("is not in debt for points")),
    ),
)
