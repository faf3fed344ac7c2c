"""What rules of segments may ask of who brought whom (CU-8)."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from customers.queries.conditions.parts import Values, ids, yes_no
from customers.rules.conditions import At, Condition, Input, Kind, Operator, Select

FRIENDS = _("Friends")
SOME = Input("count", Kind.COUNT, pgettext_lazy("unit", "friends"), least=1, most=1_000_000)
BROUGHT = "SELECT newcomer_id AS customer_id FROM referrals_referral"
BRINGERS = """
SELECT referrer_id AS customer_id FROM referrals_referral WHERE referrer_id IS NOT NULL
GROUP BY referrer_id HAVING count(*) >= %s
"""
BRINGERS_OF_BUYERS = """
SELECT referrer_id AS customer_id FROM referrals_referral WHERE referrer_id IS NOT NULL AND first_order_ref <> ''
GROUP BY referrer_id HAVING count(*) >= %s
"""


def _bringers(values: Values, at: At) -> Select:
    return ids(BRINGERS, values["count"])


def _bringers_of_buyers(values: Values, at: At) -> Select:
    return ids(BRINGERS_OF_BUYERS, values["count"])


CONDITIONS = (
    Condition(
        "was_brought",
        FRIENDS,
        _("was brought by somebody"),
        yes_no(lambda v, at: ids(BROUGHT), yes=_("was brought by somebody"), no=_("came by himself")),
    ),
    Condition(
        "has_brought",
        FRIENDS,
        _("has brought friends"),
        (
            Operator(
                "at_least",
                _("at least, who registered"),
                ngettext_lazy(
                    "has brought at least %(count)s friend", "has brought at least %(count)s friends", "count"
                ),
                _bringers,
                (SOME,),
            ),
            Operator(
                "bought",
                _("at least, who bought"),
                ngettext_lazy(
                    "has brought at least %(count)s friend who bought",
                    "has brought at least %(count)s friends who bought",
                    "count",
                ),
                _bringers_of_buyers,
                (SOME,),
            ),
        ),
    ),
)
