"""Role × page, from the table of roles: an address without a row here fails (S-1)."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from customers.models import (
    ConsentText,
    CustomerNote,
    ErasedCustomer,
    ErasureRequest,
    ImportRun,
    Merge,
    Tag,
    User,
)
from loyalty_site.models import ApiKey, DoctorReport
from loyalty_site.roles import ROLES, sync_roles
from orders.models import Category, Order
from points.models import CalendarDay, EarningAction, Entry
from promocodes.models import PromoCode
from tests.factories import (
    NOW,
    AmbassadorFactory,
    CampaignFactory,
    CardFactory,
    DuplicateFactory,
    MembershipPlanFactory,
    OccasionFactory,
    ReviewFactory,
    RewardFactory,
    SegmentFactory,
)
from tests.notifications.rows import message
from tests.points.rows import adjust, gift, segment_grant, waiting_correction
from tests.promocodes.rows import make_batch
from tiers.models import Membership

EVERYBODY = "everybody on the staff"

# Address → the right to look at it. POST-only addresses answer 405 to who has the right.
RIGHTS = {
    "admin:index": EVERYBODY,
    "admin:search": EVERYBODY,
    "admin:jsi18n": EVERYBODY,
    "admin:password_change": EVERYBODY,
    "admin:password_change_done": EVERYBODY,
    "admin:autocomplete": None,
    "admin:login": None,
    "admin:logout": None,
    "admin:view_on_site": None,
    "admin:app_list": None,
    "admin_why_not": "orders.check_code",
    "admin_ladder": "tiers.view_ladder",
    "admin_ladder_edit": "tiers.view_ladder",
    "admin_discount_steps": "tiers.view_discountstep",
    "admin:tiers_card_changelist": "tiers.view_card",
    "admin:tiers_card_add": "nobody",
    "admin:tiers_card_import": "tiers.add_card",
    "admin:tiers_card_page": "tiers.view_card",
    "admin:tiers_card_change": "tiers.view_card",
    "admin:tiers_card_attach": "tiers.change_card",
    "admin:tiers_card_detach": "tiers.change_card",
    "admin:tiers_card_block": "tiers.change_card",
    "admin:tiers_card_unblock": "tiers.change_card",
    "admin:tiers_membershipplan_changelist": "tiers.view_membershipplan",
    "admin:tiers_membershipplan_add": "tiers.add_membershipplan",
    "admin:tiers_membershipplan_change": "tiers.view_membershipplan",
    "admin:tiers_membership_changelist": "tiers.view_membership",
    "admin:tiers_membership_add": "nobody",
    "admin:tiers_membership_change": "tiers.view_membership",
    "admin_code_report": "promocodes.view_report",
    "admin_code_report_csv": "promocodes.view_report",
    "admin_code_report_xlsx": "promocodes.view_report",
    "admin_points_report": "points.view_report",
    "admin_points_report_csv": "points.view_report",
    "admin_points_report_xlsx": "points.view_report",
    "admin:referrals_referral_changelist": "referrals.view_referral",
    "admin:referrals_referral_add": "nobody",
    "admin:referrals_referral_page": "referrals.view_referral",
    "admin:referrals_referral_change": "referrals.view_referral",
    "admin:referrals_customer_stop": "referrals.decide_review",
    "admin:referrals_customer_resume": "referrals.decide_review",
    "admin:referrals_review_changelist": "referrals.view_review",
    "admin:referrals_review_add": "nobody",
    "admin:referrals_review_page": "referrals.view_review",
    "admin:referrals_review_change": "referrals.view_review",
    "admin:referrals_review_approve": "referrals.decide_review",
    "admin:referrals_review_reject": "referrals.decide_review",
    "admin:referrals_review_stop": "referrals.decide_review",
    "admin:referrals_reward_changelist": "referrals.view_reward",
    "admin:referrals_reward_add": "nobody",
    "admin:referrals_reward_change": "referrals.view_reward",
    "admin:referrals_ambassador_changelist": "referrals.view_ambassador",
    "admin:referrals_ambassador_add": "referrals.add_ambassador",
    "admin:referrals_ambassador_page": "referrals.view_ambassador",
    "admin:referrals_ambassador_change": "referrals.view_ambassador",
    "admin:referrals_ambassador_edit": "referrals.change_ambassador",
    "admin:referrals_ambassador_qr_svg": "referrals.view_ambassador",
    "admin:referrals_ambassador_qr_png": "referrals.view_ambassador",
    "admin:referrals_ambassador_csv": "referrals.view_ambassador",
    "admin:referrals_ambassador_xlsx": "referrals.view_ambassador",
    "admin_referral_report": "referrals.view_report",
    "admin_referral_report_csv": "referrals.view_report",
    "admin_referral_report_xlsx": "referrals.view_report",
    "admin:points_entry_changelist": "points.view_entry",
    "admin:points_entry_add": "nobody",
    "admin:points_entry_change": "points.view_entry",
    "admin:points_pendingadjustment_changelist": "points.view_pendingadjustment",
    "admin:points_pendingadjustment_add": "nobody",
    "admin:points_pendingadjustment_page": "points.view_pendingadjustment",
    "admin:points_pendingadjustment_change": "points.view_pendingadjustment",
    "admin:points_pendingadjustment_confirm": "points.confirm_adjustment",
    "admin:points_pendingadjustment_refuse": "points.adjust_points",
    "admin:points_customer_correct": "points.adjust_points",
    "admin:points_segmentgrant_changelist": "points.view_segmentgrant",
    "admin:points_segmentgrant_add": "points.add_segmentgrant",
    "admin:points_segmentgrant_page": "points.view_segmentgrant",
    "admin:points_segmentgrant_change": "points.view_segmentgrant",
    "admin:points_segmentgrant_progress": "points.view_segmentgrant",
    "admin:points_segmentgrant_confirm": "points.confirm_adjustment",
    "admin:points_segmentgrant_refuse": "points.view_segmentgrant",
    "admin:points_earningaction_changelist": "points.view_earningaction",
    "admin:points_earningaction_add": "points.add_earningaction",
    "admin:points_earningaction_change": "points.view_earningaction",
    "admin:points_occasion_changelist": "points.view_occasion",
    "admin:points_occasion_add": "points.add_occasion",
    "admin:points_occasion_change": "points.view_occasion",
    "admin:points_occasion_page": "points.view_occasion",
    "admin:points_occasion_preview": "points.view_occasion",
    "admin:points_occasion_switch_on": "points.change_occasion",
    "admin:points_occasion_switch_off": "points.change_occasion",
    "admin:points_occasion_confirm": "points.confirm_adjustment",
    "admin:points_occasiongift_changelist": "points.view_occasiongift",
    "admin:points_occasiongift_add": "nobody",
    "admin:points_occasiongift_change": "points.view_occasiongift",
    "admin:points_calendarday_changelist": "points.view_calendarday",
    "admin:points_calendarday_add": "points.add_calendarday",
    "admin:points_calendarday_change": "points.view_calendarday",
    "admin:points_calendarday_year": "points.view_calendarday",
    "admin_customer_report": "customers.view_reports",
    "admin_customer_report_csv": "customers.view_reports",
    "admin_customer_report_xlsx": "customers.view_reports",
    "admin_rfm_map": "customers.view_reports",
    "admin_rfm_map_csv": "customers.view_reports",
    "admin_rfm_map_xlsx": "customers.view_reports",
    "admin_rfm_map_reckon": "customers.change_segment",
    "admin_programme": "customers.view_programme",
    "admin_audit": "pghistory.view_context",
    "admin_customer_download": "customers.export_customer",
    "admin_customer_read": "customers.export_customer",
    "admin_customer_erase": "customers.erase_customer",
    "admin_customer_merge": "customers.merge_customer",
    "admin:customers_duplicate_changelist": "customers.view_duplicate",
    "admin:customers_duplicate_add": "nobody",
    "admin:customers_duplicate_change": "customers.view_duplicate",
    "admin:customers_duplicate_page": "customers.view_duplicate",
    "admin:customers_duplicate_different": "customers.merge_customer",
    "admin:customers_duplicate_look": "customers.merge_customer",
    "admin:customers_merge_changelist": "customers.view_merge",
    "admin:customers_merge_add": "nobody",
    "admin:customers_merge_change": "customers.view_merge",
    "admin:customers_merge_page": "customers.view_merge",
    "admin:customers_erasurerequest_changelist": "customers.view_erasurerequest",
    "admin:customers_erasurerequest_add": "nobody",
    "admin:customers_erasurerequest_change": "customers.view_erasurerequest",
    "admin:customers_erasedcustomer_changelist": "customers.view_erasedcustomer",
    "admin:customers_erasedcustomer_add": "nobody",
    "admin:customers_erasedcustomer_change": "customers.view_erasedcustomer",
    "admin:customers_consenttext_changelist": "customers.view_consenttext",
    "admin:customers_consenttext_add": "customers.add_consenttext",
    "admin:customers_consenttext_change": "customers.view_consenttext",
    "admin:promocodes_promocode_changelist": "promocodes.view_promocode",
    "admin:promocodes_promocode_add": "promocodes.add_promocode",
    "admin:promocodes_promocode_summary": "promocodes.view_promocode",
    "admin:promocodes_promocode_page": "promocodes.view_promocode",
    "admin:promocodes_promocode_change": "promocodes.view_promocode",
    "admin:promocodes_promocode_edit": "promocodes.change_promocode",
    "admin:promocodes_promocode_activate": "promocodes.activate_promocode",
    "admin:promocodes_promocode_deactivate": "promocodes.activate_promocode",
    "admin:promocodes_promocode_qr_svg": "promocodes.view_promocode",
    "admin:promocodes_promocode_qr_png": "promocodes.view_promocode",
    "admin:promocodes_batch_changelist": "promocodes.view_batch",
    "admin:promocodes_batch_add": "promocodes.add_batch",
    "admin:promocodes_batch_page": "promocodes.view_batch",
    "admin:promocodes_batch_change": "promocodes.view_batch",
    "admin:promocodes_batch_progress": "promocodes.view_batch",
    "admin:promocodes_batch_activate": "promocodes.activate_promocode",
    "admin:promocodes_batch_deactivate": "promocodes.activate_promocode",
    "admin:promocodes_batch_end": "promocodes.change_promocode",
    "admin:promocodes_batch_csv": "promocodes.add_batch",
    "admin:promocodes_batch_xlsx": "promocodes.add_batch",
    "admin:promocodes_campaign_changelist": "promocodes.view_campaign",
    "admin:promocodes_campaign_add": "promocodes.add_campaign",
    "admin:promocodes_campaign_change": "promocodes.view_campaign",
    "admin:orders_order_changelist": "orders.view_order",
    "admin:orders_order_add": "orders.add_order",
    "admin:orders_order_page": "orders.view_order",
    "admin:orders_order_change": "orders.view_order",
    "admin:orders_order_pay": "orders.pay_order",
    "admin:orders_order_complete": "orders.change_order",
    "admin:orders_order_cancel": "orders.change_order",
    "admin:orders_order_refund": "orders.refund_order",
    "admin:orders_product_changelist": "orders.view_product",
    "admin:orders_product_add": "orders.add_product",
    "admin:orders_product_change": "orders.view_product",
    "admin:orders_category_changelist": "orders.view_category",
    "admin:orders_category_add": "orders.add_category",
    "admin:orders_category_change": "orders.view_category",
    "admin:orders_deliverymethod_changelist": "orders.view_deliverymethod",
    "admin:orders_deliverymethod_add": "orders.add_deliverymethod",
    "admin:orders_deliverymethod_change": "orders.view_deliverymethod",
    "admin:notifications_outboxmessage_changelist": "notifications.view_outboxmessage",
    "admin:notifications_outboxmessage_add": "nobody",
    "admin:notifications_outboxmessage_page": "notifications.view_outboxmessage",
    "admin:notifications_outboxmessage_change": "notifications.view_outboxmessage",
    "admin:notifications_outboxmessage_letter": "notifications.view_outboxmessage",
    "admin:notifications_outboxmessage_resend": "notifications.resend",
    "admin:customers_customer_changelist": "customers.view_customer",
    "admin:customers_customer_add": "customers.add_customer",
    "admin:customers_customer_change": "customers.view_customer",
    "admin:customers_customer_timeline": "customers.view_customer",
    "admin:customers_customer_note": "customers.add_customernote",
    "admin:customers_note_strike": "customers.change_customernote",
    "admin:customers_note_pin": "customers.change_customernote",
    "admin:customers_customer_tag": "customers.change_customer",
    "admin:customers_customer_untag": "customers.change_customer",
    "admin:customers_customer_manager": "customers.change_customer",
    "admin:customers_customer_code": "promocodes.add_promocode",
    "admin:customers_tag_changelist": "customers.view_tag",
    "admin:customers_tag_add": "customers.add_tag",
    "admin:customers_tag_change": "customers.view_tag",
    "admin:customers_segment_changelist": "customers.view_segment",
    "admin:customers_segment_add": "customers.add_segment",
    "admin:customers_segment_change": "customers.view_segment",
    "admin:customers_segment_rule_add": "customers.add_segment",
    "admin:customers_segment_rule": "customers.change_segment",
    "admin:customers_segment_builder": "customers.view_segment",
    "admin:customers_segment_count": "customers.view_segment",
    "admin:customers_segment_members": "customers.view_segment",
    "admin:customers_segment_csv": "customers.export_customer",
    "admin:customers_segment_xlsx": "customers.export_customer",
    "admin:customers_segment_archive": "customers.change_segment",
    "admin:customers_segment_restore": "customers.change_segment",
    "admin:customers_importrun_changelist": "customers.import_customer",
    "admin:customers_importrun_add": "customers.import_customer",
    "admin:customers_importrun_page": "customers.import_customer",
    "admin:customers_importrun_change": "customers.import_customer",
    "admin:customers_importrun_columns": "customers.import_customer",
    "admin:customers_importrun_start": "customers.import_customer",
    "admin:customers_importrun_stop": "customers.import_customer",
    "admin:customers_importrun_undo": "customers.import_customer",
    "admin:customers_importrun_progress": "customers.import_customer",
    "admin:customers_importrun_wrong": "customers.import_customer",
    "admin:customers_importrun_sample_csv": "customers.import_customer",
    "admin:customers_importrun_sample_xlsx": "customers.import_customer",
    "admin:customers_user_changelist": "customers.view_user",
    "admin:customers_user_add": "customers.add_user",
    "admin:customers_user_change": "customers.view_user",
    "admin:loyalty_site_apikey_changelist": "loyalty_site.view_apikey",
    "admin:loyalty_site_apikey_add": "loyalty_site.add_apikey",
    "admin:loyalty_site_apikey_change": "loyalty_site.view_apikey",
    "admin:loyalty_site_apikey_revoke": "loyalty_site.change_apikey",
    "admin:loyalty_site_doctorreport_changelist": "loyalty_site.view_doctorreport",
    "admin:loyalty_site_doctorreport_change": "loyalty_site.view_doctorreport",
    "admin:loyalty_site_doctorreport_add": "nobody",
    "admin:django_celery_beat_periodictask_changelist": "django_celery_beat.view_periodictask",
    "admin:django_celery_beat_periodictask_change": "django_celery_beat.view_periodictask",
    "admin:django_celery_beat_periodictask_add": "nobody",
}
ALLOWED = {200, 302, 400, 404, 405, 422}


def _names(patterns: list[Any], space: str = "") -> set[str]:
    found: set[str] = set()
    for entry in patterns:
        if isinstance(entry, URLResolver):
            found |= _names(entry.url_patterns, f"{entry.namespace}:" if entry.namespace else space)
        elif isinstance(entry, URLPattern) and entry.name:
            found.add(space + entry.name)
    return found


def _admin_addresses() -> set[str]:
    under_admin = [entry for entry in get_resolver().url_patterns if str(entry.pattern) == "admin/"]
    return _names(under_admin)


def test_every_address_of_the_back_office_has_its_right_named() -> None:
    named = {name for name in _admin_addresses() if not name.endswith(("_delete", "_history"))}
    assert named == set(RIGHTS)


def test_only_administrators_change_what_the_ladder_gives() -> None:
    changers = {role for role, rights in ROLES.items() if "tiers.change_ladder" in rights}
    keepers = {role for role, rights in ROLES.items() if "tiers.change_card" in rights}
    assert (changers, keepers) == ({"administrator"}, {"manager", "administrator"})


def test_every_right_of_the_table_exists() -> None:
    known = {f"{p.content_type.app_label}.{p.codename}" for p in Permission.objects.select_related("content_type")}
    assert {right for rights in ROLES.values() for right in rights} - known == set()


def test_no_role_may_delete_anything() -> None:
    assert [right for rights in ROLES.values() for right in rights if ".delete_" in right] == []


def test_creating_and_activating_are_different_rights() -> None:
    makers = {role for role, rights in ROLES.items() if "promocodes.add_promocode" in rights}
    activators = {role for role, rights in ROLES.items() if "promocodes.activate_promocode" in rights}
    assert (makers, activators) == ({"manager", "marketer", "administrator"}, {"manager", "administrator"})


def test_groups_hold_exactly_the_rights_of_the_table() -> None:
    group = Group.objects.get(name="support")
    group.permissions.add(Permission.objects.get(codename="activate_promocode"))
    sync_roles()
    held = {f"{p.content_type.app_label}.{p.codename}" for p in group.permissions.select_related("content_type")}
    assert held == ROLES["support"]


@pytest.mark.parametrize("role", [*ROLES, "customer"])
def test_a_role_sees_what_the_table_gives_it(role: str, as_role: Any, shop: Any, code: PromoCode) -> None:
    rows = _a_row_of_everything(shop, code)
    client = as_role(role)
    wrong = []
    for name, right in RIGHTS.items():
        if right is None:
            continue
        status = client.get(_address(name, rows)).status_code
        may = right in ROLES.get(role, ()) or (right == EVERYBODY and role in ROLES)
        is_right = status in ALLOWED - {302} if may else status == (403 if role in ROLES else 302)
        if name.endswith(("search", "password_change_done")) or (may and status == 302):
            is_right = is_right or may
        if not is_right:
            wrong.append((name, status))
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_nothing_can_be_deleted(role: str, as_role: Any, shop: Any, code: PromoCode) -> None:
    rows, client = _a_row_of_everything(shop, code), as_role(role)
    addresses = [name for name in _admin_addresses() if name.endswith("_delete")]
    assert {client.post(_address(name, rows), {"post": "yes"}).status_code for name in addresses} == {403}


def test_an_action_may_not_be_asked_for_without_its_right(as_role: Any, code: PromoCode) -> None:
    code.switch = None
    code.save(update_fields=["switch"])
    answer = as_role("marketer").post(reverse("admin:promocodes_promocode_activate", args=[code.pk]))
    code.refresh_from_db()
    assert (answer.status_code, code.switch) == (403, None)


def test_the_bulk_action_is_not_offered_without_its_right(as_role: Any, code: PromoCode) -> None:
    chosen = {"action": "deactivate_selected", "_selected_action": [code.pk], "confirmed": "1"}
    as_role("marketer").post(reverse("admin:promocodes_promocode_changelist"), chosen)
    code.refresh_from_db()
    assert code.switch is True


def _address(name: str, rows: dict[str, int]) -> str:
    """Addresses of one object take its key; its model's name is the one among the words of the address."""
    if name.startswith("admin_customer_") and name.endswith(("_download", "_read", "_erase", "_merge")):
        return reverse(name, args=[rows["customer"]])
    of_none = ("_changelist", "_add", "_summary", "_import", "_preview", "_year", "_builder", "_count", "_look")
    if name.endswith(of_none):
        return reverse(name)
    key = next((rows[word] for word in name.partition(":")[2].split("_") if word in rows), None)
    return reverse(name, args=[] if key is None else [key])


