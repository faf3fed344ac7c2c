"""The back office in a real browser: nothing serious for axe, no sideways scroll, nothing from another host."""

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Browser, Page, sync_playwright

from customers.imports.work import carry_on
from customers.models import ImportRun, Purchase, Segment
from loyalty_site.models import DoctorReport
from loyalty_site.roles import sync_roles
from orders.models import Order
from points.models import EarningAction, Entry
from promocodes.models import PromoCode
from tests.backoffice.customer_pages import customer_pages
from tests.customers.segment_rows import rfm
from tests.customers.test_rfm_map import move, place
from tests.factories import (
    NOW,
    AmbassadorFactory,
    CampaignFactory,
    CardFactory,
    CustomerFactory,
    DuplicateFactory,
    MembershipPlanFactory,
    PurchaseFactory,
    ReferralFactory,
    RewardFactory,
    SegmentFactory,
)
from tests.notifications.rows import letter_to_write
from tests.points.rows import earn, segment_grant, waiting_correction
from tests.promocodes.rows import make_batch

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=False)]
# Playwright's loop would make Django think it is asked from asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_as(browser: Browser, live_server: Any, as_role: Any) -> Iterator[Any]:
    """A page signed in as a role: `open_as("manager", width=390, dark=True)`."""
    sync_roles()
    contexts = []

    def opened(role: str, *, width: int = 1280, dark: bool = False) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        cookies = {name: morsel.value for name, morsel in as_role(role).cookies.items()}
        context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()])
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def _pages(code: PromoCode, placed: Order) -> dict[str, str]:
    batch, campaign, segment = make_batch(), CampaignFactory.create(budget=1000), SegmentFactory.create()
    customer, action = CustomerFactory.create(), EarningAction.objects.create(code="review", name="Review", amount=50)
    earn(customer, 100, "earn:order:1", order_ref=placed.ref)
    asked = waiting_correction(customer, 1000)
    DoctorReport.objects.create(
        ran_at=NOW, seconds=1, findings={"points_fact_once": {"count": 1, "offenders": [{"fact": "earn:order:1"}]}}
    )
    card = CardFactory.create()
    for days in (70, 40, 1):
        PurchaseFactory.create(customer=customer, paid_at=NOW - timedelta(days=days))
    move(place(5, 5), "at_risk", "champions", -1)
    why = f"?promo_code={code.code}&sku=SHIRT-1&quantity=1&channel=site&customer=&email=&phone=&delivery=&at="
    return {
        "home": reverse("admin:index"),
        "codes": reverse("admin:promocodes_promocode_changelist"),
        "new code": reverse("admin:promocodes_promocode_add"),
        "code": reverse("admin:promocodes_promocode_page", args=[code.pk]),
        "edit": reverse("admin:promocodes_promocode_edit", args=[code.pk]),
        "batches": reverse("admin:promocodes_batch_changelist"),
        "batch": reverse("admin:promocodes_batch_page", args=[batch.pk]),
        "campaigns": reverse("admin:promocodes_campaign_changelist"),
        "campaign": reverse("admin:promocodes_campaign_change", args=[campaign.pk]),
        "report": reverse("admin_code_report") + "?compare=on&group=day",
        "why not": reverse("admin_why_not") + why,
        "orders": reverse("admin:orders_order_changelist"),
        "new order": reverse("admin:orders_order_add"),
        "order": reverse("admin:orders_order_page", args=[placed.pk]),
        "customers": reverse("admin:customers_customer_changelist"),
        "customer": reverse("admin:customers_customer_change", args=[placed.customer_id]),
        "segments": reverse("admin:customers_segment_changelist"),
        "segment": reverse("admin:customers_segment_change", args=[segment.pk]),
        "products": reverse("admin:orders_product_changelist"),
        "new product": reverse("admin:orders_product_add"),
        "categories": reverse("admin:orders_category_changelist"),
        "delivery": reverse("admin:orders_deliverymethod_changelist"),
        "points": reverse("admin:customers_customer_change", args=[customer.pk]),
        "correct points": reverse("admin:points_customer_correct", args=[customer.pk]),
        "corrections": reverse("admin:points_pendingadjustment_changelist"),
        "correction": reverse("admin:points_pendingadjustment_page", args=[asked.pk]),
        "ledger": reverse("admin:points_entry_changelist"),
        "entry": reverse("admin:points_entry_change", args=[Entry.objects.order_by("-pk")[0].pk]),
        "actions": reverse("admin:points_earningaction_changelist"),
        "action": reverse("admin:points_earningaction_change", args=[action.pk]),
        "new action": reverse("admin:points_earningaction_add"),
        "grants": reverse("admin:points_segmentgrant_changelist"),
        "grant": reverse("admin:points_segmentgrant_page", args=[segment_grant(amount=10).pk]),
        "new grant": reverse("admin:points_segmentgrant_add"),
        "points report": reverse("admin_points_report"),
        "report on customers": reverse("admin_customer_report") + "?compare=on",
        "RFM map": reverse("admin_rfm_map"),
        "messages": reverse("admin:notifications_outboxmessage_changelist"),
        "message": reverse("admin:notifications_outboxmessage_page", args=[letter_to_write().pk]),
        "staff": reverse("admin:customers_user_changelist"),
        "new staff": reverse("admin:customers_user_add"),
        "programme": reverse("admin_programme"),
        "keys": reverse("admin:loyalty_site_apikey_changelist"),
        "new key": reverse("admin:loyalty_site_apikey_add"),
        "schedule": reverse("admin:django_celery_beat_periodictask_changelist"),
        "audit": reverse("admin_audit"),
        "doctor": reverse("admin:loyalty_site_doctorreport_changelist"),
        "ladder": reverse("admin_ladder"),
        "ladder editor": reverse("admin_ladder_edit"),
        "discount ladders": reverse("admin_discount_steps"),
        "cards": reverse("admin:tiers_card_changelist"),
        "card": reverse("admin:tiers_card_page", args=[card.pk]),
        "import of cards": reverse("admin:tiers_card_import"),
        "plans": reverse("admin:tiers_membershipplan_changelist"),
        "plan": reverse("admin:tiers_membershipplan_change", args=[MembershipPlanFactory.create().pk]),
        "memberships": reverse("admin:tiers_membership_changelist"),
        **_referral_pages(placed),
        **customer_pages(placed.customer),
        "section": reverse("admin:app_list", args=["promocodes"]),
    }


