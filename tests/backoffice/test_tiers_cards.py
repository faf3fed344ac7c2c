"""Cards, their import, membership plans and memberships in the back office."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from orders.models import Order
from tests.factories import NOW, CardFactory, CustomerFactory, MembershipPlanFactory, ProductFactory
from tests.tiers.rows import day
from tiers.models import Card, Membership, MembershipPlan, Tier
from tiers.rules.card_rows import CardRow, CardRowError, card_rows

CARDS = "admin:tiers_card_changelist"
IMPORT = "admin:tiers_card_import"


def rows(text: str) -> list[CardRow | CardRowError]:
    return list(card_rows(text))


@pytest.mark.parametrize(
    "text",
    [
        "number,percent,customer\n1000-0001,5.5,a@shop.test\n",
        "Номер карты;Скидка, %;E-mail\n1000 0001;5,5 %;a@shop.test\n",
        "\ufeffпокупатель\tпримечание\tпроцент\tномер\na@shop.test\tлюбая\t5,5\t10000001\n",
    ],
)
def test_columns_are_known_by_their_headings(text: str) -> None:
    assert rows(text) == [CardRow(2, "10000001", Decimal("5.50"), "a@shop.test")]


def test_without_headings_the_order_counts_and_the_rest_may_be_missing() -> None:
    assert rows("ab-12cd;7\n\n10000002\n") == [
        CardRow(1, "AB12CD", Decimal("7.00")),
        CardRow(3, "10000002", Decimal("0.00")),
    ]


def test_mistakes_are_told_line_by_line() -> None:
    assert rows("12;5\n10000001;500\n10000002;5\n1000-0002;6\nКАРТА1;5\n10000003;5,555") == [
        CardRowError(1, "“12” is no card number: it takes 4 to 32 Latin letters and digits"),
        CardRowError(2, "“500” is no percent from 0 to 100"),
        CardRow(3, "10000002", Decimal("5.00")),
        CardRowError(4, "the number is in line 3 already"),
        CardRowError(5, "“КАРТА1” is no card number: it takes 4 to 32 Latin letters and digits"),
        CardRowError(6, "“5,555” is no percent from 0 to 100"),
    ]


def test_preview_of_an_import_changes_nothing(manager: Client) -> None:
    holder = CustomerFactory.create(email="one@shop.test")
    other = CustomerFactory.create(phone="+79123456789")
    CardFactory.create(number="10000001", percent=5, customer=holder)
    CardFactory.create(number="10000002", percent=5)
    text = "10000001;5;one@shop.test\n10000002;7;8 912 345-67-89\n10000003;3\n10000004;3;nobody@shop.test\n10000001x"
    preview = manager.post(reverse(IMPORT), {"text": text + "\n1;1"}).context["preview"]
    shown = {name: preview[name] for name in ("new", "changed", "same", "wrong", "mistakes")}
    assert shown == {
        "new": 2,
        "changed": 1,
        "same": 1,
        "wrong": 2,
        "mistakes": [
            (4, "there is no customer “nobody@shop.test”"),
            (6, "“1” is no card number: it takes 4 to 32 Latin letters and digits"),
        ],
    }
    assert [(one.row.number, one.customer) for one in preview["rows"]] == [
        ("10000002", other),
        ("10000003", None),
        ("10000001X", None),
    ]
    assert Card.objects.count() == 2


def test_an_import_is_carried_out_once_however_often_it_is_sent(manager: Client) -> None:
    customer = CustomerFactory.create(external_id="A-17")
    sent = {"text": "10000001;5;A-17\n10000002;7\n1;1", "_import": "1"}
    assert manager.post(reverse(IMPORT), sent).status_code == 302
    again = manager.post(reverse(IMPORT), sent, follow=True)
    assert [str(message) for message in again.context["messages"]][-1] == "0 cards made, 0 changed, 2 as they were."
    made = Card.objects.order_by("pk").values_list("number", "kind", "percent", "customer", "issued_at")
    assert list(made) == [
        ("10000001", "imported", Decimal(5), customer.pk, NOW),
        ("10000002", "imported", Decimal(7), None, NOW),
    ]


def test_an_import_never_takes_a_card_from_its_customer(manager: Client) -> None:
    holder = CustomerFactory.create()
    CardFactory.create(number="10000001", percent=5, customer=holder)
    CustomerFactory.create(email="two@shop.test")
    Card.objects.create(number="4444", kind="virtual", customer=holder, issued_at=NOW)
    answer = manager.post(reverse(IMPORT), {"text": "10000001;9;two@shop.test\n4444;5"})
    assert answer.context["preview"]["mistakes"] == [
        (1, "the card belongs to another customer: take it from him first"),
        (2, "this is the number of a virtual card"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1251"])
def test_a_file_in_either_encoding_is_read(encoding: str, manager: Client) -> None:
    file = SimpleUploadedFile("cards.csv", "Номер;Процент\n10000001;5\n".encode(encoding))
    assert manager.post(reverse(IMPORT), {"file": file}).context["preview"]["new"] == 1


def test_an_empty_import_is_refused_beside_the_field(manager: Client) -> None:
    answer = manager.post(reverse(IMPORT), {"text": " "})
    assert (answer.status_code, answer.context["form"].errors) == (422, {"text": ["Paste lines or choose a file."]})


def test_what_was_pasted_comes_back_to_be_corrected(manager: Client) -> None:
    answer = manager.post(reverse(IMPORT), {"text": "1;1", "_edit": "1"})
    assert answer.context["form"]["text"].value() == "1;1"


def test_a_card_is_handed_over_taken_back_and_blocked(manager: Client) -> None:
    customer = CustomerFactory.create(phone="+79123456789", email=None)
    card = CardFactory.create(number="10000001")

    def ask(verb: str, **sent: str) -> int:
        return manager.post(reverse(f"admin:tiers_card_{verb}", args=[card.pk]), sent).status_code

    def now() -> tuple[int | None, object]:
        card.refresh_from_db()
        return card.customer_id, card.blocked_at

    told = []
    for verb, sent in [("attach", {"customer": "8 (912) 345-67-89"}), ("block", {}), ("unblock", {}), ("detach", {})]:
        assert ask(verb, **sent) == 302
        told.append(now())
    assert told == [(customer.pk, None), (customer.pk, NOW), (customer.pk, None), (None, None)]
    changes = manager.get(reverse("admin:tiers_card_page", args=[card.pk])).context["changes"]
    assert [change.fields for change in changes] == [
        (("", "customer", str(customer), "—"),),
        (("", "blocked", "10\N{NO-BREAK SPACE}June\N{NO-BREAK SPACE}2026, 12:00", "—"),),
        (("", "blocked", "—", "10\N{NO-BREAK SPACE}June\N{NO-BREAK SPACE}2026, 12:00"),),
        (("", "customer", "—", str(customer)),),
        (),
    ]


def test_handing_a_card_to_nobody_is_refused_beside_the_field(manager: Client) -> None:
    card = CardFactory.create()
    answer = manager.post(reverse("admin:tiers_card_attach", args=[card.pk]), {"customer": "nobody"})
    assert (answer.status_code, answer.context["form"].errors) == (422, {"customer": ["There is no such customer."]})


def test_a_held_card_and_a_virtual_one_stay(manager: Client) -> None:
    holder, other = CustomerFactory.create(), CustomerFactory.create()
    held = CardFactory.create(customer=holder)
    virtual = Card.objects.create(number="44444", kind="virtual", customer=holder, issued_at=NOW)
    answer = manager.post(reverse("admin:tiers_card_attach", args=[held.pk]), {"customer": other.email})
    assert answer.context["form"].non_field_errors() == [
        "The card belongs to another customer: take it from him first."
    ]
    manager.post(reverse("admin:tiers_card_detach", args=[virtual.pk]))
    virtual.refresh_from_db()
    assert virtual.customer == holder


def test_support_may_not_change_a_card(as_role: Any) -> None:
    card = CardFactory.create()
    support = as_role("support")
    assert support.get(reverse("admin:tiers_card_page", args=[card.pk])).status_code == 200
    assert support.post(reverse("admin:tiers_card_block", args=[card.pk])).status_code == 403


def test_cards_are_found_and_filtered(manager: Client) -> None:
    customer = CustomerFactory.create(email="holder@shop.test")
    held = CardFactory.create(number="10000001", customer=customer)
    free = CardFactory.create(number="20000001", percent=7, blocked_at=NOW)

    def listed(**asked: str) -> list[Card]:
        return list(manager.get(reverse(CARDS), asked).context["cl"].result_list)

    assert (listed(q="1000-00"), listed(q="holder@")) == ([held], [held])
    assert (listed(held="no"), listed(held="yes")) == ([free], [held])
    assert (listed(blocked="yes"), listed(blocked="no")) == ([free], [held])
    assert (listed(percent="7.00"), listed(kind="virtual"), listed(percent="x")) == ([free], [], [free, held])
    assert listed(percent="1e9999") == [free, held]


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_cards_takes_seven_queries(count: int, manager: Client, django_assert_num_queries: Any) -> None:
    for _number in range(count):
        CardFactory.create(customer=CustomerFactory.create())
    with django_assert_num_queries(7):
        manager.get(reverse(CARDS))


PLAN = {"code": "club", "name": "Club", "sku": "CLUB-Y", "tier": "gold", "months": "12", "is_active": "on"}


def test_a_plan_is_made_and_changed(manager: Client) -> None:
    ProductFactory.create(sku="CLUB-Y", price=Decimal(4900))
    assert manager.post(reverse("admin:tiers_membershipplan_add"), PLAN).status_code == 302
    plan = MembershipPlan.objects.get()
    assert (plan.code, plan.name, plan.sku, plan.tier.code, plan.months) == ("club", "Club", "CLUB-Y", "gold", 12)
    address = reverse("admin:tiers_membershipplan_change", args=[plan.pk])
    manager.post(address, PLAN | {"code": "other", "tier": "platinum"})
    plan.refresh_from_db()
    assert (plan.code, plan.tier.code) == ("club", "platinum")
    changes = manager.get(address).context["changes"]
    assert (changes[0].who, changes[0].fields) == ("manager@shop.test", (("", "tier", "Gold", "Platinum"),))


def test_a_plan_needs_goods_that_can_be_bought(manager: Client) -> None:
    answer = manager.post(reverse("admin:tiers_membershipplan_add"), PLAN)
    assert (answer.status_code, answer.context["form"].errors) == (
        422,
        {"sku": ["The catalogue has no product with this SKU. Make it first."]},
    )


def test_a_taken_code_or_sku_is_said_beside_its_field(manager: Client) -> None:
    ProductFactory.create(sku="CLUB-Y")
    MembershipPlanFactory.create(code="club", sku="CLUB-Y")
    answer = manager.post(reverse("admin:tiers_membershipplan_add"), PLAN)
    assert answer.context["form"].errors == {
        "code": ["There is a plan with this code already."],
        "sku": ["Another plan has this SKU already."],
    }


@pytest.fixture
def club() -> MembershipPlan:
    return MembershipPlanFactory.create(code="club", name="Club")


def member(plan: MembershipPlan, *, start: float, days: float, **given: Any) -> Membership:
    given.setdefault("customer", CustomerFactory.create())
    given.setdefault("order_ref", f"order:{start}")
    return Membership.objects.create(
        plan=plan, tier=plan.tier, fee_amount=500, starts_at=day(start), ends_at=day(start + days), **given
    )


def test_memberships_are_filtered_by_their_state(manager: Client, club: MembershipPlan) -> None:
    live, ahead = member(club, start=-1, days=30), member(club, start=5, days=30)
    ended = member(club, start=-40, days=30)
    void = member(club, start=-2, days=30, refunded_at=NOW, quantity=0)

    def listed(**asked: str) -> list[Membership]:
        return list(manager.get(reverse("admin:tiers_membership_changelist"), asked).context["cl"].result_list)

    found = [listed(life=state) for state in ("live", "ahead", "ended", "refunded")]
    assert found == [[live], [ahead], [ended], [void]]
    assert listed(plan="another") == []


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_memberships_takes_eight_queries(
    count: int, manager: Client, club: MembershipPlan, placed: Order, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        member(club, start=-1, days=30, order_ref=f"import:{number}" if number else placed.ref)
    with django_assert_num_queries(8):
        answer = manager.get(reverse("admin:tiers_membership_changelist"))
    assert f"№\N{NO-BREAK SPACE}{placed.number}" in answer.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_plans_takes_eight_queries(count: int, manager: Client, django_assert_num_queries: Any) -> None:
    for _number in range(count):
        MembershipPlanFactory.create()
    with django_assert_num_queries(8):
        manager.get(reverse("admin:tiers_membershipplan_changelist"))


def test_a_membership_lies_over_the_tier_on_the_customers_page(
    manager: Client, club: MembershipPlan, shop: dict[str, Any]
) -> None:
    member(club, start=-1, days=30, customer=shop["customer"])
    CardFactory.create(customer=shop["customer"], number="10000001")
    answer = manager.get(reverse("admin:customers_customer_change", args=[shop["customer"].pk]))
    assert answer.context["why"][-1] == (
        "The membership “Club” gives what “Gold” brings until 9\N{NO-BREAK SPACE}July\N{NO-BREAK SPACE}2026, "
        "whatever has been bought."
    )
    assert [card.number for card in answer.context["cards"]] == ["10000001"]
    assert [row.state for row, _order in answer.context["tier_memberships"]] == ["live"]
    assert Tier.objects.get(code="standard") == answer.context["standing"].tier
    assert answer.context["standing"].membership.ends_at == NOW + timedelta(days=29)
