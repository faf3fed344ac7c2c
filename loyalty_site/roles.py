"""What each role of staff may do (S-1): the one table. Groups and their rights are synced from it after migrations.

Nobody may delete anything. Making a promo code and activating it are different rights (PC-1).
"""

from typing import Any

from django.apps import AppConfig
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SUPPORT = "support"
MANAGER = "manager"
MARKETER = "marketer"
ADMINISTRATOR = "administrator"

ROLE_NAMES: dict[str, str | Promise] = {
    SUPPORT: _("Support"),
    MANAGER: _("Manager"),
    MARKETER: _("Marketer"),
    ADMINISTRATOR: _("Administrator"),
}

_LOOK_AT_CODES = frozenset(
    {
        "promocodes.view_promocode",
        "promocodes.view_batch",
        "promocodes.view_campaign",
        "promocodes.view_terms",
        "promocodes.view_redemption",
    }
)
_MAKE_CODES = frozenset(
    {
        "promocodes.add_promocode",
        "promocodes.change_promocode",
        "promocodes.add_batch",
        "promocodes.add_campaign",
        "promocodes.change_campaign",
    }
)
_LOOK_AT_SHOP = frozenset(
    {
        "customers.view_customer",
        "customers.view_segment",
        "orders.view_order",
        "orders.view_product",
        "orders.view_category",
        "orders.view_deliverymethod",
    }
)
_FIX_ORDERS = frozenset({"orders.add_order", "orders.change_order", "orders.check_code"})
_MONEY = frozenset({"orders.pay_order", "orders.refund_order"})
_KEEP_CATALOGUE = frozenset(
    {
        "orders.add_product",
        "orders.change_product",
        "orders.add_category",
        "orders.change_category",
        "orders.add_deliverymethod",
        "orders.change_deliverymethod",
    }
)
_LOOK_AT_TIERS = frozenset(
    {
        "tiers.view_ladder",
        "tiers.view_tier",
        "tiers.view_standing",
        "tiers.view_tierchange",
        "tiers.view_discountstep",
        "tiers.view_card",
        "tiers.view_membership",
        "tiers.view_membershipplan",
    }
)
_KEEP_CARDS = frozenset(
    {"tiers.add_card", "tiers.change_card", "tiers.add_membershipplan", "tiers.change_membershipplan"}
)
# What the ladder gives is the shop's money for years, so it is changed by those who run the site; others try it out.
_KEEP_THE_LADDER = frozenset({"tiers.change_ladder", "tiers.change_tier", "tiers.change_discountstep"})
_LOOK_AT_POINTS = frozenset(
    {
        "points.view_pointsaccount",
        "points.view_lot",
        "points.view_entry",
        "points.view_pendingadjustment",
        "points.view_earningaction",
        "points.view_segmentgrant",
        "points.view_occasion",
        "points.view_occasiongift",
        "points.view_calendarday",
    }
)
# Support settles complaints; what is above the programme's threshold waits for those who confirm (PT-1).
_CORRECT_POINTS = frozenset({"points.adjust_points"})
_KEEP_POINTS = frozenset(
    {
        "points.confirm_adjustment",
        "points.add_earningaction",
        "points.change_earningaction",
        "points.add_segmentgrant",
        "points.add_occasion",
        "points.change_occasion",
        "points.add_calendarday",
        "points.change_calendarday",
        "points.view_report",
    }
)
_LOOK_AT_REFERRALS = frozenset(
    {
        "referrals.view_referral",
        "referrals.view_referrer",
        "referrals.view_reward",
        "referrals.view_visit",
        "referrals.view_ambassador",
        "referrals.view_review",
    }
)
_REPORT_REFERRALS = frozenset({"referrals.view_report"})
_KEEP_REFERRALS = frozenset({"referrals.decide_review", "referrals.add_ambassador", "referrals.change_ambassador"})
_LOOK_AT_MESSAGES = frozenset({"notifications.view_outboxmessage"})
_RESEND_MESSAGES = frozenset({"notifications.resend"})
_KEEP_CUSTOMERS = frozenset({"customers.add_customer", "customers.change_customer"})
_KEEP_SEGMENTS = frozenset({"customers.add_segment", "customers.change_segment"})
_LOOK_AT_CUSTOMERS = frozenset(
    {
        "customers.view_tag",
        "customers.view_customernote",
        "customers.view_duplicate",
        "customers.view_merge",
        "customers.view_rfm",
        "customers.view_rfmmove",
        "customers.view_rfmrun",
        "customers.view_segmentmove",
        "customers.view_erasurerequest",
        "customers.view_consenttext",
    }
)
_WRITE_NOTES = frozenset({"customers.add_customernote", "customers.change_customernote"})
_KEEP_TAGS = frozenset({"customers.add_tag", "customers.change_tag"})
_REPORT_CUSTOMERS = frozenset({"customers.view_reports"})
# One person's data leaves the house, or the person is gone for good: not for everybody who answers the phone.
_ANSWER_FOR_CUSTOMERS = frozenset(
    {
        "customers.merge_customer",
        "customers.export_customer",
        "customers.erase_customer",
        "customers.import_customer",
        "customers.view_erasedcustomer",
    }
)
_RUN_THE_SITE = frozenset(
    {
        "customers.view_user",
        "customers.add_user",
        "customers.change_user",
        "customers.view_programme",
        "customers.change_programme",
        "customers.add_consenttext",
        "loyalty_site.view_apikey",
        "loyalty_site.add_apikey",
        "loyalty_site.change_apikey",
        "loyalty_site.view_doctorreport",
        "django_celery_beat.view_periodictask",
        "django_celery_beat.change_periodictask",
        "pghistory.view_context",
    }
)