def _referral_pages(placed: Order) -> dict[str, str]:
    """An ambassador's friend whose first order was paid for, and a friend of that friend."""
    ambassador = AmbassadorFactory.create()
    reward = RewardFactory.create(
        referral=ReferralFactory.create(
            referrer=None,
            ambassador=ambassador,
            newcomer=placed.customer,
            first_order_ref=placed.ref,
            first_ordered_at=NOW,
            first_order_amount=4000,
        ),
        payee=None,
        ambassador=ambassador,
        kind="money",
        order_ref=placed.ref,
        status="paid",
        qualified_at=NOW - timedelta(days=20),
        paid_at=NOW,
    )
    ReferralFactory.create(referrer=placed.customer, newcomer=CustomerFactory.create())
    return {
        "referrals": reverse("admin:referrals_referral_changelist"),
        "referral": reverse("admin:referrals_referral_page", args=[reward.referral_id]),
        "rewards": reverse("admin:referrals_reward_changelist"),
        "ambassadors": reverse("admin:referrals_ambassador_changelist"),
        "ambassador": reverse("admin:referrals_ambassador_page", args=[ambassador.pk]) + "?month=2026-06",
        "ambassador editor": reverse("admin:referrals_ambassador_edit", args=[ambassador.pk]),
        "new ambassador": reverse("admin:referrals_ambassador_add"),
    }


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_no_page_has_serious_faults(width: int, dark: bool, open_as: Any, code: PromoCode, placed: Order) -> None:
    page, faults = open_as("administrator", width=width, dark=dark), []
    page.on("pageerror", lambda error: faults.append((page.url, str(error))))
    page.on("request", lambda asked: _is_ours(page, asked.url) or faults.append(("host", asked.url)))
    for name, address in _pages(code, placed).items():
        page.goto(address)
        # What fetches once it is there is left alone until it has: a script cut short would be a fault of the test.
        if page.locator("[data-rule], [data-editor], [hx-trigger], canvas").count():
            page.wait_for_load_state("networkidle")
        faults += [(name, fault) for fault in _serious(page)]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            faults.append((name, "scrolls sideways"))
    assert faults == []


