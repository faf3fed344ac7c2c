"""Referrals in the back office: lists, one referral, ambassadors with their statements (R-3, R-6)."""

import io
import zipfile
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from referrals.models import Ambassador, Referral, Reward
from tests.factories import (
    NOW,
    AmbassadorFactory,
    CustomerFactory,
    ReferralFactory,
    RewardFactory,
    TakenBackFactory,
    VisitFactory,
)

NBSP = "\N{NO-BREAK SPACE}"
TYPED = {
    "name": "Partner",
    "customer": "",
    "email": "",
    "code": "",
    "rate_type": "percent",
    "rate": "5",
    "paid_in": "money",
    "every_order": "",
    "period_days": "",
    "day_limit": "",
    "month_limit": "",
    "is_active": "on",
    "note": "",
}


def found(client: Client, model: str, **asked: Any) -> list[Any]:
    return list(client.get(reverse(f"admin:referrals_{model}_changelist"), asked).context["cl"].result_list)


def paid(ambassador: Ambassador, **more: Any) -> Reward:
    """100 roubles for goods of 2,000, paid on 5 April."""
    newcomer = CustomerFactory.create(first_name="=SUM(A1)", last_name="Friend")
    referral = ReferralFactory.create(ambassador=ambassador, referrer=None, newcomer=newcomer)
    moments = {
        "qualified_at": datetime(2026, 3, 1, tzinfo=UTC),
        "due_at": datetime(2026, 3, 15, tzinfo=UTC),
        "paid_at": datetime(2026, 4, 5, tzinfo=UTC),
    }
    sums = {"amount": Decimal("100.00"), "base_amount": Decimal("2000.00")}
    back_at = more.pop("back_at", None)
    values = {"payee": None, "kind": "money", "status": "paid", **moments, **sums, **more}
    reward = RewardFactory.create(referral=referral, ambassador=ambassador, **values)
    if back_at:
        TakenBackFactory.create(reward=reward, amount=reward.taken_back_amount, taken_back_at=back_at)
    return reward


# Lists


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("model", ["referral", "reward", "ambassador"])
def test_a_list_takes_as_many_queries_for_three_rows_as_for_one(
    model: str, count: int, manager: Client, django_assert_num_queries: Any
) -> None:
    for _number in range(count):
        paid(AmbassadorFactory.create())
    expected = {"referral": 7, "reward": 7, "ambassador": 8}[model]
    with django_assert_num_queries(expected):
        assert len(found(manager, model)) == count


def test_referrals_are_found_by_people_code_and_order(manager: Client) -> None:
    anna, boris = CustomerFactory.create(last_name="First", email="anna@shop.test"), CustomerFactory.create()
    one = ReferralFactory.create(referrer=anna, newcomer=boris, code="ABCDEFGH")
    RewardFactory.create(referral=one, order_ref="order:1042")
    ReferralFactory.create(code="HGFEDCBA")
    for typed in ("first", "anna@shop", "abcd-efgh", "1042", f"№ {boris.pk}"):
        assert found(manager, "referral", q=typed) == [one]
        assert [reward.referral for reward in found(manager, "reward", q=typed)] == [one]
    assert found(manager, "referral", q="nobody") == []


def test_referrals_are_filtered_by_state_channel_and_period(manager: Client) -> None:
    old = ReferralFactory.create(registered_at=datetime(2026, 4, 1, tzinfo=UTC), via="telegram")
    ordered = ReferralFactory.create(first_order_ref="order:1", first_ordered_at=NOW)
    held = RewardFactory.create(referral__first_order_ref="order:2", referral__first_ordered_at=NOW, status="held")
    assert found(manager, "referral", state="registered") == [old]
    assert set(found(manager, "referral", state="ordered")) == {ordered, held.referral}
    assert found(manager, "referral", state="held") == [held.referral]
    assert found(manager, "referral", via__exact="telegram") == [old]
    assert set(found(manager, "referral", period="month")) == {ordered, held.referral}
    assert found(manager, "referral", period="last_month") == []
    assert found(manager, "referral", by=str(old.referrer_id)) == [old]


def test_referral_of_an_ambassador_is_filtered_by_him(manager: Client) -> None:
    mine = paid(AmbassadorFactory.create())
    RewardFactory.create()
    assert found(manager, "referral", ambassador=str(mine.ambassador_id)) == [mine.referral]
    assert found(manager, "reward", ambassador="any") == [mine]


