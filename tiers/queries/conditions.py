"""What rules of segments may ask of tiers, cards and memberships (CU-8)."""

from django.utils.translation import gettext_lazy as _

from customers.queries.conditions.parts import Values, ids, one_of, yes_no
from customers.rules.conditions import At, Condition, Select
from tiers.models import Card, MembershipPlan
from tiers.queries.ladder import tier_choices

TIERS = _("Tiers and cards")

# Who has no row stands on the lowest tier since he registered.
ON_TIER = """
SELECT s.customer_id FROM tiers_standing s JOIN tiers_tier t ON t.id = s.tier_id WHERE t.code = ANY(%s)
UNION ALL
SELECT c.id FROM customers_customer c
WHERE (SELECT code FROM tiers_tier WHERE is_active ORDER BY COALESCE(threshold_amount, threshold_orders), id LIMIT 1)
      = ANY(%s)
  AND NOT EXISTS (SELECT FROM tiers_standing s WHERE s.customer_id = c.id)
"""
WITH_CARD = "SELECT customer_id FROM tiers_card WHERE customer_id IS NOT NULL AND blocked_at IS NULL AND kind = ANY(%s)"
MEMBERS = """
SELECT m.customer_id FROM tiers_membership m JOIN tiers_membershipplan p ON p.id = m.plan_id
WHERE m.starts_at <= %s AND m.ends_at > %s AND p.code = ANY(%s)
"""
LAPSING = "SELECT customer_id FROM tiers_standing WHERE lapses_at IS NOT NULL"


def _on_tier(values: Values, at: At) -> Select:
    codes = list(values["codes"])
    return ids(ON_TIER, codes, codes)


def _members(values: Values, at: At) -> Select:
    return ids(MEMBERS, at.now, at.now, list(values["codes"]))


CONDITIONS = (
    Condition(
        "tier",
        TIERS,
        _("tier"),
        one_of(_on_tier, is_in=_("tier %(codes)s"), is_out=_("tier other than %(codes)s")),
        choices=tier_choices,
        help_text=_("The tier earned by purchases; a membership is asked for by itself."),
    ),
    Condition(
        "tier_lapses",
        TIERS,
        _("tier about to lapse"),
        yes_no(lambda v, at: ids(LAPSING), yes=_("the tier is about to lapse"), no=_("the tier is not about to lapse")),
    ),
    Condition(
        "card",
        TIERS,
        _("card"),
        one_of(
            lambda v, at: ids(WITH_CARD, list(v["codes"])),
            is_in=_("holds a card: %(codes)s"),
            is_out=_("holds no card: %(codes)s"),
        ),
        choices=lambda: [(value, str(label)) for value, label in Card.Kind.choices],
    ),
    Condition(
        "membership",
        TIERS,
        _("membership"),
        one_of(_members, is_in=_("has the membership %(codes)s"), is_out=_("has no membership %(codes)s")),
        choices=lambda: list(MembershipPlan.objects.order_by("name", "pk").values_list("code", "name")),
    ),
)
