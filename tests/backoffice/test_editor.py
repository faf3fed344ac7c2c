"""Making and editing codes and batches in the editor (PC-1, PC-2, PC-15, PC-19)."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.test import Client
from django.urls import reverse

from orders.models import Order
from promocodes.models import Batch, PromoCode
from promocodes.queries import spec_of
from promocodes.rules import CodeSpec
from tests.factories import (
    CampaignFactory,
    CardFactory,
    CustomerFactory,
    ProgrammeFactory,
    PromoCodeFactory,
    SegmentFactory,
)
from tests.promocodes.rows import make_code
from tiers.models import DiscountStep, Tier

ADD = "admin:promocodes_promocode_add"


def _typed(**changed: Any) -> dict[str, Any]:
    return {
        "type": "percent",
        "value": "5",
        "minimum_order": "1000",
        "starts_on": "2026-06-01",
        "ends_on": "2026-06-15",
        "max_uses": "",
        "max_uses_per_customer": "",
        "segment": "",
        "campaign": "June",
    } | changed


def test_editor_makes_a_draft_with_a_drawn_code(manager: Client, shop: Any) -> None:
    answer = manager.post(reverse(ADD), _typed())
    code = PromoCode.objects.get()
    assert answer.url == reverse("admin:promocodes_promocode_page", args=[code.pk])
    assert (code.switch, len(code.code)) == (None, 10)
    assert spec_of(code) == CodeSpec(
        type="percent",
        value=Decimal("5.00"),
        minimum_order=Decimal("1000.00"),
        starts_at=datetime(2026, 5, 31, 21, tzinfo=UTC),
        ends_at=datetime(2026, 6, 15, 21, tzinfo=UTC),
        campaign="June",
    )
    assert code.terms.created_by.email == "manager@shop.test"


def test_editor_keeps_what_was_typed_and_says_what_is_wrong(manager: Client, shop: Any) -> None:
    answer = manager.post(reverse(ADD), _typed(value="120", categories=["shirts"], ends_on="2026-06-20"))
    form = answer.context["form"]
    assert answer.status_code == 422
    assert form.errors == {"value": ["A percent cannot be above 100."]}
    assert (form["value"].value(), form["categories"].value()) == ("120", ["shirts"])
    assert PromoCode.objects.count() == 0


def test_editor_refuses_a_period_that_ends_before_it_starts(manager: Client) -> None:
    answer = manager.post(reverse(ADD), _typed(ends_on="2026-05-15"))
    assert answer.context["form"].errors == {"ends_on": ["The last day is before the first."]}


def test_editor_says_everything_that_is_wrong_at_once(manager: Client) -> None:
    answer = manager.post(reverse(ADD), _typed(value="150", ends_on="2026-05-15"))
    assert answer.context["form"].errors == {
        "value": ["A percent cannot be above 100."],
        "ends_on": ["The last day is before the first."],
    }


def test_adding_a_batch_begins_in_the_editor_of_codes(manager: Client) -> None:
    answer = manager.get(reverse("admin:promocodes_batch_add"))
    assert (answer.status_code, answer.url) == (302, reverse(ADD))


def test_fields_that_the_type_does_not_have_are_left_out(manager: Client, shop: Any) -> None:
    manager.post(reverse(ADD), _typed(type="free_shipping", value="5", categories=["shirts"]))
    terms = PromoCode.objects.get().terms
    assert (terms.type, terms.value, terms.categories) == ("free_shipping", None, [])


def test_type_chooser_works_without_javascript(manager: Client) -> None:
    answer = manager.post(reverse(ADD), _typed(type="free_shipping", _show="1"))
    form = answer.context["form"]
    assert (form.hidden_names, form["minimum_order"].value()) == ({"value", "categories"}, "1000")
    assert (form.is_bound, PromoCode.objects.count()) == (False, 0)


def test_summary_follows_what_is_typed(manager: Client, shop: Any) -> None:
    CampaignFactory.create(name="July")
    make_code(campaign=CampaignFactory.create(name="August"))
    answer = manager.post(reverse("admin:promocodes_promocode_summary"), _typed(value="60"))
    panel = answer.context["panel"]
    sentence = panel.sentence.replace("\N{NO-BREAK SPACE}", " ")
    assert sentence == "60% off the whole order from ₽1,000, 1 – 15 June 2026, any number of uses"
    assert panel.warnings[0] == "More than 50%: is this what you mean?"
    assert "“August”" in panel.warnings[1]
    assert (panel.example.goods_total, panel.example.discount_total) == (Decimal("1000.00"), Decimal("600.00"))


def _warnings(manager: Client, **typed: Any) -> tuple[str, ...]:
    answer = manager.post(reverse("admin:promocodes_promocode_summary"), _typed(**typed))
    return answer.context["panel"].warnings


def test_editor_warns_of_customers_who_have_as_much_without_the_code(manager: Client) -> None:
    DiscountStep.objects.create(ladder="cumulative", threshold_amount=9000, percent=10)
    CardFactory.create(percent=4)
    replaced = "The code replaces what they have, even where that is more."
    who = "“Gold” (5%), “Platinum” (7%), the discount for all purchases together (up to 10%)"
    assert _warnings(manager) == (f"No gain for those who have as much without a code: {who}. {replaced}",)
    assert _warnings(manager, tier="platinum", value="7")[0].startswith(
        "No gain for those who have as much without a code: “Platinum” (7%), the discount for all"
    )
    assert _warnings(manager, value="11") == ()
    assert _warnings(manager, type="fixed", value="5") == ()


def test_editor_says_what_becomes_of_a_code_where_the_better_one_counts(manager: Client) -> None:
    ProgrammeFactory.create(percent_policy="best", base_earn_percent=10)
    kept = "They keep the better of the two: the code changes nothing for them."
    who = "“Gold” (15%), “Platinum” (20%)"
    assert _warnings(manager, type="cashback", value="15") == (
        f"No gain for those who have as much without a code: {who}. {kept}",
    )
    assert _warnings(manager, type="cashback", value="8") == (
        f"No gain for those who have as much without a code: everybody (at least 10%). {kept}",
    )


def test_overlaps_follow_the_tree_of_categories(manager: Client, shop: Any) -> None:
    make_code(campaign=CampaignFactory.create(name="August"), categories=["cleaning"])
    make_code(campaign=CampaignFactory.create(name="Shoes"), categories=["elsewhere"])
    (overlap,) = _warnings(manager, value="20", categories=["shirts"])
    assert "“August”" in overlap
    assert "“Shoes”" not in overlap
    make_code(campaign=CampaignFactory.create(name="Inner"), categories=["shirts"])
    assert "“Inner”" in _warnings(manager, value="20", categories=["cleaning"])[0]


def test_codes_are_listed_by_whom_they_are_for(manager: Client) -> None:
    customer, segment = CustomerFactory.create(), SegmentFactory.create(code="vip")
    own = PromoCodeFactory.create(customer=customer)
    codes = {
        "everybody": make_code(),
        "one": own,
        "tier:gold": make_code(tier="gold"),
        f"segment:{segment.code}": make_code(segment="vip"),
    }
    address = reverse("admin:promocodes_promocode_changelist")
    for chosen, code in codes.items():
        found = manager.get(address, {"for": chosen}).context["cl"].result_list
        assert [one.pk for one in found] == [code.pk], chosen
    assert [one.pk for one in manager.get(address, {"customer": customer.pk}).context["cl"].result_list] == [own.pk]


def test_summary_of_an_empty_form_is_no_error(manager: Client) -> None:
    answer = manager.post(reverse("admin:promocodes_promocode_summary"), {})
    assert answer.status_code == 200
    assert answer.context["panel"].sentence == "Value not set yet, any number of uses"


def test_editing_an_unused_code_changes_its_terms(manager: Client, shop: Any) -> None:
    code, segment = make_code(), SegmentFactory.create(code="vip")
    answer = manager.post(
        reverse("admin:promocodes_promocode_edit", args=[code.pk]), _typed(value="7", segment=segment.code)
    )
    code = PromoCode.objects.get()
    assert answer.status_code == 302
    assert (code.terms.value, code.terms.segment, code.terms.campaign.name) == (Decimal(7), "vip", "June")


def test_editor_makes_a_code_for_a_tier_and_one_customer(manager: Client) -> None:
    customer = CustomerFactory.create(email="buyer@shop.test", first_name="Buyer", last_name="One")
    typed = _typed(tier="gold", customer=" Buyer@Shop.test ")
    panel = manager.post(reverse("admin:promocodes_promocode_summary"), typed).context["panel"]
    assert panel.sentence.endswith("only from the tier “Gold” up, for one customer: Buyer One")
    page = manager.post(reverse(ADD), typed, follow=True)
    code = PromoCode.objects.get()
    assert (code.terms.tier, code.customer) == ("gold", customer)
    assert "“Gold” and above" in page.content.decode()
    assert reverse("admin:customers_customer_change", args=[customer.pk]) in page.content.decode()


def test_editor_refuses_a_customer_nobody_knows(manager: Client) -> None:
    answer = manager.post(reverse(ADD), _typed(customer="nobody@shop.test"))
    assert answer.context["form"].errors == {"customer": ["No customer has this e-mail, phone or number."]}


def test_a_batch_is_not_made_for_one_customer(manager: Client) -> None:
    customer = CustomerFactory.create()
    answer = manager.post(reverse(ADD), _typed(customer=str(customer.pk), _batch="1"))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["customer"])


def test_giving_a_code_begins_on_the_customers_page(manager: Client) -> None:
    customer = CustomerFactory.create(email="buyer@shop.test")
    page = manager.get(reverse("admin:customers_customer_change", args=[customer.pk])).content.decode()
    assert reverse("admin:customers_customer_code", args=[customer.pk]) in page
    initial = manager.get(f"{reverse(ADD)}?customer={customer.pk}").context["form"].initial
    assert (initial["customer"], initial["max_uses"]) == ("buyer@shop.test", 1)


def test_history_names_tier_and_customer(manager: Client) -> None:
    customer = CustomerFactory.create(first_name="Buyer", last_name="One")
    code = make_code()
    manager.post(
        reverse("admin:promocodes_promocode_edit", args=[code.pk]), _typed(tier="silver", customer=str(customer.pk))
    )
    page = manager.get(reverse("admin:promocodes_promocode_page", args=[code.pk]))
    told = {row for change in page.context["changes"] for row in change.fields}
    assert {("tier", "—", "Silver"), ("for the customer", "—", "Buyer One")} <= told


def test_a_tier_taken_off_the_ladder_stays_with_its_codes(manager: Client) -> None:
    code = make_code(tier="gold")
    Tier.objects.filter(code="gold").update(is_active=False)
    address = reverse("admin:promocodes_promocode_edit", args=[code.pk])
    assert manager.post(address, _typed(tier="gold", value="9")).status_code == 302
    assert PromoCode.objects.get().terms.value == Decimal(9)
    assert manager.post(reverse(ADD), _typed(tier="gold")).status_code == 422


def test_terms_of_a_used_code_are_frozen(manager: Client, code: PromoCode, placed: Order) -> None:
    address = reverse("admin:promocodes_promocode_edit", args=[code.pk])
    form = manager.get(address).context["form"]
    assert {name for name, field in form.fields.items() if not field.disabled} == {"ends_on", "max_uses"}
    answer = manager.post(address, _typed(value="50", ends_on="2026-08-31", max_uses="10"))
    code = PromoCode.objects.get()
    assert answer.status_code == 302
    assert (code.terms.value, code.max_uses) == (Decimal("5.00"), 10)
    assert code.terms.ends_at == datetime(2026, 8, 31, 21, tzinfo=UTC)
    placed.refresh_from_db()
    assert placed.discount_total == Decimal("200.00")


def test_a_period_with_hours_keeps_them_when_its_days_are_left(manager: Client) -> None:
    code = make_code(starts_at=datetime(2026, 6, 1, 7, 30, tzinfo=UTC), ends_at=datetime(2026, 6, 15, 9, tzinfo=UTC))
    manager.post(reverse("admin:promocodes_promocode_edit", args=[code.pk]), _typed(value="6"))
    terms = PromoCode.objects.get().terms
    assert (terms.starts_at.hour, terms.ends_at.hour, terms.value) == (7, 9, Decimal(6))


def test_duplicating_offers_the_same_terms_for_a_fresh_period(manager: Client) -> None:
    code = make_code(value=Decimal(13), minimum_order=Decimal(700))
    form = manager.get(reverse(ADD), {"from": code.pk}).context["form"]
    assert (form.initial["value"], form.initial["minimum_order"]) == (Decimal(13), Decimal(700))
    assert (str(form.initial["starts_on"]), str(form.initial["ends_on"])) == ("2026-06-10", "2026-06-30")


def test_a_batch_is_made_in_two_steps(manager: Client, staff: Any) -> None:
    asked = manager.post(reverse(ADD), _typed(_batch="1"))
    assert ("value", "5") in asked.context["sent"]
    assert Batch.objects.count() == 0
    answer = manager.post(reverse(ADD), _typed(_make_batch="1", count="3"))
    batch = Batch.objects.get()
    assert answer.url == reverse("admin:promocodes_batch_page", args=[batch.pk])
    assert (batch.count, batch.code_length, batch.switch, batch.created_by) == (3, 10, None, staff("manager"))


def test_a_batch_of_too_many_is_refused(manager: Client) -> None:
    answer = manager.post(reverse(ADD), _typed(_make_batch="1", count="1000001"))
    assert Batch.objects.count() == 0
    assert list(answer.context["form"].errors) == ["count"]


def test_editor_says_that_a_change_concerns_this_code_only(manager: Client, shop: Any) -> None:
    alone = make_code()
    first, other = PromoCodeFactory(), PromoCodeFactory()
    PromoCode.objects.filter(pk=other.pk).update(terms=first.terms)
    said = [
        b"A change concerns this code only" in manager.get(_edit(code), headers={"accept-language": "en"}).content
        for code in (alone, first)
    ]
    assert said == [False, True]


def _edit(code: PromoCode) -> str:
    return reverse("admin:promocodes_promocode_edit", args=[code.pk])