def test_state_of_a_referral_is_that_of_its_newest_standing_reward(manager: Client) -> None:
    referral = ReferralFactory.create()
    RewardFactory.create(referral=referral, status="paid", paid_at=NOW, qualified_at=datetime(2026, 5, 1, tzinfo=UTC))
    RewardFactory.create(referral=referral, status="cancelled", is_single=False, qualified_at=NOW)
    assert [row.status for row in found(manager, "referral")] == ["paid"]


def test_page_of_a_referral_shows_terms_and_rewards(manager: Client, placed: Any) -> None:
    referral = ReferralFactory.create(
        newcomer_kind="fixed_code", newcomer_amount=300, first_order_ref=placed.ref, first_ordered_at=NOW
    )
    reward = RewardFactory.create(referral=referral, order_ref=placed.ref)
    answer = manager.get(reverse("admin:referrals_referral_page", args=[referral.pk]))
    assert answer.context["terms"] == [
        ("The referrer gets", f"300{NBSP}points"),
        ("The newcomer gets", "a promo code for ₽300, at registration"),
        ("Rewards wait", "14 days"),
        ("The first order counts from", "—"),
        ("Friends of the referrer", "at most 10 a day, 50 a month"),
    ]
    [row] = answer.context["rewards"]
    address = reverse("admin:orders_order_change", args=[placed.pk])
    assert (row["reward"], row["text"], row["order"][:2]) == (reward, f"300{NBSP}points", (placed.number, address))


def test_reward_leads_to_its_referral(manager: Client) -> None:
    reward = RewardFactory.create()
    answer = manager.get(reverse("admin:referrals_reward_change", args=[reward.pk]))
    assert answer["Location"] == reverse("admin:referrals_referral_page", args=[reward.referral_id])


def test_referrals_and_rewards_are_only_read(as_role: Any) -> None:
    reward, administrator = RewardFactory.create(), as_role("administrator")
    assert administrator.get(reverse("admin:referrals_reward_add")).status_code == 403
    assert administrator.get(reverse("admin:referrals_referral_add")).status_code == 403
    address = reverse("admin:referrals_referral_page", args=[reward.referral_id])
    before = Referral.objects.values().get()
    administrator.post(address, {"code": "ANOTHER"})
    assert Referral.objects.values().get() == before


# Ambassadors


def test_ambassador_is_made_in_the_form(manager: Client) -> None:
    customer = CustomerFactory.create(email="one@shop.test")
    typed = TYPED | {"customer": "One@shop.test", "code": "summer 26x", "paid_in": "points", "month_limit": "5"}
    answer = manager.post(reverse("admin:referrals_ambassador_add"), typed)
    made = Ambassador.objects.get()
    assert answer["Location"] == reverse("admin:referrals_ambassador_page", args=[made.pk])
    assert (made.customer, made.code, made.rate, made.month_limit) == (customer, "SUMMER26X", Decimal(5), 5)


def test_terms_are_changed_in_the_form_and_told_in_the_history(manager: Client) -> None:
    made = AmbassadorFactory.create(name="Partner", email="")
    address = reverse("admin:referrals_ambassador_edit", args=[made.pk])
    assert manager.get(address).context["form"].initial["code"] == made.code
    manager.post(address, TYPED | {"rate": "7.5", "is_active": ""})
    answer = manager.get(reverse("admin:referrals_ambassador_page", args=[made.pk]))
    [edit, first] = answer.context["changes"]
    assert (first.is_new, edit.who) == (True, "manager@shop.test")
    assert edit.fields == (("rate", "10", "7.5"), ("active", "yes", "no"))


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("customer", "nobody@shop.test", "No customer has this e-mail, phone or number."),
        ("code", "EIGHT234", "Codes of customers have 8 characters, so an ambassador's has more or less."),
        ("rate", "101", "A percent of the order is at most 100 %."),
        ("paid_in", "points", "Points need an account: name the customer, or pay in money."),
    ],
)
def test_wrong_terms_are_said_beside_their_field(field: str, typed: str, said: str, manager: Client) -> None:
    answer = manager.post(reverse("admin:referrals_ambassador_add"), TYPED | {field: typed})
    assert (answer.status_code, answer.context["form"].errors) == (422, {field: [said]})
    assert not Ambassador.objects.exists()


def test_only_those_with_the_right_change_terms(as_role: Any) -> None:
    made, marketer = AmbassadorFactory.create(), as_role("marketer")
    page = marketer.get(reverse("admin:referrals_ambassador_page", args=[made.pk]))
    assert (page.status_code, page.context["may_edit"]) == (200, False)
    assert marketer.post(reverse("admin:referrals_ambassador_edit", args=[made.pk]), TYPED).status_code == 403


