"""How the back office looks: names, colours, side navigation. Read by settings, so it imports no models."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _


def _may(*rights: str) -> Callable[[HttpRequest], bool]:
    return lambda request: any(request.user.has_perm(right) for right in rights)


def _item(title: Any, icon: str, url: str, *rights: str) -> dict[str, Any]:
    item = {"title": title, "icon": icon, "link": reverse_lazy(url)}
    return {**item, "permission": _may(*rights)} if rights else item


NAVIGATION = [
    {"items": [_item(_("Today"), "home", "admin:index")]},
    {
        "title": _("Promo codes"),
        "items": [
            _item(
                _("Codes"),
                "sell",
                "admin:promocodes_promocode_changelist",
                "promocodes.view_promocode",
            ),
            _item(
                _("Batches"),
                "stacks",
                "admin:promocodes_batch_changelist",
                "promocodes.view_batch",
            ),
            _item(
                _("Campaigns"),
                "campaign",
                "admin:promocodes_campaign_changelist",
                "promocodes.view_campaign",
            ),
            _item(
                _("Usage report"),
                "monitoring",
                "admin_code_report",
                "promocodes.view_report",
            ),
            _item(_("Why not?"), "troubleshoot", "admin_why_not", "orders.check_code"),
        ],
    },
    {
        "title": _("Points"),
        "items": [
            _item(_("Ledger"), "receipt", "admin:points_entry_changelist", "points.view_entry"),
            _item(
                _("Corrections"),
                "approval",
                "admin:points_pendingadjustment_changelist",
                "points.view_pendingadjustment",
            ),
            _item(
                _("Grants to segments"),
                "redeem",
                "admin:points_segmentgrant_changelist",
                "points.view_segmentgrant",
            ),
            _item(
                _("Actions that earn"),
                "volunteer_activism",
                "admin:points_earningaction_changelist",
                "points.view_earningaction",
            ),
            _item(_("Holiday bonuses"), "cake", "admin:points_occasion_changelist", "points.view_occasion"),
            _item(_("Points report"), "account_balance", "admin_points_report", "points.view_report"),
        ],
    },
    {
        "title": _("Tiers"),
        "items": [
            _item(_("The ladder"), "stairs", "admin_ladder", "tiers.view_ladder"),
            _item(_("Discount ladders"), "percent", "admin_discount_steps", "tiers.view_discountstep"),
            _item(_("Cards"), "credit_card", "admin:tiers_card_changelist", "tiers.view_card"),
            _item(_("Memberships"), "card_membership", "admin:tiers_membership_changelist", "tiers.view_membership"),
            _item(
                _("Membership plans"),
                "workspace_premium",
                "admin:tiers_membershipplan_changelist",
                "tiers.view_membershipplan",
            ),
        ],
    },
    {
        "title": _("Referrals"),
        "items": [
            _item(_("Who brought whom"), "group_add", "admin:referrals_referral_changelist", "referrals.view_referral"),
            _item(_("Under review"), "policy", "admin:referrals_review_changelist", "referrals.view_review"),
            _item(_("Rewards"), "redeem", "admin:referrals_reward_changelist", "referrals.view_reward"),
            _item(
                _("Ambassadors"),
                "record_voice_over",
                "admin:referrals_ambassador_changelist",
                "referrals.view_ambassador",
            ),
            _item(_("Report on referrals"), "diversity_3", "admin_referral_report", "referrals.view_report"),
        ],
    },
    {
        "title": _("Reports on customers"),
        "items": [
            _item(_("RFM map"), "grid_view", "admin_rfm_map", "customers.view_reports"),
            _item(_("LTV, retention, frequency"), "query_stats", "admin_customer_report", "customers.view_reports"),
        ],
    },
    {
        "title": _("Shop"),
        "items": [
            _item(
                _("Orders"),
                "receipt_long",
                "admin:orders_order_changelist",
                "orders.view_order",
            ),
            _item(
                _("Customers"),
                "group",
                "admin:customers_customer_changelist",
                "customers.view_customer",
            ),
            _item(
                _("Possible duplicates"),
                "join_inner",
                "admin:customers_duplicate_changelist",
                "customers.view_duplicate",
            ),
            _item(_("Merges"), "merge", "admin:customers_merge_changelist", "customers.view_merge"),
            _item(
                _("Segments"),
                "groups",
                "admin:customers_segment_changelist",
                "customers.view_segment",
            ),
            _item(_("Tags"), "label", "admin:customers_tag_changelist", "customers.view_tag"),
            _item(
                _("Requests to be forgotten"),
                "person_off",
                "admin:customers_erasurerequest_changelist",
                "customers.view_erasurerequest",
            ),
            _item(
                _("Texts of consents"),
                "contract",
                "admin:customers_consenttext_changelist",
                "customers.view_consenttext",
            ),
            _item(
                _("Imports"),
                "upload_file",
                "admin:customers_importrun_changelist",
                "customers.import_customer",
            ),
            _item(
                _("Messages"),
                "mail",
                "admin:notifications_outboxmessage_changelist",
                "notifications.view_outboxmessage",
            ),
            _item(
                _("Products"),
                "inventory_2",
                "admin:orders_product_changelist",
                "orders.view_product",
            ),
            _item(
                _("Categories"),
                "account_tree",
                "admin:orders_category_changelist",
                "orders.view_category",
            ),
            _item(
                _("Delivery methods"),
                "local_shipping",
                "admin:orders_deliverymethod_changelist",
                "orders.view_deliverymethod",
            ),
        ],
    },
    {
        "title": _("Administration"),
        "items": [
            _item(
                _("Staff"),
                "badge",
                "admin:customers_user_changelist",
                "customers.view_user",
            ),
            _item(
                _("Programme settings"),
                "tune",
                "admin_programme",
                "customers.view_programme",
            ),
            _item(
                _("API keys"),
                "key",
                "admin:loyalty_site_apikey_changelist",
                "loyalty_site.view_apikey",
            ),
            _item(
                _("Schedule"),
                "schedule",
                "admin:django_celery_beat_periodictask_changelist",
                "django_celery_beat.view_periodictask",
            ),
            _item(_("Audit trail"), "history", "admin_audit", "pghistory.view_context"),
            _item(
                _("Self-check"),
                "health_and_safety",
                "admin:loyalty_site_doctorreport_changelist",
                "loyalty_site.view_doctorreport",
            ),
        ],
    },
]

UNFOLD = {
    "SITE_TITLE": _("Back office"),
    "SITE_HEADER": _("Back office"),
    "SITE_SUBHEADER": _("Promo codes and loyalty"),
    "SITE_SYMBOL": "loyalty",
    "SITE_URL": "/",
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "SHOW_BACK_BUTTON": True,
    "DASHBOARD_CALLBACK": "loyalty_site.backoffice.home.dashboard",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("img/favicon.svg")}],
    "STYLES": [lambda request: static("css/backoffice.css")],
    "SCRIPTS": [lambda request: static("js/admin-common.js"), lambda request: static("js/admin-charts.js")],
    "SIDEBAR": {
        "show_search": False,
        "show_all_applications": False,
        "navigation": NAVIGATION,
    },
    "ACCOUNT": {
        "navigation": [
            {
                "title": _("Change password"),
                "link": reverse_lazy("account_change_password"),
            },
            {"title": _("Second factor"), "link": reverse_lazy("mfa_index")},
        ]
    },
    "COLORS": {
        "primary": {
            "50": "oklch(97.1% .014 250)",
            "100": "oklch(93.6% .03 250)",
            "200": "oklch(88.5% .058 250)",
            "300": "oklch(81% .1 250)",
            "400": "oklch(72% .14 250)",
            "500": "oklch(64% .17 250)",
            "600": "oklch(52% .19 255)",
            "700": "oklch(46% .18 257)",
            "800": "oklch(40% .15 258)",
            "900": "oklch(35% .12 258)",
            "950": "oklch(27% .08 258)",
        },
        "font": {
            "subtle-light": "var(--color-base-600)",
            "subtle-dark": "var(--color-base-400)",
            "default-light": "var(--color-base-700)",
            "default-dark": "var(--color-base-200)",
            "important-light": "var(--color-base-900)",
            "important-dark": "var(--color-base-50)",
        },
    },
}
