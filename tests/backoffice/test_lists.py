"""Batches, campaigns, customers, segments, the catalogue, settings, keys, audit: through services only."""

import io
import zipfile
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.forms import model_to_dict
from django.test import Client
from django.urls import reverse
from django.utils import translation

from customers.models import Consent, Customer, Programme, Segment
from customers.queries import programme
from loyalty_site.admin import every_text
from loyalty_site.models import ApiKey
from orders.models import Category, DeliveryMethod, Order, Product
from promocodes.models import Batch, Campaign, PromoCode
from tests.factories import CampaignFactory, CustomerFactory
from tests.promocodes.rows import make_batch, make_code

SETTINGS = {
    "percent_policy": "best",
    "unpaid_order_ttl_minutes": "30",
    "base_earn_percent": "12",
    "point_value": "0.5",
    "points_cap_percent": "30",
    "points_hold_days": "14",
    "points_life_days": "180",
    "points_grace_days": "14",
    "first_purchase_bonus": "300",
    "second_person_points": "",
    "referrer_reward_kind": "percent_code",
    "referrer_reward": "10",
    "referee_reward_kind": "fixed_code",
    "referee_reward": "300",
    "referee_reward_at": "first_order",
    "referral_code_days": "30",
    "referral_minimum_order": "1 000.50",
    "referral_hold_days": "7",
    "referral_visit_days": "60",
    "referral_day_limit": "3",
    "referral_month_limit": "20",
    "referral_review_score": "40",
    "referral_block_score": "90",
    "referral_burst_count": "4",
    "rfm_window_days": "180",
    "rfm_vip_percent": "3",
    "rfm_vip_amount": "",
    "erasure_days": "7",
}
REFERRAL_NAMES = [name for name in SETTINGS if name.startswith(("referral_", "referrer_", "referee_"))]


@pytest.fixture
def batch() -> Batch:
    batch = make_batch(count=3, created_count=2)
    for text in ("BATCHCODE1", "BATCHCODE2"):
        make_code(switch=None, terms=batch.terms, code=text)
    return batch


def test_progress_of_a_batch_is_polled(manager: Client, batch: Batch) -> None:
    answer = manager.get(reverse("admin:promocodes_batch_progress", args=[batch.pk]))
    assert answer.json() == {"made": 2, "count": 3, "is_finished": False, "text": "2 of 3"}


def test_codes_of_a_batch_are_downloaded(manager: Client, batch: Batch) -> None:
    csv = manager.get(reverse("admin:promocodes_batch_csv", args=[batch.pk]))
    assert b"".join(csv.streaming_content).decode("utf-8-sig").split() == ["code,uses", "BATCHCODE1,0", "BATCHCODE2,0"]
    xlsx = manager.get(reverse("admin:promocodes_batch_xlsx", args=[batch.pk]))
    with zipfile.ZipFile(io.BytesIO(b"".join(xlsx.streaming_content))) as book:
        assert "xl/worksheets/sheet1.xml" in book.namelist()


def test_support_may_not_carry_codes_away(as_role: Any, batch: Batch) -> None:
    assert as_role("support").get(reverse("admin:promocodes_batch_csv", args=[batch.pk])).status_code == 403


def test_a_batch_is_switched_as_a_whole(manager: Client, batch: Batch) -> None:
    manager.post(reverse("admin:promocodes_batch_activate", args=[batch.pk]))
    batch.refresh_from_db()
    assert (batch.switch, PromoCode.objects.filter(switch__isnull=False).count()) == (True, 0)
    answer = manager.get(reverse("admin:promocodes_promocode_changelist"), {"batch": batch.pk, "state": "active"})
    assert len(answer.context["cl"].result_list) == 2


def test_the_end_of_a_batch_is_moved_but_not_into_the_past(manager: Client, batch: Batch) -> None:
    address = reverse("admin:promocodes_batch_end", args=[batch.pk])
    refused = manager.post(address, {"ends_on": "2026-06-01"})
    assert (refused.status_code, list(refused.context["end_form"].errors)) == (422, ["ends_on"])
    assert manager.post(address, {"ends_on": "2026-12-31"}).status_code == 302


def test_a_campaign_is_made_and_its_budget_changed(manager: Client) -> None:
    typed = {"name": "June", "budget": "1000", "budget_policy": "cut", "note": ""}
    manager.post(reverse("admin:promocodes_campaign_add"), typed)
    campaign = Campaign.objects.get()
    assert (campaign.name, campaign.budget, campaign.budget_policy) == ("June", Decimal(1000), "cut")
    manager.post(reverse("admin:promocodes_campaign_change", args=[campaign.pk]), typed | {"budget": "2000"})
    campaign.refresh_from_db()
    assert campaign.budget == Decimal(2000)