def test_page_of_an_ambassador_shows_totals_friends_and_statement(
    manager: Client, django_assert_num_queries: Any
) -> None:
    ambassador = AmbassadorFactory.create()
    VisitFactory.create(ambassador=ambassador, referrer=None)
    reward = paid(ambassador, taken_back_amount=Decimal(30), back_at=NOW)
    with django_assert_num_queries(13):
        context = manager.get(
            reverse("admin:referrals_ambassador_page", args=[ambassador.pk]), {"month": "2026-04"}
        ).context
    assert (context["totals"].visits, context["totals"].registered) == (1, 1)
    assert [one["value"] for one in context["sums"]] == ["₽100", "0", "₽30"]
    assert [row["referral"] for row in context["friends"]] == [reward.referral]
    assert [(row["label"], row["earned"], row["taken_back"], row["net"]) for row in context["months"]] == [
        ("June 2026", "₽0", "−₽30", "−₽30"),
        ("April 2026", "₽100", "", "₽100"),
    ]
    assert [(row["name"], row["amount"]) for row in context["lines"]] == [("=SUM(A1) Friend", "₽100")]


@pytest.mark.parametrize("month", ["2026-13", "2026", "june", "2026-4"])
def test_month_that_is_none_shows_no_lines(month: str, manager: Client) -> None:
    address = reverse("admin:referrals_ambassador_page", args=[AmbassadorFactory.create().pk])
    assert manager.get(address, {"month": month}).context["month"] is None


def test_statement_is_downloaded(manager: Client) -> None:
    ambassador = AmbassadorFactory.create(code="SUMMER26X")
    paid(ambassador, taken_back_amount=Decimal(30), back_at=datetime(2026, 4, 20, tzinfo=UTC))
    answer = manager.get(reverse("admin:referrals_ambassador_csv", args=[ambassador.pk]))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert text.splitlines() == [
        'Month,Paid in,Friends,Orders,"Goods, roubles",Earned,Taken back,In total',
        "2026-04,money,1,1,2000.00,100.00,30.00,70.00",
    ]
    assert answer["Content-Disposition"] == 'attachment; filename="statement-SUMMER26X.csv"'


