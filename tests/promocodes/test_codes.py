"""Making, switching and editing codes, batches and campaigns (PC-1 … PC-4, PC-15, PC-17, PC-19, PC-20)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from customers.models import Customer, User
from loyalty_site.kernel.errors import DomainError, InvalidInput, NotAllowed, NotFound, WrongState
from promocodes import permissions
from promocodes.models import Batch, Campaign, CampaignSpending, PromoCode, Redemption, Terms
from promocodes.queries import INVARIANTS, code_history, find_code, spec_of, with_state
from promocodes.rules import State, effective_switch, state_of
from promocodes.services import (
    activate_batch,
    activate_code,
    create_batch,
    create_campaign,
    create_code,
    deactivate_batch,
    deactivate_code,
    edit_batch_end,
    edit_campaign,
    edit_code,
    redeem_code,
)
from tests.factories import (
    NOW,
    CategoryFactory,
    CustomerFactory,
    ProgrammeFactory,
    PromoCodeFactory,
    SegmentFactory,
    UserFactory,
)
from tests.promocodes.rows import make_batch, make_campaign, make_code, make_spec, make_terms

pytestmark = pytest.mark.django_db


@pytest.fixture
def author() -> User:
    return UserFactory.create(is_staff=True)


@pytest.fixture
def second() -> User:
    return UserFactory.create(is_staff=True)


def use(code: PromoCode, order_ref: str = "order:1") -> None:
    with transaction.atomic():
        redeem_code(
            promo_code_id=code.pk,
            order_ref=order_ref,
            customer_id=None,
            holders=[],
            channel="site",
            discount=Decimal(1),
            order_total=Decimal(9),
            now=NOW,
        )


def wrong_fields(call: Callable[[], object]) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as caught, transaction.atomic():
        call()
    return [(error.field, error.code) for error in caught.value.errors]


def refusal(kind: type[DomainError], call: Callable[[], object]) -> str:
    with pytest.raises(kind) as caught, transaction.atomic():
        call()
    return caught.value.code


def test_create_code_is_a_draft_with_the_terms_asked_for(author: User) -> None:
    CategoryFactory.create(slug="shoes")
    SegmentFactory.create(code="vip")
    spec = make_spec(
        categories=("shoes",), required_categories=("shoes",), minimum_order=Decimal("1000.00"), max_uses=100,
        max_uses_per_customer=1, first_order_only=True, segment="vip", tier="gold", campaign="Лето",
    )  # fmt: skip

    code = create_code(spec=spec, by=author, now=NOW)

    stored = PromoCode.objects.get()
    assert (stored.code, stored.switch, stored.uses, stored.max_uses) == (code.code, None, 0, 100)
    assert len(code.code) == 10
    assert spec_of(stored) == spec
    assert stored.terms.created_by == author
    assert Campaign.objects.values_list("name", "budget").get() == ("Лето", None)


def test_personal_code_keeps_its_customer_and_tells_of_a_change(author: User) -> None:
    one, other = CustomerFactory.create(), CustomerFactory.create()
    code = create_code(spec=make_spec(customer=one.public_id), by=author, now=NOW)
    edit_code(code=code.code, spec=make_spec(customer=other.public_id), by=author, now=NOW)
    edit_code(code=code.code, spec=make_spec(), by=author, now=NOW)
    stored = PromoCode.objects.get()
    assert stored.customer is None
    moves = [(field.before, field.after) for change in code_history(stored) for field in change.fields]
    assert moves[:2] == [(other.pk, None), (one.pk, other.pk)]


def test_used_code_keeps_its_customer(author: User) -> None:
    owner = CustomerFactory.create()
    code = create_code(spec=make_spec(customer=owner.public_id), by=author, now=NOW)
    activate_code(code=code.code, by=author, now=NOW)
    use(code)
    refused = wrong_fields(lambda: edit_code(code=code.code, spec=make_spec(), by=author, now=NOW))
    assert refused == [("customer", "frozen")]


def test_nobody_else_is_made_the_customer_of_a_code(author: User) -> None:
    nobody = make_spec(customer=uuid4())
    assert wrong_fields(lambda: create_code(spec=nobody, by=author, now=NOW)) == [("customer", "unknown_customer")]
    owned = make_spec(customer=CustomerFactory.create().public_id)
    refused = wrong_fields(lambda: create_batch(spec=owned, count=2, by=author, now=NOW))
    assert refused == [("customer", "not_applicable")]


def test_database_holds_the_customer_of_a_personal_code() -> None:
    owner = CustomerFactory.create()
    code = PromoCodeFactory.create(customer=owner)
    with pytest.raises(IntegrityError), transaction.atomic():
        Customer.objects.filter(pk=owner.pk)._raw_delete("default")
    with pytest.raises(IntegrityError), transaction.atomic():
        PromoCode.objects.filter(pk=code.pk).update(customer=owner.pk + 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        PromoCodeFactory.create(customer_id=owner.pk + 1)
    assert PromoCode.objects.values_list("customer", flat=True).get() == owner.pk


def test_create_code_names_every_wrong_field(author: User) -> None:
    asked = {
        "value": None,
        "categories": ("nowhere",),
        "segment": "nobody",
        "tier": "none",
        "campaign": "x" * 201,
        "max_uses": 0,
    }
    spec = make_spec(**asked, ends_at=NOW - timedelta(days=99))
    assert wrong_fields(lambda: create_code(spec=spec, by=author, now=NOW)) == [
        ("value", "required"),
        ("ends_at", "before_start"),
        ("max_uses", "out_of_range"),
        ("categories", "unknown"),
        ("segment", "unknown"),
        ("campaign", "too_long"),
        ("tier", "unknown"),
    ]
    assert Terms.objects.count() == 0


def test_activate_and_deactivate_are_idempotent(author: User) -> None:
    code = create_code(spec=make_spec(), by=author, now=NOW).code
    spelt = f" {code.lower()[:5]}-{code[5:]} "
    assert activate_code(code=spelt, by=author, now=NOW).switch is True
    assert activate_code(code=code, by=author, now=NOW).switch is True
    assert deactivate_code(code=code, by=author, now=NOW).switch is False
    assert deactivate_code(code=code, by=author, now=NOW).switch is False
    assert [(change.what, change.is_new, change.action) for change in code_history(PromoCode.objects.get())] == [
        ("code", False, "deactivate"),
        ("code", False, "activate"),
        ("terms", True, "create"),
    ]


def test_activate_is_refused_when_the_code_could_never_be_used() -> None:
    over, used_up = make_code(switch=None, ends_at=NOW), make_code(max_uses=1)
    use(used_up)
    assert refusal(WrongState, lambda: activate_code(code=over.code, by=None, now=NOW)) == "expired"
    assert refusal(WrongState, lambda: activate_code(code=used_up.code, by=None, now=NOW)) == "exhausted"
    assert refusal(NotFound, lambda: activate_code(code="NOSUCHCODE", by=None, now=NOW)) == "not_found"
    assert refusal(NotFound, lambda: activate_code(code="шуба500", by=None, now=NOW)) == "not_found"


def test_edit_code_changes_everything_while_unused(author: User) -> None:
    code = create_code(spec=make_spec(campaign="A"), by=author, now=NOW)
    new = make_spec(type="fixed", value=Decimal("100.00"), minimum_order=Decimal("500.00"), max_uses=5, campaign="B")
    edit_code(code=code.code, spec=new, by=author, now=NOW)
    assert spec_of(PromoCode.objects.get()) == new


def test_edit_code_of_a_used_code_changes_its_end_and_limit_only(author: User) -> None:
    code = create_code(spec=make_spec(max_uses=2), by=author, now=NOW)
    activate_code(code=code.code, by=author, now=NOW)
    use(code)
    use(code, "order:2")
    old = spec_of(PromoCode.objects.get())

    def edit(**fields: Any) -> PromoCode:
        return edit_code(code=code.code, spec=replace(old, **fields), by=author, now=NOW)

    frozen = {"value": Decimal(6), "minimum_order": Decimal(1), "campaign": "C", "first_order_only": True}
    assert wrong_fields(lambda: edit(**frozen)) == [(field, "frozen") for field in (
        "value", "minimum_order", "first_order_only", "campaign",
    )]  # fmt: skip
    assert wrong_fields(lambda: edit(max_uses=1, ends_at=NOW)) == [
        ("ends_at", "in_the_past"),
        ("max_uses", "below_uses"),
    ]
    longer = old.ends_at + timedelta(days=5)
    edit(max_uses=3, ends_at=longer)
    assert spec_of(PromoCode.objects.get()) == replace(old, max_uses=3, ends_at=longer)
    edit(max_uses=None)


def test_edit_code_of_a_batch_is_refused(author: User) -> None:
    terms = make_terms()
    make_batch(terms=terms)
    code = make_code(terms=terms)
    assert refusal(WrongState, lambda: edit_code(code=code.code, spec=make_spec(), by=author, now=NOW)) == "in_batch"


def test_history_tells_who_changed_what_from_what_to_what(author: User, second: User) -> None:
    code = create_code(spec=make_spec(max_uses=5, campaign="Лето"), by=author, now=NOW)
    stored = PromoCode.objects.get()
    edit_code(code=code.code, spec=replace(spec_of(stored), value=Decimal(7), max_uses=9), by=second, now=NOW)
    activate_code(code=code.code, by=author, now=NOW)
    campaign = Campaign.objects.get()
    edit_campaign(campaign_id=campaign.pk, name="Лето", budget=Decimal(500), budget_policy="cut", by=second, now=NOW)

    with CaptureQueriesContext(connection) as queries:
        history = code_history(PromoCode.objects.select_related("terms").get())

    assert len(queries) <= 6
    told = {
        (change.what, change.user_id, change.action, field.field, field.before, field.after)
        for change in history
        if not change.is_new
        for field in change.fields
    }
    assert told == {
        ("code", second.pk, "edit", "max_uses", 5, 9),
        ("terms", second.pk, "edit", "value", Decimal("5.00"), Decimal("7.00")),
        ("code", author.pk, "activate", "switch", None, True),
        ("campaign", second.pk, "edit", "budget", None, Decimal("500.00")),
        ("campaign", second.pk, "edit", "budget_policy", "refuse", "cut"),
    }
    assert {change.user for change in history} == {author.email, second.email}
    assert {change.what for change in history if change.is_new} == {"terms", "campaign"}


def test_a_large_discount_is_activated_by_a_second_person(author: User, second: User) -> None:
    ProgrammeFactory.create(second_person_percent=Decimal(30), second_person_amount=Decimal(1000))
    small = create_code(spec=make_spec(value=Decimal(30)), by=author, now=NOW)
    large = create_code(spec=make_spec(value=Decimal(31)), by=author, now=NOW)
    fixed = create_code(spec=make_spec(type="fixed", value=Decimal(1001)), by=author, now=NOW)
    free = create_code(spec=make_spec(type="free_shipping"), by=author, now=NOW)
    for code in (small, free):
        activate_code(code=code.code, by=author, now=NOW)
    for code in (large, fixed):
        for nobody_else in (author, None):
            said = refusal(NotAllowed, lambda code=code, by=nobody_else: activate_code(code=code.code, by=by, now=NOW))
            assert said == "second_person_required"
        activate_code(code=code.code, by=second, now=NOW)


def test_whoever_enlarged_a_discount_cannot_activate_it_nor_enlarge_an_active_one(author: User, second: User) -> None:
    ProgrammeFactory.create(second_person_percent=Decimal(30))
    code = create_code(spec=make_spec(value=Decimal(10)), by=author, now=NOW)
    larger = replace(spec_of(PromoCode.objects.get()), value=Decimal(90))
    edit_code(code=code.code, spec=larger, by=second, now=NOW)
    assert refusal(NotAllowed, lambda: activate_code(code=code.code, by=second, now=NOW)) == "second_person_required"

    active = create_code(spec=make_spec(value=Decimal(10)), by=author, now=NOW)
    activate_code(code=active.code, by=author, now=NOW)
    said = refusal(NotAllowed, lambda: edit_code(code=active.code, spec=larger, by=author, now=NOW))
    assert said == "second_person_required"


def test_create_batch_starts_the_worker_after_the_commit(author: User, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        batch = create_batch(spec=make_spec(max_uses=1), count=10_001, by=author, now=NOW)
    assert len(callbacks) == 1
    assert (batch.count, batch.created_count, batch.code_length, batch.max_uses, batch.switch) == (
        10_001,
        0,
        12,
        1,
        None,
    )
    assert create_batch(spec=make_spec(), count=10_000, by=author, now=NOW).code_length == 10
    assert create_batch(spec=make_spec(), count=1, by=author, now=NOW, length=16).code_length == 16


@pytest.mark.parametrize(
    ("count", "length", "field"),
    [(0, None, "count"), (1_000_001, None, "count"), (10_001, 10, "length"), (1, 9, "length"), (1, 33, "length")],
)
def test_create_batch_refuses_before_any_code_is_made(count: int, length: int | None, field: str) -> None:
    wrong = wrong_fields(lambda: create_batch(spec=make_spec(), count=count, by=None, now=NOW, length=length))
    assert ([name for name, _code in wrong], Batch.objects.count(), Terms.objects.count()) == ([field], 0, 0)


def test_a_batch_is_switched_in_one_row(author: User) -> None:
    batch = create_batch(spec=make_spec(), count=2, by=author, now=NOW)
    code = make_code(terms=batch.terms, switch=None)
    assert activate_batch(batch_id=batch.pk, by=author, now=NOW).switch is True
    assert activate_batch(batch_id=batch.pk, by=author, now=NOW).switch is True
    found = find_code(code.code)
    assert found is not None
    assert found.facts.switch is True
    assert deactivate_batch(batch_id=batch.pk, by=author, now=NOW).switch is False
    edit_batch_end(batch_id=batch.pk, ends_at=NOW + timedelta(days=90), by=author, now=NOW)
    assert wrong_fields(lambda: edit_batch_end(batch_id=batch.pk, ends_at=NOW, by=author, now=NOW)) == [
        ("ends_at", "in_the_past")
    ]
    late = NOW + timedelta(days=90)
    assert refusal(WrongState, lambda: activate_batch(batch_id=batch.pk, by=author, now=late)) == "expired"
    assert refusal(NotFound, lambda: activate_batch(batch_id=404, by=author, now=NOW)) == "not_found"


def test_a_campaign_keeps_its_counter_and_refuses_a_budget_below_what_is_spent(author: User) -> None:
    campaign = create_campaign(name=" Лето ", budget=Decimal(100), by=author, now=NOW)
    assert CampaignSpending.objects.values_list("budget", "spent").get() == (Decimal(100), 0)
    CampaignSpending.objects.update(spent=60)

    def edit(budget: Decimal | None, name: str = "Лето") -> Campaign:
        return edit_campaign(
            campaign_id=campaign.pk, name=name, budget=budget, budget_policy="refuse", by=author, now=NOW
        )

    assert wrong_fields(lambda: edit(Decimal("59.99"))) == [("budget", "below_spent")]
    assert edit(Decimal(60)).budget == Decimal(60)
    assert CampaignSpending.objects.get().budget == Decimal(60)
    edit(None)
    assert CampaignSpending.objects.get().budget is None
    assert wrong_fields(lambda: create_campaign(name="Лето", by=author, now=NOW)) == [("name", "taken")]
    assert wrong_fields(lambda: edit(Decimal(-1), name=" ")) == [("name", "invalid"), ("budget", "out_of_range")]


def test_find_code_is_one_query_in_any_spelling_and_none_for_no_code() -> None:
    code = make_code(code="K7XQ4M", max_uses=5, campaign=make_campaign(budget=Decimal(100)))
    with transaction.atomic():
        redeem_code(
            promo_code_id=code.pk, order_ref="order:17", customer_id=None, holders=["customer:7", "phone:b"],
            channel="site", discount=Decimal(40), order_total=Decimal(60), now=NOW,
        )  # fmt: skip
    for typed, queries in (("k7xq-4m", 1), ("Л7ЧЙ4Ь", 1), ("NOSUCHCODE", 1), ("шуба500", 0), ("\x00" * 99, 0)):
        with CaptureQueriesContext(connection) as captured:
            found = find_code(typed, holders=("phone:b",))
        assert (len(captured), found is not None) == (queries, typed in {"k7xq-4m", "Л7ЧЙ4Ь"})
    found = find_code("K7XQ4M", holders=("phone:b",))
    assert found is not None
    assert (found.id, found.code, found.uses, found.last_order_ref) == (code.pk, "K7XQ4M", 1, "order:17")
    assert (found.facts.uses, found.facts.max_uses, found.facts.budget_left) == (1, 5, Decimal(60))
    stranger = find_code("K7XQ4M", holders=("phone:z",), lock=True)
    assert stranger is not None
    assert (stranger.uses, stranger.last_order_ref) == (0, "")


def test_find_code_prefers_look_alikes_to_the_other_layout() -> None:
    make_code(code="FDTRVY")
    make_code(code="ABEKMH")
    found = find_code("АВЕКМН")
    assert found is not None
    assert found.code == "ABEKMH"


def test_states_in_sql_are_those_of_the_rules() -> None:
    """Every mix of switches, periods and limits, told twice (PC-14)."""
    periods = [(-2, -1), (-2, 0), (-1, 1), (0, 1), (1, 2)]
    for batch_switch in (None, True, False, "no batch"):
        for start, end in periods:
            terms = make_terms(starts_at=NOW + timedelta(days=start), ends_at=NOW + timedelta(days=end))
            if batch_switch != "no batch":
                make_batch(terms=terms, switch=batch_switch)
            for switch in (None, True, False):
                for uses, max_uses in ((0, None), (0, 1), (1, 1)):
                    code = make_code(terms=terms, switch=switch, max_uses=max_uses)
                    PromoCode.objects.filter(pk=code.pk).update(uses=uses)
    rows = with_state(PromoCode.objects.select_related("terms__batch"), now=NOW)
    told = {
        row.pk: state_of(
            switch=effective_switch(row.switch, row.terms.batch.switch if hasattr(row.terms, "batch") else None),
            starts_at=row.terms.starts_at,
            ends_at=row.terms.ends_at,
            uses=row.uses,
            max_uses=row.max_uses,
            now=NOW,
        )
        for row in rows
    }
    assert {row.pk: row.state for row in rows} == {key: state.value for key, state in told.items()}
    assert set(told.values()) == set(State)


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        ("UPDATE promocodes_promocode SET uses = 2", "code_counter_equals_rows"),
        ("UPDATE promocodes_holderuse SET uses = 0", "holder_counter_equals_rows"),
        ("UPDATE promocodes_campaignspending SET spent = 1", "campaign_spent_equals_rows"),
        ("UPDATE promocodes_redemption SET redeemed_at = redeemed_at - interval '1 year'", "redeemed_within_period"),
        ("UPDATE promocodes_batch SET created_count = 3", "batch_is_counted"),
        ("UPDATE promocodes_redemption SET holders = '{customer:7,customer:8}'", "holder_counter_equals_rows"),
    ],
)
def test_invariants_find_what_is_broken(broken: str, code: str) -> None:
    promo_code = make_code(max_uses=5, max_uses_per_customer=1, campaign=make_campaign(budget=Decimal(100)))
    make_batch(count=3)
    with transaction.atomic():
        redeem_code(
            promo_code_id=promo_code.pk, order_ref="order:1", customer_id=None, holders=["customer:7"],
            channel="site", discount=Decimal(40), order_total=Decimal(60), now=NOW,
        )  # fmt: skip
    assert offenders() == []
    with connection.cursor() as cursor:
        cursor.execute(broken)
    assert offenders() == [code]


def test_invariants_find_more_uses_than_a_limit_allows() -> None:
    code = make_code(max_uses=1, max_uses_per_customer=1)
    for number in range(2):
        Redemption.objects.create(
            promo_code=code, order_ref=f"order:{number}", holders=["customer:7"], channel="site", discount=0,
            order_total=0, redeemed_at=NOW,
        )  # fmt: skip
    assert {"code_uses_within_limit", "customer_uses_within_limit"} <= set(offenders())


def offenders() -> list[str]:
    found = []
    for invariant in INVARIANTS:
        with connection.cursor() as cursor:
            cursor.execute(invariant.sql)
            if cursor.fetchone():
                found.append(invariant.code)
    return found


def test_creating_and_activating_are_different_rights(author: User) -> None:
    def rights() -> tuple[bool, ...]:
        person = User.objects.get(pk=author.pk)
        return tuple(
            may(person)
            for may in (
                permissions.can_view,
                permissions.can_create,
                permissions.can_edit,
                permissions.can_activate,
            )
        )

    assert rights() == (False, False, False, False)
    for codename, expected in (
        ("view_promocode", (True, False, False, False)),
        ("add_promocode", (True, True, False, False)),
        ("change_promocode", (True, True, True, False)),
        ("activate_promocode", (True, True, True, True)),
    ):
        author.user_permissions.add(Permission.objects.get(codename=codename, content_type__app_label="promocodes"))
        assert rights() == expected
    User.objects.filter(pk=author.pk).update(is_active=False)
    assert rights() == (False, False, False, False)