def test_a_taken_name_of_a_campaign_is_said_beside_the_field(manager: Client) -> None:
    CampaignFactory.create(name="June")
    answer = manager.post(reverse("admin:promocodes_campaign_add"), {"name": "June", "budget_policy": "refuse"})
    assert answer.context["form"].errors == {"name": ["There is a campaign of this name already."]}


def test_a_customer_is_registered_and_changed(manager: Client) -> None:
    typed = {"first_name": "Buyer", "email": "New@Shop.test", "phone": "8 912 345-00-02", "consents": ["email"]}
    manager.post(reverse("admin:customers_customer_add"), typed)
    customer = Customer.objects.get()
    assert (customer.email, str(customer.phone)) == ("new@shop.test", "+79123450002")
    assert list(Consent.objects.filter(withdrawn_at=None).values_list("purpose", flat=True)) == ["email"]
    address = reverse("admin:customers_customer_change", args=[customer.pk])
    manager.post(address, typed | {"last_name": "Second", "consents": []})
    customer.refresh_from_db()
    assert (customer.last_name, Consent.objects.filter(withdrawn_at=None).count()) == ("Second", 0)


def test_a_taken_email_is_said_beside_the_field(manager: Client) -> None:
    CustomerFactory.create(email="one@shop.test")
    answer = manager.post(reverse("admin:customers_customer_add"), {"email": "one@shop.test"})
    assert list(answer.context["form"].errors) == ["email"]


def test_customer_page_shows_orders_and_uses(manager: Client, placed: Order) -> None:
    answer = manager.get(reverse("admin:customers_customer_change", args=[placed.customer_id]))
    assert list(answer.context["orders"]) == [placed]
    assert [row["use"].promo_code.code for row in answer.context["uses"]] == ["K7XQ4M9TWD"]


@pytest.mark.parametrize("typed", ["one@shop", "Фамил", "8 (912) 345-00-01", "№{pk}"])
def test_customers_are_found_by_what_people_know(typed: str, manager: Client) -> None:
    wanted = CustomerFactory.create(email="one@shop.test", last_name="Фамилия", phone="+79123450001")
    CustomerFactory.create(email="two@other.test")
    answer = manager.get(reverse("admin:customers_customer_changelist"), {"q": typed.format(pk=wanted.pk)})
    assert list(answer.context["cl"].result_list) == [wanted]


def test_a_segment_takes_customers_by_email_and_number(manager: Client) -> None:
    one, two = CustomerFactory.create(email="one@shop.test"), CustomerFactory.create()
    typed = {"code": "vip", "name": "VIP", "added": f"One@shop.test\n{two.pk}", "removed": ""}
    manager.post(reverse("admin:customers_segment_add"), typed)
    segment = Segment.objects.get(kind="list")
    assert set(segment.customers.all()) == {one, two}
    address = reverse("admin:customers_segment_change", args=[segment.pk])
    manager.post(address, typed | {"added": "", "removed": "one@shop.test"})
    assert set(segment.customers.all()) == {two}


def test_a_segment_refuses_people_nobody_knows(manager: Client) -> None:
    typed = {"code": "vip", "name": "VIP", "added": "nobody@shop.test\nx"}
    answer = manager.post(reverse("admin:customers_segment_add"), typed)
    assert answer.context["form"].errors == {"added": ["No such customers: nobody@shop.test, x."]}
    assert not Segment.objects.filter(kind="list").exists()


def test_catalogue_is_written_through_services(manager: Client, shop: Any) -> None:
    category = {"slug": "coats", "name": "Coats", "parent": "cleaning", "earns_points": "on"}
    manager.post(reverse("admin:orders_category_add"), category)
    assert Category.objects.get(slug="coats").ancestry == ["cleaning", "coats"]
    product = {"sku": "COAT-1", "name": "Coat", "price": "1900", "category": "coats", "is_active": "on"}
    manager.post(reverse("admin:orders_product_add"), product)
    assert Product.objects.get(sku="COAT-1").category.slug == "coats"
    method = {"code": "pickup", "name": "Pick-up", "price": "0", "position": "1", "is_active": "on"}
    manager.post(reverse("admin:orders_deliverymethod_add"), method)
    assert DeliveryMethod.objects.get(code="pickup").price == 0


def test_settings_of_the_programme_are_saved(as_role: Any) -> None:
    as_role("administrator").post(reverse("admin_programme"), SETTINGS)
    saved = Programme.objects.get()
    assert (saved.percent_policy, saved.unpaid_order_ttl_minutes, saved.base_earn_percent) == (
        "best",
        30,
        12,
    )
    assert (saved.point_value, saved.points_life_days, saved.second_person_points) == (
        Decimal("0.50"),
        180,
        None,
    )