def test_the_main_job_of_a_manager(open_as: Any, shop: Any) -> None:
    """Typed, summed up in words, made, activated, copied."""
    page = open_as("manager")
    page.goto(reverse("admin:promocodes_promocode_add"))
    page.fill("[name=value]", "5")
    page.fill("[name=minimum_order]", "1000")
    page.wait_for_selector("#summary >> text=5% off the whole order from")
    page.wait_for_selector("#summary >> text=On a sample basket")
    page.check("[name=type][value=free_shipping]")
    assert page.is_hidden("[name=value]")
    page.wait_for_selector("#summary >> text=Free delivery from")
    page.check("[name=type][value=percent]")
    assert page.input_value("[name=value]") == "5"
    page.click("text=Create the promo code")
    page.wait_for_selector("text=is made. It is a draft until it is activated.")
    page.click("button:text-is('Activate')")
    page.wait_for_selector("text=is activated.")
    page.click("text=Copy the code")
    page.wait_for_selector("#copied:text-is('Copied')")


def _is_ours(page: Page, address: str) -> bool:
    return address.startswith(("data:", "blob:", "http://localhost", "http://127.0.0.1"))


def test_the_ladder_is_tried_out_by_keyboard_and_saved(open_as: Any) -> None:
    """Enter in a field previews, and only what was previewed is saved."""
    page = open_as("administrator")
    page.goto(reverse("admin_ladder_edit"))
    page.fill("[name=tier-1-threshold_amount]", "20000")
    page.press("[name=tier-1-threshold_amount]", "Enter")
    page.wait_for_selector("text=Nobody would move.")
    assert _serious(page) == []
    page.click("text=Save this ladder")
    page.wait_for_selector("text=The ladder is saved.")


def test_pages_are_seen_where_no_script_runs(browser: Browser, live_server: Any, as_role: Any) -> None:
    sync_roles()
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    cookies = {name: morsel.value for name, morsel in as_role("administrator").cookies.items()}
    context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()])
    page = context.new_page()
    page.goto(reverse("admin_ladder_edit"))
    page.fill("[name=tier-1-threshold_amount]", "20000")
    page.click("[name=_preview] >> nth=-1")
    page.click("text=Save this ladder")
    page.wait_for_selector("text=The ladder is saved.")
    context.close()


SALES = (
    "Отчёт о продажах;;;\r\nНомер;Дата;Сумма;Телефон\r\n"
    "А-1;01.05.2026;1\N{NO-BREAK SPACE}234,50;8 (916) 123-45-67\r\n"
    'А-2;02.05.2026;"500,00";8 (916) 123-45-67\r\nА-3;вчера;1;8 (916) 123-45-67\r\n'
)


