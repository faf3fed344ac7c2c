"""The ladder in the back office: overview, editor in two steps, discount ladders, the customer's page."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer
from loyalty_site.kernel.texts import day_text
from tests.factories import NOW, CustomerFactory
from tests.tiers.rows import buy, day, pay, review, stands, tier
from tiers.models import DiscountStep, Ladder, Tier
from tiers.rules.why import Lack, Loss, WhyFacts, why

EDIT = "admin_ladder_edit"
ROW = re.compile(r"^tier_(\d)_")
TIERS = ("standard", "silver", "gold", "platinum")


@pytest.fixture
def administrator(as_role: Any) -> Client:
    return as_role("administrator")  # type: ignore[no-any-return]


def typed(**changed: Any) -> dict[str, Any]:
    """The default ladder as its form sends it; `changed` by name, `tier_1_name=…` for a row."""
    sent: dict[str, Any] = {"basis": "spend", "window_days": 365, "grace_days": 30}
    for row, code in enumerate(TIERS):
        saved = tier(code)
        values = {
            "saved": "True",
            "code": code,
            "name": saved.name,
            "name_en": saved.name_en,
            "threshold_amount": saved.threshold_amount,
            "threshold_orders": saved.threshold_orders,
            "cashback_percent": "" if saved.cashback_percent is None else saved.cashback_percent,
            "discount_percent": saved.discount_percent,
        }
        privileges = ("ships_free", "has_manager", "has_early_access")
        values |= {name: "on" for name in privileges if getattr(saved, name)}
        sent |= {f"tier-{row}-{name}": value for name, value in values.items()}
    sent |= {"tier-TOTAL_FORMS": len(TIERS), "tier-INITIAL_FORMS": 0}
    return sent | {ROW.sub(r"tier-\1-", name): value for name, value in changed.items()}


def test_overview_counts_who_stands_where(manager: Client) -> None:
    silver, _nobody = CustomerFactory.create(), CustomerFactory.create()
    pay(silver, 15_000, on=-1)
    answer = manager.get(reverse("admin_ladder"))
    rows = [(row["tier"].code, row["customers"], row["share"]) for row in answer.context["rows"]]
    assert rows == [("platinum", 0, 0), ("gold", 0, 0), ("silver", 1, 50), ("standard", 1, 50)]
    assert (answer.context["up"], answer.context["down"]) == (1, 0)
    assert [(line["to"].code, line["count"], line["is_up"]) for line in answer.context["moves"]] == [
        ("silver", 1, True)
    ]


def test_overview_names_who_is_about_to_go_down(manager: Client) -> None:
    customer = CustomerFactory.create(first_name="Buyer", last_name="Two")
    pay(customer, 15_000, on=-400)
    review(on=-1)
    answer = manager.get(reverse("admin_ladder"))
    assert [(row.customer, row.lapses_at) for row in answer.context["lapsing"]] == [(customer, day(29))]
    assert answer.context["lapsing_count"] == 1


def test_a_name_changed_in_another_tab_is_noticed(administrator: Client) -> None:
    sent = typed(tier_1_threshold_amount="20000")
    seal = administrator.post(reverse(EDIT), sent | {"_preview": "1"}).context["seal"]
    Tier.objects.filter(code="silver").update(name_en="Argent")
    answer = administrator.post(reverse(EDIT), sent | {"_save": "1", "seal": seal})
    assert (answer.status_code, Tier.objects.get(code="silver").name_en) == (200, "Argent")


def test_sums_may_be_typed_as_pages_print_them(administrator: Client) -> None:
    answer = administrator.post(reverse(EDIT), typed(tier_1_threshold_amount="20\xa0000", _preview="1"))
    tiers = answer.context["editor"].spec().tiers
    assert (answer.status_code, tiers[1].threshold_amount) == (200, 20_000)


def test_preview_says_who_would_move_and_saves_nothing(administrator: Client) -> None:
    customer = CustomerFactory.create()
    pay(customer, 15_000, on=-1)
    answer = administrator.post(reverse(EDIT), typed(tier_1_threshold_amount="20000", _preview="1"))
    preview = answer.context["preview"]
    assert (preview.up, preview.down, preview.earliest_down) == (0, 1, day(30))
    told = [(move.start, move.end, move.count, move.is_up, move.loses, move.people) for move in preview.moves]
    assert told == [("Silver", "Standard", 1, False, "cashback 12% → 10%, discount 3% → 0%", [customer])]
    assert tier("silver").threshold_amount == Decimal(15_000)


def test_preview_says_which_tiers_would_bring_less(administrator: Client) -> None:
    pay(CustomerFactory.create(), 50_000, on=-1)
    sent = typed(tier_2_discount_percent="4", _preview="1")
    del sent["tier-2-ships_free"]
    answer = administrator.post(reverse(EDIT), sent)
    assert answer.context["preview"].poorer == (("Gold", "discount 5% → 4%, free delivery", 1),)


def test_what_was_previewed_is_saved_and_told_in_the_history(administrator: Client) -> None:
    customer = CustomerFactory.create()
    pay(customer, 15_000, on=-1)
    sent = typed(tier_1_threshold_amount="20000")
    seal = administrator.post(reverse(EDIT), sent | {"_preview": "1"}).context["seal"]
    answer = administrator.post(reverse(EDIT), sent | {"_save": "1", "seal": seal})
    assert (answer.status_code, tier("silver").threshold_amount) == (302, Decimal(20_000))
    changes = administrator.get(reverse(EDIT)).context["changes"]
    assert (changes[0].who, changes[0].fields) == (
        "administrator@shop.test",
        (("Silver", "from, roubles", "₽15,000", "₽20,000"),),
    )
    # Nobody goes down by an edit before his grace has run (T-2).
    review()
    assert stands(customer) == ("silver", day(-1), day(30))


def test_something_else_than_the_preview_is_previewed_first(administrator: Client) -> None:
    seal = administrator.post(reverse(EDIT), typed(_preview="1")).context["seal"]
    answer = administrator.post(reverse(EDIT), typed(tier_1_threshold_amount="20000", _save="1", seal=seal))
    assert (answer.status_code, answer.context["note"]) == (
        200,
        "Something has changed since the preview. Please look at what would happen now.",
    )
    assert tier("silver").threshold_amount == Decimal(15_000)


def test_a_marketer_may_preview_but_not_save(as_role: Any) -> None:
    marketer = as_role("marketer")
    answer = marketer.post(reverse(EDIT), typed(_preview="1"))
    assert (answer.status_code, answer.context["may_save"]) == (200, False)
    seal = answer.context["seal"]
    assert marketer.post(reverse(EDIT), typed(_save="1", seal=seal)).status_code == 403


def test_wrong_fields_are_marked_and_nothing_typed_is_lost(administrator: Client) -> None:
    answer = administrator.post(reverse(EDIT), typed(tier_1_threshold_amount="much", tier_2_name="", grace_days=""))
    editor = answer.context["editor"]
    assert (answer.status_code, list(editor.settings.errors), [list(row.errors) for row in editor.rows.forms]) == (
        422,
        ["grace_days"],
        [[], ["threshold_amount"], ["name"], []],
    )
    assert 'value="much"' in answer.content.decode()


def test_what_the_service_refuses_stands_beside_its_row(administrator: Client) -> None:
    # Rows are judged in the order of their thresholds, and the sentence finds back to the row it was typed in.
    sent = typed(tier_3_threshold_amount="15000", tier_3_threshold_orders="", _preview="1")
    answer = administrator.post(reverse(EDIT), sent)
    errors = [dict(row.errors) for row in answer.context["editor"].rows.forms]
    assert (answer.status_code, errors) == (
        422,
        [{}, {}, {}, {"threshold_amount": ["Each threshold is above the one before."]}],
    )


def test_a_row_is_added_without_losing_what_is_typed(administrator: Client) -> None:
    answer = administrator.post(reverse(EDIT), typed(tier_1_name="Серебряный", _add=""))
    rows = answer.context["editor"].rows.forms
    assert (answer.status_code, len(rows), rows[1]["name"].value(), rows[4].is_saved) == (200, 5, "Серебряный", False)


def test_a_tier_is_made_and_another_taken_off_and_put_back(administrator: Client) -> None:
    new = {"code": "diamond", "name": "Алмаз", "name_en": "Diamond", "threshold_amount": "300000"}
    sent = typed(tier_2_leaves="on", **{f"tier_4_{name}": value for name, value in new.items()})
    sent |= {"tier-TOTAL_FORMS": 5}
    seal = administrator.post(reverse(EDIT), sent | {"_preview": "1"}).context["seal"]
    administrator.post(reverse(EDIT), sent | {"_save": "1", "seal": seal})
    active = list(Tier.objects.filter(is_active=True).order_by("threshold_amount").values_list("code", flat=True))
    assert active == ["standard", "silver", "platinum", "diamond"]
    page = administrator.get(reverse(EDIT))
    assert [tier.code for tier in page.context["off"]] == ["gold"]
    again = administrator.post(reverse(EDIT), typed(_add="gold"))
    assert again.context["editor"].rows.forms[4]["threshold_amount"].value() == Decimal(50_000)


def test_the_basis_is_changed_to_orders(administrator: Client) -> None:
    sent = typed(basis="orders")
    seal = administrator.post(reverse(EDIT), sent | {"_preview": "1"}).context["seal"]
    administrator.post(reverse(EDIT), sent | {"_save": "1", "seal": seal})
    assert Ladder.objects.get().basis == "orders"


def steps(**rows: list[tuple[str, str]]) -> dict[str, Any]:
    sent: dict[str, Any] = {}
    for ladder in ("cumulative", "order_total"):
        sent |= {f"{ladder}-TOTAL_FORMS": len(rows.get(ladder, ())), f"{ladder}-INITIAL_FORMS": 0}
        for row, (threshold, percent) in enumerate(rows.get(ladder, ())):
            sent |= {f"{ladder}-{row}-threshold_amount": threshold, f"{ladder}-{row}-percent": percent}
    return sent


def saved_steps() -> list[tuple[str, Decimal, Decimal]]:
    rows = DiscountStep.objects.order_by("ladder", "threshold_amount")
    return list(rows.values_list("ladder", "threshold_amount", "percent"))


def test_discount_steps_are_saved_removed_and_told(administrator: Client) -> None:
    address = reverse("admin_discount_steps")
    assert administrator.post(address, steps(cumulative=[("20000", "2"), ("60000", "4")])).status_code == 302
    administrator.post(address, steps(cumulative=[("60000", "5"), ("", "")], order_total=[("5000", "3")]))
    assert saved_steps() == [
        ("cumulative", Decimal(60_000), Decimal(5)),
        ("order_total", Decimal(5_000), Decimal(3)),
    ]
    changes = administrator.get(address).context["changes"]
    assert [(change.made, change.removed, change.fields) for change in changes] == [
        (
            ("this order, from ₽5,000",),
            ("all purchases together, from ₽20,000",),
            (("all purchases together, from ₽60,000", "discount, %", "4%", "5%"),),
        ),
        (
            (
                "all purchases together, from ₽20,000",
                "all purchases together, from ₽60,000",
            ),
            (),
            (),
        ),
    ]


def test_wrong_steps_are_marked_in_both_ladders_and_none_is_saved(administrator: Client) -> None:
    sent = steps(cumulative=[("20000", "200")], order_total=[("5000", "")])
    answer = administrator.post(reverse("admin_discount_steps"), sent)
    errors = [[list(row.errors) for row in ladder["rows"].forms] for ladder in answer.context["ladders"]]
    assert (answer.status_code, errors, saved_steps()) == (422, [[["percent"]], [["percent"]]], [])


def test_a_step_that_comes_twice_is_refused_beside_it(administrator: Client) -> None:
    answer = administrator.post(reverse("admin_discount_steps"), steps(order_total=[("5000", "3"), ("5000", "4")]))
    errors = [dict(row.errors) for row in answer.context["ladders"][1]["rows"].forms]
    assert (answer.status_code, errors) == (
        422,
        [{}, {"threshold_amount": ["Each threshold is above the one before."]}],
    )


def test_a_step_is_added_without_losing_what_is_typed(administrator: Client) -> None:
    sent = steps(order_total=[("5000", "3")]) | {"_add": "cumulative"}
    answer = administrator.post(reverse("admin_discount_steps"), sent)
    values = [[row["percent"].value() for row in ladder["rows"].forms] for ladder in answer.context["ladders"]]
    assert (values, saved_steps()) == ([[None], ["3"]], [])


def test_the_example_gives_the_best_and_adds_nothing_up(administrator: Client) -> None:
    administrator.post(reverse("admin_discount_steps"), steps(cumulative=[("60000", "5")], order_total=[("5000", "4")]))
    example = administrator.get(reverse("admin_discount_steps")).context["example"]
    assert {name: example[name] for name in ("order", "spent", "offers", "discount", "pays")} == {
        "order": Decimal(5000),
        "spent": Decimal(60_000),
        "offers": [
            {"text": "tier “Silver”: 3%", "is_best": False},
            {"text": "all purchases together: 5%", "is_best": True},
            {"text": "the sum of this order: 4%", "is_best": False},
        ],
        "discount": Decimal(250),
        "pays": Decimal(4750),
    }


def test_a_manager_only_looks_at_the_discount_ladders(manager: Client) -> None:
    address = reverse("admin_discount_steps")
    assert (manager.get(address).status_code, manager.post(address, steps()).status_code) == (200, 403)


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_customers_takes_as_many_queries_for_any_number(
    count: int, manager: Client, django_assert_num_queries: Any
) -> None:
    for _number in range(count):
        pay(CustomerFactory.create(), 15_000, on=-1)
    with django_assert_num_queries(13):
        manager.get(reverse("admin:customers_customer_changelist"))


def test_customers_are_filtered_by_tier(manager: Client) -> None:
    silver, newcomer = CustomerFactory.create(), CustomerFactory.create()
    pay(silver, 15_000, on=-1)

    def listed(**asked: str) -> list[Customer]:
        answer = manager.get(reverse("admin:customers_customer_changelist"), asked)
        return list(answer.context["cl"].result_list)

    assert (listed(tier="silver"), listed(tier="standard"), listed(tier="gold")) == ([silver], [newcomer], [])
    assert listed(lapsing="yes") == []


@pytest.mark.parametrize(
    "address",
    ["customers_customer_changelist?tier", "points_entry_changelist?kind__exact", "tiers_membership_changelist?plan"],
)
def test_a_filter_that_no_database_knows_is_refused(address: str, administrator: Client) -> None:
    page, name = address.split("?")
    assert administrator.get(reverse(f"admin:{page}"), {name: "\x00"}).status_code == 400


def test_support_reads_why_a_customer_is_still_silver(as_role: Any, shop: dict[str, Any]) -> None:
    customer = shop["customer"]
    buy(customer, 12_000, on=-355)
    pay(customer, 34_800, on=-1)
    answer = as_role("support").get(reverse("admin:customers_customer_change", args=[customer.pk]))
    assert answer.context["why"] == (
        "₽3,200 more until “Gold”.",
        f"On {day_text(day(10))} 1 purchase for ₽12,000 stops counting, then ₽15,200 will be missing.",
    )
    assert answer.context["progress"] == {"counted": Decimal(46_800), "wanted": Decimal(50_000), "percent": 93}
    assert [row.amount for row, _order in answer.context["tier_purchases"]] == [Decimal(34_800), Decimal(12_000)]
    assert [change.to_tier.code for change, _order in answer.context["tier_changes"]] == ["silver"]


def test_support_reads_of_a_tier_that_is_deserved_before_the_review(as_role: Any) -> None:
    customer = CustomerFactory.create()
    buy(customer, 60_000, on=-1)
    answer = as_role("support").get(reverse("admin:customers_customer_change", args=[customer.pk]))
    gold = tier("gold").shown_name
    assert answer.context["upper"].tier == tier("gold")
    assert answer.context["progress"] == {"counted": Decimal(60_000), "wanted": Decimal(50_000), "percent": 100}
    assert answer.context["why"] == (
        f"Enough is bought for “{gold}”: the next nightly review lifts the customer.",
        f"On {day_text(day(364))} 1 purchase for ₽60,000 stops counting.",
    )


def test_why_tells_of_losing_the_tier_going_down_and_membership() -> None:
    facts = WhyFacts(
        tier="Gold",
        upper=Lack("Platinum", None, 3),
        loss=Loss(NOW, 2, Decimal(900), is_below=True),
        lapses_at=NOW,
        lapses_to="Silver",
        keep=Lack("Gold", None, 1),
        membership="Club",
        membership_tier="Platinum",
        membership_until=NOW,
    )
    today = day_text(NOW)
    assert why(facts) == (
        "3 more orders until “Platinum”.",
        f"“Gold” is no longer reached: on {today} it becomes “Silver”. 1 order more would keep it.",
        (
            f"On {today} 2 purchases for ₽900 stop counting, then 5 orders will be missing, "
            "and “Gold” will no longer be reached."
        ),
        f"The membership “Club” gives what “Platinum” brings until {today}, whatever has been bought.",
    )


def test_why_at_the_top_off_the_ladder_and_before_the_review() -> None:
    assert why(WhyFacts("Platinum", None)) == ("“Platinum” is the highest tier.",)
    assert why(WhyFacts("Silver", Lack("Gold", Decimal(0)))) == (
        "Enough is bought for “Gold”: the next nightly review lifts the customer.",
    )
    off = why(WhyFacts("Old", None, lapses_at=NOW, lapses_to="Silver"))
    assert off[0] == f"“Old” is off the ladder: on {day_text(NOW)} it becomes “Silver”."


def test_why_counts_what_is_lost_before_the_day_of_going_down() -> None:
    lapsing = WhyFacts(
        tier="Platinum",
        upper=None,
        loss=Loss(NOW, 1, Decimal(80_000)),
        lapses_at=day(12),
        lapses_to="Gold",
        keep=Lack("Platinum", Decimal(7_508)),
    )
    assert why(lapsing)[1] == (
        f"On {day_text(NOW)} 1 purchase for ₽80,000 stops counting, then keeping “Platinum” takes ₽87,508 more."
    )