def test_settings_of_referrals_are_saved(as_role: Any) -> None:
    as_role("administrator").post(reverse("admin_programme"), SETTINGS)
    assert Programme.objects.values_list(*REFERRAL_NAMES).get() == (
        "percent_code",
        10,
        "fixed_code",
        300,
        "first_order",
        30,
        Decimal("1000.50"),
        7,
        60,
        3,
        20,
        40,
        90,
        4,
    )


def test_what_referrals_promise_is_said_beside_the_settings(as_role: Any) -> None:
    administrator = as_role("administrator")
    said = administrator.get(reverse("admin_programme")).context["promise"]
    assert [one.replace("\N{NO-BREAK SPACE}", " ") for one in said] == [
        "Who invites gets 300 points, 14 days after the friend's first order.",
        "More than 10 friends a day or 50 a month wait for a look by staff.",
    ]
    administrator.post(reverse("admin_programme"), SETTINGS)
    said = administrator.get(reverse("admin_programme")).context["promise"]
    assert said[:3] == [
        "Who invites gets a promo code for 10% off, 7 days after the friend's first order.",
        "The friend gets a promo code for ₽300 at the same time.",
        "The first order counts from ₽1,000.50 of goods.",
    ]
    administrator.post(reverse("admin_programme"), SETTINGS | {"referrer_reward": "0", "referee_reward": "0"})
    said = administrator.get(reverse("admin_programme")).context["promise"]
    assert said == ["Invitations bring nothing to anybody."]


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("referrer_reward", "101"),
        ("referee_reward", "-1"),
        ("referral_hold_days", "3651"),
        ("referral_code_days", "0"),
        ("referral_visit_days", "366"),
        ("referral_block_score", "39"),
        ("referral_burst_count", "0"),
        ("point_value", "0"),
        ("points_cap_percent", "101"),
        ("points_hold_days", "-1"),
        ("points_life_days", "0"),
        ("points_grace_days", "40000"),
        ("first_purchase_bonus", "many"),
        ("second_person_points", "1.5"),
    ],
)
def test_a_wrong_setting_is_said_beside_its_field(field: str, typed: str, as_role: Any) -> None:
    answer = as_role("administrator").post(reverse("admin_programme"), SETTINGS | {field: typed})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert model_to_dict(programme()) == model_to_dict(Programme(pk=1))


def test_a_key_is_shown_once_and_revoked(as_role: Any) -> None:
    administrator = as_role("administrator")
    answer = administrator.post(reverse("admin:loyalty_site_apikey_add"), {"name": "Till", "scopes": ["orders"]})
    key, text = answer.context["made"]
    assert (text in answer.content.decode(), "no-store" in answer["Cache-Control"]) == (True, True)
    page = administrator.get(reverse("admin:loyalty_site_apikey_change", args=[key.pk])).content.decode()
    assert text not in page
    administrator.post(reverse("admin:loyalty_site_apikey_revoke", args=[key.pk]))
    assert ApiKey.objects.get().revoked_at is not None


def test_audit_trail_names_who_changed_what(as_role: Any, manager: Client, code: PromoCode) -> None:
    manager.post(reverse("admin:promocodes_promocode_deactivate", args=[code.pk]))
    answer = as_role("administrator").get(reverse("admin_audit"), {"kind": "promocodes.promocodeevent"})
    newest = answer.context["events"][0]
    assert (newest["who"], newest["key"], str(newest["action"])) == ("manager@shop.test", code.pk, "deactivated")


def test_a_role_makes_an_account_staff_and_its_lack_takes_it_away(as_role: Any, staff: Any) -> None:
    administrator, support = as_role("administrator"), staff("support")
    address = reverse("admin:customers_user_change", args=[support.pk])
    administrator.post(address, {"email": support.email, "is_active": "on", "groups": []})
    support.refresh_from_db()
    assert support.is_staff is False


def test_nobody_raises_himself_above_the_table(as_role: Any, staff: Any) -> None:
    owner = staff("manager")
    owner.is_superuser = True
    owner.save()
    answer = as_role("administrator").post(
        reverse("admin:customers_user_change", args=[owner.pk]), {"email": "taken@shop.test", "is_active": "on"}
    )
    owner.refresh_from_db()
    assert (answer.status_code, owner.email) == (403, "manager@shop.test")


@pytest.mark.parametrize(
    ("seconds", "russian"),
    [
        (60, "раз в 1\N{NO-BREAK SPACE}минуту"),
        (300, "раз в 5\N{NO-BREAK SPACE}минут"),
        (3600, "раз в 1\N{NO-BREAK SPACE}час"),
        (86400, "раз в 24\N{NO-BREAK SPACE}часа"),
    ],
)
def test_schedule_says_how_often_in_the_right_plural(seconds: int, russian: str) -> None:
    with translation.override("ru"):
        assert every_text(timedelta(seconds=seconds)) == russian