def test_purchases_are_imported_and_taken_back(open_as: Any, settings: Any, tmp_path: Any) -> None:
    """A Windows-1251 file chosen, its columns found, checked, imported and undone; the worker's part is done here."""
    settings.MEDIA_ROOT, settings.CUSTOMERS_IMPORTED = tmp_path, []
    page, faults = open_as("manager", width=390, dark=True), []
    page.on("pageerror", lambda error: faults.append(("script", str(error))))
    page.on("console", lambda said: said.type == "error" and faults.append(("console", said.text)))

    def work() -> None:
        carry_on(ImportRun.objects.get().pk)
        page.wait_for_selector("[data-progress-url]", state="detached")
        faults.extend((page.url, fault) for fault in _serious(page))

    page.goto(reverse("admin:customers_importrun_add"))
    file = {"name": "sales.csv", "mimeType": "text/csv", "buffer": SALES.encode("cp1251")}
    page.set_input_files("[name=file]", file)
    page.click("button:text-is('Upload')")
    assert page.input_value("[name=encoding]") == "cp1251"
    assert (page.input_value("[name=header_line]"), page.input_value("[name=column_goods_amount]")) == ("2", "2")
    page.wait_for_selector("td:text-is('₽1,234.50')")
    page.click("text=Check the whole file")
    page.wait_for_selector("text=Rows read")
    work()
    page.wait_for_selector("text=Line 5: date of the purchase: “вчера” is not a date")
    page.check("[name=skip]")
    page.click("button:text-is('Import')")
    page.wait_for_selector("[data-progress-url]")
    work()
    assert Purchase.objects.filter(customer__phone="+79161234567").count() == 2
    page.click("summary:text-is('Take the import back')")
    page.click("text=Yes, take it back")
    page.wait_for_selector("[data-progress-url]")
    work()
    page.wait_for_selector("text=Taken back: purchases – 2, customers – 1")
    assert (faults, Purchase.objects.count()) == ([], 0)


def test_two_records_of_one_person_are_merged_side_by_side(open_as: Any) -> None:
    """From the first page to the pair; the newer one's mailbox is kept, the reason asked for and remembered."""
    older = CustomerFactory.create(email="older@shop.test", first_name="Older")
    newer = CustomerFactory.create(email="newer@shop.test", first_name="Newer")
    DuplicateFactory.create(first=older, second=newer)
    page = open_as("manager")
    page.goto(reverse("admin:index"))
    page.click("section:has-text('Possible duplicates') >> text=Show")
    page.click("#result_list .field-pair a")
    page.check(f"[name=kept_email][value='{newer.pk}']")
    page.click("button:text-is('Merge')")
    page.wait_for_selector("text=Give the reason: it stays in the history.")
    assert page.is_checked(f"[name=kept_email][value='{newer.pk}']")
    page.fill("[name=reason]", "Called: one person")
    page.click("button:text-is('Merge')")
    page.wait_for_selector("text=Merged: the two records are one customer now.")
    assert _serious(page) == []
    page.click("dd a:text-is('Older')")
    page.wait_for_selector("a:text-is('newer@shop.test')")


def test_a_segment_with_a_group_is_built_counted_and_saved(open_as: Any) -> None:
    """Each choice brings its fields, each key the count with some of those found; then the segment is saved."""
    first = CustomerFactory.create(first_name="First")
    rfm(first, orders=3)
    rfm(CustomerFactory.create(first_name="Second"), orders=1, is_vip=True)
    rfm(CustomerFactory.create(first_name="Third"), orders=1)
    page = open_as("manager")
    page.goto(reverse("admin:customers_segment_rule_add"))
    page.fill("[name=name]", "Best of all")
    page.click("[name=_group]")
    page.wait_for_selector("[name='field.0-1-0']")
    page.click("[name=_remove][value='0-0']")
    page.wait_for_selector("[name='field.0-0-0']")
    page.select_option("[name='field.0-0-0']", "orders")
    page.fill("[name='v.0-0-0.count']", "3")
    page.wait_for_selector("#rule-found >> text=customer now")
    page.click("[name=_add][value='0-0']")
    page.select_option("[name='field.0-0-1']", "vip")
    page.wait_for_selector("#rule-found >> text=customers now")
    sample = page.locator("#rule-found li").all_inner_texts()
    assert (page.inner_text("#rule-found .bo-kpi__value"), sorted(sample)) == ("2", ["First", "Second"])
    assert _serious(page) == []
    page.click("text=Save the segment")
    page.wait_for_selector("text=Saved: Best of all. Its customers are being looked for.")
    assert Segment.objects.get(name="Best of all").rule == {
        "all": [{"any": [{"field": "orders", "op": "at_least", "value": 3}, {"field": "vip", "op": "yes"}]}]
    }


def _serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [fault["id"] for fault in found if fault["impact"] in ("serious", "critical")]