def _a_row_of_everything(shop: Any, code: PromoCode) -> dict[str, int]:
    every_minute = IntervalSchedule.objects.create(every=1, period="minutes")
    order = Order.objects.create(
        channel="site", goods_total=100, total=100, placed_at=NOW, pay_until=NOW, quote={"explanation": []}
    )
    adjust(shop["customer"], 10)
    plan = MembershipPlanFactory.create()
    membership = Membership.objects.create(
        customer=shop["customer"],
        plan=plan,
        tier=plan.tier,
        order_ref=order.ref,
        fee_amount=0,
        starts_at=NOW,
        ends_at=NOW + timedelta(days=30),
    )
    reward = RewardFactory.create()
    occasion = OccasionFactory.create()
    pair = DuplicateFactory.create()
    merge = Merge.objects.create(survivor=pair.first, absorbed=pair.second, reason="one person", merged_at=NOW)
    wished = ErasureRequest.objects.create(customer=shop["customer"], source="staff", asked_at=NOW, due_at=NOW)
    return {
        "erasurerequest": wished.pk,
        "erasedcustomer": ErasedCustomer.objects.create(customer_key=10**6, public_id=uuid4(), erased_at=NOW).pk,
        "consenttext": ConsentText.objects.create(purpose="email", version=9, text="x", written_at=NOW).pk,
        "note": CustomerNote.objects.create(customer=shop["customer"], text="x", written_at=NOW).pk,
        "tag": Tag.objects.create(code="blogger", name="Blogger").pk,
        "duplicate": pair.pk,
        "merge": merge.pk,
        "referral": reward.referral_id,
        "reward": reward.pk,
        "review": ReviewFactory.create(referral=reward.referral).pk,
        "ambassador": AmbassadorFactory.create().pk,
        "card": CardFactory.create().pk,
        "membershipplan": plan.pk,
        "membership": membership.pk,
        "outboxmessage": message(shop["customer"]).pk,
        "segmentgrant": segment_grant(amount=10).pk,
        "occasiongift": gift(occasion, shop["customer"]).pk,
        "occasion": occasion.pk,
        "calendarday": CalendarDay.objects.create(day=NOW.date(), is_off=True).pk,
        "entry": Entry.objects.order_by("pk")[0].pk,
        "pendingadjustment": waiting_correction(shop["customer"], 1000).pk,
        "earningaction": EarningAction.objects.create(code="review", name="Review", amount=50).pk,
        "promocode": code.pk,
        "batch": make_batch().pk,
        "campaign": CampaignFactory.create().pk,
        "order": order.pk,
        "product": shop["shirt"].pk,
        "category": Category.objects.order_by("pk")[0].pk,
        "deliverymethod": shop["courier"].pk,
        "customer": shop["customer"].pk,
        "segment": SegmentFactory.create().pk,
        "importrun": ImportRun.objects.create(kind="purchases", file_name="file.csv", made_at=NOW).pk,
        "user": User.objects.create_user("another@shop.test", is_staff=True).pk,
        "apikey": ApiKey.objects.create(name="Till", prefix="loy_", key_hash="0" * 64, scopes=["orders"]).pk,
        "doctorreport": DoctorReport.objects.create(ran_at=NOW, seconds=1).pk,
        "periodictask": PeriodicTask.objects.create(name="Task", task="t", interval=every_minute).pk,
    }