def test_lines_of_a_month_are_downloaded_and_are_no_formulas(manager: Client) -> None:
    ambassador = AmbassadorFactory.create(code="SUMMER26X")
    paid(ambassador, order_ref="order:1042")
    address = reverse("admin:referrals_ambassador_csv", args=[ambassador.pk])
    answer = manager.get(address, {"month": "2026-04"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert text.splitlines() == [
        'When,Friend,Order,"Goods, roubles",Paid in,Amount',
        "2026-04-05 03:00:00,'=SUM(A1) Friend,1042,2000.00,money,100.00",
    ]
    sheet = manager.get(reverse("admin:referrals_ambassador_xlsx", args=[ambassador.pk]), {"month": "2026-04"})
    assert sheet["Content-Disposition"] == 'attachment; filename="statement-SUMMER26X-2026-04.xlsx"'
    book = zipfile.ZipFile(io.BytesIO(b"".join(sheet.streaming_content)))
    assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(("kind", "begins"), [("svg", b"<?xml"), ("png", b"\x89PNG")])
def test_qr_is_downloaded(kind: str, begins: bytes, manager: Client) -> None:
    ambassador = AmbassadorFactory.create(code="SUMMER26X")
    answer = manager.get(reverse(f"admin:referrals_ambassador_qr_{kind}", args=[ambassador.pk]))
    assert answer.content.startswith(begins)
    assert answer["Content-Disposition"] == f'attachment; filename="SUMMER26X.{kind}"'


def test_ambassadors_are_found_and_filtered(manager: Client) -> None:
    customer = CustomerFactory.create(email="one@shop.test", last_name="Buyer")
    own = AmbassadorFactory.create(name="Blogger", code="BLOGGER77", customer=customer)
    partner = AmbassadorFactory.create(name="Studio", is_active=False)
    for typed in ("blog", "blogger-77", "one@", "buyer"):
        assert found(manager, "ambassador", q=typed) == [own]
    assert found(manager, "ambassador", who="partners") == [partner]
    assert found(manager, "ambassador", who="customers") == [own]
    assert found(manager, "ambassador", is_active__exact="0") == [partner]


# A customer's page, an order's page


def part_of(client: Client, customer: Any) -> Any:
    return client.get(reverse("admin:customers_customer_change", args=[customer.pk])).context["referrals"]


def test_customer_page_tells_how_he_came_and_whom_he_brought(manager: Client) -> None:
    own = ReferralFactory.create()
    reward = RewardFactory.create(referral__referrer=own.newcomer, referral__newcomer=CustomerFactory.create())
    leaf = ReferralFactory.create(referrer=reward.referral.newcomer, newcomer=CustomerFactory.create())
    part = part_of(manager, own.newcomer)
    assert (part["own"], part["chain"], part["terms"][0]) == (own, [own], ("The referrer gets", f"300{NBSP}points"))
    assert [(row["referral"], [one["text"] for one in row["rewards"]]) for row in part["brought"]] == [
        (reward.referral, [f"300{NBSP}points"])
    ]
    [branch] = part["tree"]
    assert [below.customer for below in branch.branches] == [leaf.newcomer]


def test_customer_page_of_somebody_alone(manager: Client) -> None:
    part = part_of(manager, CustomerFactory.create())
    assert (part["own"], part["brought"], part["tree"], part["stopped"]) == (None, [], (), None)
    assert "/r/" in part["link"].url


@pytest.mark.parametrize("count", [1, 3])
def test_customer_page_takes_as_many_queries_for_three_friends_as_for_one(
    count: int, manager: Client, django_assert_num_queries: Any
) -> None:
    customer = CustomerFactory.create()
    for _number in range(count):
        RewardFactory.create(referral__referrer=customer, referral__newcomer=CustomerFactory.create())
    address = reverse("admin:customers_customer_change", args=[customer.pk])
    manager.get(address)
    with django_assert_num_queries(56):
        manager.get(address)


def test_order_page_tells_what_it_brought(manager: Client, placed: Any) -> None:
    reward = RewardFactory.create(
        referral__newcomer=placed.customer,
        referral__referrer=None,
        referral__ambassador=AmbassadorFactory.create(),
        referral__first_order_ref=placed.ref,
        referral__first_ordered_at=NOW,
        payee=CustomerFactory.create(),
        order_ref=placed.ref,
    )
    part = manager.get(reverse("admin:orders_order_page", args=[placed.pk])).context["referral"]
    assert (part["referral"], part["is_first"]) == (reward.referral, True)
    assert [(row["reward"], row["text"]) for row in part["rewards"]] == [(reward, f"300{NBSP}points")]


def test_order_page_tells_of_a_first_order_that_brought_nothing(manager: Client, placed: Any) -> None:
    referral = ReferralFactory.create(first_order_ref=placed.ref, first_ordered_at=NOW)
    part = manager.get(reverse("admin:orders_order_page", args=[placed.pk])).context["referral"]
    assert part == {"referral": referral, "is_first": True, "rewards": []}


def test_order_page_says_nothing_of_an_order_without_a_friend(manager: Client, placed: Any) -> None:
    assert manager.get(reverse("admin:orders_order_page", args=[placed.pk])).context["referral"] is None


def test_referrer_is_stopped_and_invites_again(manager: Client, staff: Any) -> None:
    reward = RewardFactory.create()
    customer = reward.referral.referrer
    manager.post(reverse("admin:referrals_customer_stop", args=[customer.pk]), {"reason": "Fakes"})
    reward.refresh_from_db()
    stopped = part_of(manager, customer)["stopped"]
    assert (reward.status, stopped.stop_reason, stopped.stopped_by) == ("rejected", "Fakes", staff("manager"))
    manager.post(reverse("admin:referrals_customer_resume", args=[customer.pk]), {"reason": "A mistake"})
    assert part_of(manager, customer)["stopped"] is None


def test_referrer_is_not_stopped_without_a_reason(manager: Client) -> None:
    reward = RewardFactory.create()
    customer = reward.referral.referrer
    manager.post(reverse("admin:referrals_customer_stop", args=[customer.pk]), {"reason": " "})
    reward.refresh_from_db()
    assert (reward.status, part_of(manager, customer)["stopped"]) == ("pending", None)


def test_support_may_not_stop_anybody(as_role: Any) -> None:
    customer, support = CustomerFactory.create(), as_role("support")
    assert part_of(support, customer)["may_stop"] is False
    assert (
        support.post(reverse("admin:referrals_customer_stop", args=[customer.pk]), {"reason": "x"}).status_code == 403
    )