ROLES: dict[str, frozenset[str]] = {
    SUPPORT: (
        _LOOK_AT_CODES
        | _LOOK_AT_SHOP
        | _LOOK_AT_TIERS
        | _LOOK_AT_POINTS
        | _LOOK_AT_REFERRALS
        | _LOOK_AT_MESSAGES
        | _CORRECT_POINTS
        | _FIX_ORDERS
        | _KEEP_CUSTOMERS
        | _LOOK_AT_CUSTOMERS
        | _WRITE_NOTES
    ),
    MANAGER: (
        _LOOK_AT_CODES
        | _MAKE_CODES
        | {"promocodes.activate_promocode", "promocodes.view_report"}
        | _LOOK_AT_SHOP
        | _FIX_ORDERS
        | _MONEY
        | _KEEP_CATALOGUE
        | _KEEP_CUSTOMERS
        | _KEEP_SEGMENTS
        | _LOOK_AT_TIERS
        | _KEEP_CARDS
        | _LOOK_AT_POINTS
        | _CORRECT_POINTS
        | _KEEP_POINTS
        | _LOOK_AT_REFERRALS
        | _LOOK_AT_MESSAGES
        | _REPORT_REFERRALS
        | _KEEP_REFERRALS
        | _RESEND_MESSAGES
        | _LOOK_AT_CUSTOMERS
        | _WRITE_NOTES
        | _KEEP_TAGS
        | _REPORT_CUSTOMERS
        | _ANSWER_FOR_CUSTOMERS
    ),
    MARKETER: (
        _LOOK_AT_CODES
        | _MAKE_CODES
        | {"promocodes.view_report"}
        | {"customers.view_customer", "customers.view_segment", "orders.view_product", "orders.view_category"}
        | {"orders.view_order", "orders.check_code"}
        | _KEEP_SEGMENTS
        | _LOOK_AT_TIERS
        | _LOOK_AT_POINTS
        | {"points.view_report"}
        | _LOOK_AT_REFERRALS
        | _LOOK_AT_MESSAGES
        | _REPORT_REFERRALS
        | _LOOK_AT_CUSTOMERS
        | _KEEP_TAGS
        | _REPORT_CUSTOMERS
    ),
    ADMINISTRATOR: (
        _LOOK_AT_CODES
        | _MAKE_CODES
        | {"promocodes.activate_promocode", "promocodes.view_report"}
        | _LOOK_AT_SHOP
        | _FIX_ORDERS
        | _MONEY
        | _KEEP_CATALOGUE
        | _KEEP_CUSTOMERS
        | _KEEP_SEGMENTS
        | _LOOK_AT_TIERS
        | _KEEP_CARDS
        | _KEEP_THE_LADDER
        | _LOOK_AT_POINTS
        | _CORRECT_POINTS
        | _KEEP_POINTS
        | _LOOK_AT_REFERRALS
        | _LOOK_AT_MESSAGES
        | _REPORT_REFERRALS
        | _KEEP_REFERRALS
        | _RESEND_MESSAGES
        | _LOOK_AT_CUSTOMERS
        | _WRITE_NOTES
        | _KEEP_TAGS
        | _REPORT_CUSTOMERS
        | _ANSWER_FOR_CUSTOMERS
        | _RUN_THE_SITE
    ),
}


def sync_roles(sender: AppConfig | None = None, **signal: Any) -> None:
    """Give every role's group exactly the rights of the table.

    Rights that are not there yet (a migration to an older state) are left out; a test holds that all of them exist.
    """
    from django.contrib.auth.models import Group, Permission

    known = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.select_related("content_type")
    }
    for role, rights in ROLES.items():
        group, _created = Group.objects.get_or_create(name=role)
        group.permissions.set([known[right] for right in sorted(rights) if right in known])
