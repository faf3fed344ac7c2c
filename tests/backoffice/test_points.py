"""Points in the back office: a customer's part, corrections, actions, the ledger, the report (PT-1 … PT-5)."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer
from loyalty_site.models import DoctorReport
from points.models import EarningAction, Entry, Lot, PendingAdjustment
from tests.factories import NOW, CustomerFactory, ProgrammeFactory
from tests.points.rows import adjust, day, earn, expire, spend, sums, take_back, waiting_correction

FACT = "manual:" + "a" * 32
GIVE = {"fact": FACT, "direction": "give", "amount": "100", "reason": "A late parcel", "expires_on": ""}


@pytest.fixture
def customer() -> Customer:
    return CustomerFactory.create(email="one@shop.test", last_name="Buyer")


def customer_page(client: Client, customer: Customer, **asked: Any) -> Any:
    return client.get(reverse("admin:customers_customer_change", args=[customer.pk]), asked)


def correct(client: Client, customer: Customer, **typed: Any) -> Any:
    return client.post(reverse("admin:points_customer_correct", args=[customer.pk]), GIVE | typed)


def said(client: Client, answer: Any) -> list[str]:
    """What the next page tells, in plain spaces."""
    shown = client.get(answer["Location"].partition("#")[0])
    return [str(message).replace("\N{NO-BREAK SPACE}", " ") for message in shown.context["messages"]]


# A customer's page


def test_customer_page_tells_what_there_is_and_how_it_came(manager: Client, customer: Customer) -> None:
    earn(customer, 100, "earn:order:1", order_ref="order:1", expires_at=day(20))
    earn(customer, 50, "action:review:1", kind="action", available_from=day(3), reason="Review")
    spend(customer, 30, "order:2")
    points = customer_page(manager, customer).context["points"]
    assert (points["balance"].available, points["balance"].pending, points["balance"].pending_from) == (70, 50, day(3))
    assert points["balance"].expiring == ((70, day(20)),)
    assert [(row["lot"].kind, row["lot"].remaining) for row in points["lots"]] == [("purchase", 70), ("action", 50)]
    assert [(row["entry"].kind, row["entry"].amount, row["why"], row["balance"]) for row in points["entries"]] == [
        ("spend", -30, "", 120),
        ("earn", 50, "Review", 150),
        ("earn", 100, "purchase", 100),
    ]


def test_customer_page_links_entries_to_orders(manager: Client, placed: Any) -> None:
    earn(placed.customer, 100, "earn:order:1", order_ref=placed.ref)
    row = customer_page(manager, placed.customer).context["points"]["entries"][0]
    assert row["order"][:2] == (placed.number, reverse("admin:orders_order_change", args=[placed.pk]))


def test_customer_page_tells_of_debt(manager: Client, customer: Customer) -> None:
    earn(customer, 100, "earn:order:1")
    spend(customer, 80)
    take_back("earn:order:1", None, "take_back:order:1")
    points = customer_page(manager, customer).context["points"]
    assert points["balance"].debt == 80
    assert [(row["entry"].amount, row["why"]) for row in points["entries"][:2]] == [
        (-80, "became debt: there were no points left"),
        (-20, ""),
    ]


def test_history_keeps_one_kind_and_has_pages(manager: Client, customer: Customer) -> None:
    for number in range(22):
        earn(customer, 10, f"earn:order:{number}")
    spend(customer, 5)
    first = customer_page(manager, customer, points_kind="earn").context["points"]
    assert (len(first["entries"]), first["newer"], first["older"]) == (20, 0, 2)
    second = customer_page(manager, customer, points_kind="earn", points_page="2").context["points"]
    assert ([row["entry"].fact for row in second["entries"]], second["newer"], second["older"]) == (
        ["earn:order:1", "earn:order:0"],
        1,
        0,
    )


@pytest.mark.parametrize("asked", [{"points_kind": "x"}, {"points_page": "0"}, {"points_page": "²"}])
def test_history_forgives_a_strange_address(asked: dict[str, str], manager: Client, customer: Customer) -> None:
    earn(customer, 10, "earn:order:1")
    points = customer_page(manager, customer, **asked).context["points"]
    assert (len(points["entries"]), points["newer"]) == (1, 0)


@pytest.mark.parametrize("count", [1, 3])
def test_customer_page_takes_as_many_queries_for_any_number_of_entries(
    count: int, manager: Client, customer: Customer, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        earn(customer, 10, f"earn:order:{number}", order_ref=f"order:{number}")
    customer_page(manager, customer)
    with django_assert_num_queries(57):
        customer_page(manager, customer)


# Corrections


def test_points_are_given_with_a_reason_and_an_author(as_role: Any, staff: Any, customer: Customer) -> None:
    support = as_role("support")
    answer = correct(support, customer, expires_on="2026-07-01")
    entry = Entry.objects.select_related("lot", "author").get()
    assert (entry.kind, entry.amount, entry.reason, entry.author) == ("adjust", 100, "A late parcel", staff("support"))
    assert entry.lot is not None
    assert entry.lot.expires_at.isoformat() == "2026-07-01T21:00:00+00:00"
    assert said(support, answer) == ["Given: 100 points."]


def test_points_are_taken_away(as_role: Any, customer: Customer) -> None:
    earn(customer, 100, "earn:order:1")
    support = as_role("support")
    answer = correct(support, customer, direction="take", amount="40")
    assert (sums(customer), said(support, answer)) == ((60, 0, 0), ["Taken away: 40 points."])


def test_a_form_sent_twice_corrects_once(as_role: Any, customer: Customer) -> None:
    support = as_role("support")
    correct(support, customer)
    again = correct(support, customer)
    assert sums(customer) == (100, 0, 0)
    assert said(support, again) == ["Given: 100 points.", "This correction was made already; nothing was moved again."]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"reason": "x" * 201}, "reason"),
        ({"amount": "0"}, "amount"),
        ({"amount": "100000001"}, "amount"),
        ({"amount": "ten"}, "amount"),
        ({"direction": "take"}, "amount"),
        ({"direction": "take", "expires_on": "2026-07-01"}, "expires_on"),
        ({"expires_on": "2026-06-09"}, "expires_on"),
        ({"fact": "earn:order:1042"}, "fact"),
        ({"direction": ""}, "direction"),
    ],
)
def test_a_wrong_correction_is_told_and_nothing_typed_is_lost(
    typed: dict[str, str], field: str, as_role: Any, customer: Customer
) -> None:
    answer = correct(as_role("support"), customer, **typed)
    form = answer.context["form"]
    assert (answer.status_code, list(form.errors), Entry.objects.count()) == (422, [field], 0)
    assert {name: form[name].value() for name in GIVE} == GIVE | typed


def test_taking_more_than_there_is_says_how_many_there_are(as_role: Any, customer: Customer) -> None:
    earn(customer, 30, "earn:order:1")
    answer = correct(as_role("support"), customer, direction="take")
    told = answer.context["form"].errors["amount"][0].replace("\N{NO-BREAK SPACE}", " ")
    assert told == "There are fewer points than that: 30 points can be taken away."


def test_the_same_form_with_other_values_is_refused(as_role: Any, customer: Customer) -> None:
    support = as_role("support")
    correct(support, customer)
    answer = correct(support, customer, amount="200")
    assert answer.context["form"].non_field_errors() == ["This has been posted before with other values."]


def test_a_large_correction_waits_and_the_customer_page_says_so(as_role: Any, customer: Customer) -> None:
    ProgrammeFactory.create(second_person_points=99)
    support = as_role("support")
    answer = correct(support, customer)
    assert said(support, answer) == ["The correction waits for a second person: nothing has moved yet."]
    asked = PendingAdjustment.objects.get()
    assert list(customer_page(support, customer).context["points"]["waiting"]) == [asked]
    assert sums(customer) == (0, 0, 0)


def decide(client: Client, asked: PendingAdjustment, verb: str) -> Any:
    return client.post(reverse(f"admin:points_pendingadjustment_{verb}", args=[asked.pk]))


def test_somebody_else_confirms(manager: Client, staff: Any, customer: Customer) -> None:
    asked = waiting_correction(customer, 1000, by=staff("support"))
    answer = decide(manager, asked, "confirm")
    assert (sums(customer), said(manager, answer)) == ((1000, 0, 0), ["Confirmed: the points have moved."])
    assert said(manager, decide(manager, asked, "confirm")) == ["This is not possible in the current state."]


def test_the_author_may_not_confirm_and_is_told_why(manager: Client, staff: Any, customer: Customer) -> None:
    asked = waiting_correction(customer, 1000, by=staff("manager"))
    page = manager.get(reverse("admin:points_pendingadjustment_page", args=[asked.pk]))
    assert (page.context["may_confirm"], page.context["may_refuse"]) == (False, True)
    assert "You asked for this correction, so somebody else confirms it." in page.content.decode()
    assert said(manager, decide(manager, asked, "confirm")) == [
        "A correction this large is confirmed by somebody other than the one who asked for it."
    ]
    assert sums(customer) == (0, 0, 0)


def test_a_withdrawal_that_points_no_longer_suffice_for_is_not_confirmed(
    manager: Client, staff: Any, customer: Customer
) -> None:
    earn(customer, 900, "earn:order:1")
    asked = waiting_correction(customer, -800, by=staff("support"))
    spend(customer, 600)
    assert said(manager, decide(manager, asked, "confirm")) == [
        "There are fewer points than that: 300 points can be taken away."
    ]


def test_the_author_takes_his_own_back_and_no_other(as_role: Any, staff: Any, customer: Customer) -> None:
    own = waiting_correction(customer, 1000, by=staff("support"))
    other = waiting_correction(customer, 1000, "manual:other", by=staff("manager"))
    support = as_role("support")
    assert [decide(support, asked, "refuse").status_code for asked in (own, other)] == [302, 403]
    assert list(PendingAdjustment.objects.order_by("pk").values_list("is_confirmed", flat=True)) == [False, None]


@pytest.mark.parametrize("verb", ["confirm", "refuse"])
def test_support_and_marketers_confirm_nothing(verb: str, as_role: Any, customer: Customer) -> None:
    asked = waiting_correction(customer, 1000)
    assert {decide(as_role(role), asked, verb).status_code for role in ("support", "marketer")} == {403}


def test_corrections_that_wait_come_first(manager: Client, staff: Any, customer: Customer) -> None:
    first, second, third = (waiting_correction(customer, 1000, f"manual:{number}") for number in range(3))
    decide(manager, third, "refuse")
    address = reverse("admin:points_pendingadjustment_changelist")
    assert list(manager.get(address).context["cl"].result_list) == [second, first, third]
    assert list(manager.get(address, {"state": "refused"}).context["cl"].result_list) == [third]


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_corrections_takes_as_many_queries_for_any_number(
    count: int, manager: Client, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        waiting_correction(CustomerFactory.create(), 1000, f"manual:{number}")
    with django_assert_num_queries(6):
        manager.get(reverse("admin:points_pendingadjustment_changelist"))


def test_home_tells_those_who_confirm_what_waits(as_role: Any, customer: Customer) -> None:
    waiting_correction(customer, 1000)
    told = {role: as_role(role).get(reverse("admin:index")).context["corrections"] for role in ("manager", "support")}
    assert told == {"manager": 1, "support": None}


# Actions that earn

ACTION = {
    "code": "review",
    "name": "Review",
    "amount": "50",
    "life_days": "90",
    "limit_per_customer": "",
    "is_active": "on",
}


def test_an_action_is_made_and_changed_but_not_its_code(manager: Client) -> None:
    manager.post(reverse("admin:points_earningaction_add"), ACTION)
    action = EarningAction.objects.get()
    assert (action.code, action.amount, action.life_days, action.limit_per_customer, action.is_active) == (
        "review",
        50,
        90,
        None,
        True,
    )
    address = reverse("admin:points_earningaction_change", args=[action.pk])
    manager.post(
        address, {"code": "other", "name": "A review", "amount": "60", "life_days": "", "limit_per_customer": "2"}
    )
    action.refresh_from_db()
    assert (action.code, action.name, action.amount, action.life_days, action.limit_per_customer, action.is_active) == (
        "review",
        "A review",
        60,
        None,
        2,
        False,
    )
    labels = list(EarningAction.pgh_event_model.objects.order_by("pgh_id").values_list("pgh_label", flat=True))  # type: ignore[attr-defined]
    assert labels == ["insert", "update"]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"amount": "1000001"}, "amount"),
        ({"life_days": "3651"}, "life_days"),
        ({"limit_per_customer": "1000001"}, "limit_per_customer"),
        ({"name": "  "}, "name"),
        ({"code": "share"}, "code"),
        ({"code": "no spaces"}, "code"),
    ],
)
def test_a_wrong_action_is_told_beside_its_field(typed: dict[str, str], field: str, manager: Client) -> None:
    EarningAction.objects.create(code="share", name="Share", amount=1)
    answer = manager.post(reverse("admin:points_earningaction_add"), ACTION | typed)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert EarningAction.objects.count() == 1


def test_an_action_tells_what_it_gave_and_how_to_report_it(manager: Client, customer: Customer) -> None:
    action = EarningAction.objects.create(code="review", name="Review", amount=50)
    for number in range(2):
        earn(customer, 50, f"action:review:customer:{customer.pk}:{number}", kind="action")
    page = manager.get(reverse("admin:points_earningaction_change", args=[action.pk]))
    assert (page.context["use"].times, page.context["use"].points) == (2, 100)
    assert "/api/v1/customers/CUSTOMER_ID/actions" in page.context["call"]
    assert '{"action": "review", "reference": "review:77"}' in page.context["call"]


def test_marketers_look_at_actions_only(as_role: Any) -> None:
    marketer = as_role("marketer")
    assert marketer.post(reverse("admin:points_earningaction_add"), ACTION).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_actions_takes_as_many_queries_for_any_number(
    count: int, manager: Client, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        EarningAction.objects.create(code=f"a{number}", name="Action", amount=1)
    with django_assert_num_queries(7):
        manager.get(reverse("admin:points_earningaction_changelist"))


# The ledger


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("one@shop", ["a", "b"]),
        ("buyer", ["a", "b"]),
        ("№ 1042", ["a"]),
        ("order:1042", ["a"]),
        ("earn:order:7", ["c"]),
        ("earn:", ["c"]),
        ("nobody@shop.test", []),
    ],
)
def test_entries_are_found_by_customer_order_and_fact(
    typed: str, found: list[str], manager: Client, customer: Customer
) -> None:
    earn(customer, 10, "a", order_ref="order:1042")
    earn(customer, 10, "b")
    earn(CustomerFactory.create(email="two@other.test"), 10, "earn:order:7")
    names = {"earn:order:7": "c"}
    rows = manager.get(reverse("admin:points_entry_changelist"), {"q": typed}).context["cl"].result_list
    assert sorted(names.get(entry.fact, entry.fact) for entry in rows) == found


def test_entries_are_filtered_by_kind_period_and_customer(manager: Client, customer: Customer) -> None:
    earn(customer, 10, "old", now=day(-20), available_from=day(-20))
    earn(customer, 10, "new", now=day(-2), available_from=day(-2))
    earn(CustomerFactory.create(), 5, "other")
    spend(customer, 1)
    address = reverse("admin:points_entry_changelist")

    def facts(**asked: Any) -> list[str]:
        return [entry.fact for entry in manager.get(address, asked).context["cl"].result_list]

    assert facts(kind__exact="spend") == ["spend:order:1"]
    assert facts(posted="today") == ["spend:order:1", "other"]
    assert facts(posted="7", of=customer.pk) == ["spend:order:1", "new"]
    assert facts(posted="last_month") == ["old"]
    assert len(facts(of="x")) == 4


@pytest.mark.parametrize("count", [1, 3])
def test_ledger_takes_as_many_queries_for_any_number_of_entries(
    count: int, manager: Client, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        earn(CustomerFactory.create(), 10, f"earn:order:{number}", order_ref=f"order:{number}")
    with django_assert_num_queries(6):
        manager.get(reverse("admin:points_entry_changelist"))


def test_an_entry_shows_what_it_undoes(manager: Client, customer: Customer) -> None:
    earn(customer, 100, "earn:order:1")
    take_back("earn:order:1", 40, "take_back:order:1")
    first, second = Entry.objects.order_by("pk")
    page = manager.get(reverse("admin:points_entry_change", args=[second.pk]))
    assert page.context["undone"] == first
    page = manager.get(reverse("admin:points_entry_change", args=[first.pk]))
    assert list(page.context["undoing"]) == [second]
    assert manager.post(reverse("admin:points_entry_change", args=[first.pk]), {}).status_code == 403


# The report


def test_report_counts_months_and_what_is_owed(as_role: Any, customer: Customer) -> None:
    ProgrammeFactory.create(point_value="0.50")
    earn(customer, 100, "a", now=day(-60), available_from=day(-60), expires_at=day(-20))
    spend(customer, 10, now=day(-50))
    expire(day(-20))
    earn(customer, 60, "b", expires_at=day(29))
    earn(customer, 40, "c", expires_at=day(80))
    adjust(customer, -5)
    context = as_role("administrator").get(reverse("admin_points_report")).context
    shown = [[row["label"], *(cell["value"] for cell in row["cells"])] for row in context["rows"]]
    assert shown == [
        ["June 2026", 100, 0, 0, 0, 5, 95],
        ["May 2026", 0, 0, 0, 90, 0, 0],
        ["April 2026", 100, 0, 10, 0, 0, 90],
    ]
    assert [cell["value"] for cell in context["total"]] == [200, 0, 10, 90, 5]
    assert (context["owed"].liability, context["owed_money"]) == (95, 47.5)
    assert context["expiring"] == [(30, 55, 27.5), (90, 95, 47.5)]


def test_report_keeps_to_its_period(manager: Client, customer: Customer) -> None:
    earn(customer, 100, "a", now=day(-500), available_from=day(-500))
    earn(customer, 10, "b")
    address = reverse("admin_points_report")
    labels = {
        period: [row["label"] for row in manager.get(address, {"period": period}).context["rows"]]
        for period in ("12", "24", "all", "x")
    }
    both = ["June 2026", "January 2025"]
    assert labels == {"12": ["June 2026"], "24": both, "all": both, "x": ["June 2026"]}


def test_report_as_a_file(manager: Client, customer: Customer) -> None:
    earn(customer, 100, "a")
    csv = manager.get(reverse("admin_points_report_csv"))
    assert b"".join(csv.streaming_content).decode("utf-8-sig").splitlines() == [
        'Month,Issued,Taken back,Spent,Expired,Withdrawn,Liability,"Liability, roubles"',
        "2026-06,100,0,0,0,0,100,100",
    ]
    xlsx = manager.get(reverse("admin_points_report_xlsx"))
    assert b"".join(xlsx.streaming_content).startswith(b"PK")


def test_report_tells_administrators_whether_the_books_add_up(as_role: Any) -> None:
    offender = {"fact": "earn:order:1"}
    DoctorReport.objects.create(
        ran_at=NOW, seconds=1, findings={"points_fact_once": {"count": 3, "offenders": [offender]}, "order_total": {}}
    )
    address = reverse("admin_points_report")
    context = as_role("administrator").get(address).context
    assert [one["found"]["offenders"] for one in context["broken"]] == [[offender]]
    assert as_role("manager").get(address).context["checks"] == []


def test_report_takes_eight_queries(manager: Client, customer: Customer, django_assert_num_queries: Any) -> None:
    earn(customer, 100, "a")
    with django_assert_num_queries(8):
        manager.get(reverse("admin_points_report"))


def test_home_shows_points_beside_yesterday(manager: Client, customer: Customer) -> None:
    earn(customer, 100, "a", now=day(-1), available_from=day(-1))
    earn(customer, 50, "b")
    spend(customer, 20)
    shown = {
        one["name"]: (one["value"], one["before"]) for one in manager.get(reverse("admin:index")).context["indicators"]
    }
    assert {name: shown[name] for name in ("Points issued", "Points spent", "Liability in points")} == {
        "Points issued": ("50", "100"),
        "Points spent": ("20", "0"),
        "Liability in points": ("₽130", "₽100"),
    }
    assert Lot.objects.count() == 2


def test_a_correction_is_told_beside_the_points(manager: Client, customer: Customer) -> None:
    correct(manager, customer, amount="1 000")
    before, _points, beside = customer_page(manager, customer).content.decode().partition('id="points"')
    assert ("Given: 1,000" in before, 'role="status">Given: 1,000 points.' in beside.replace("\xa0", " ")) == (
        False,
        True,
    )


def test_more_than_there_is_is_refused_before_a_second_person_looks(manager: Client, customer: Customer) -> None:
    ProgrammeFactory.create(second_person_points=50)
    earn(customer, 100, "earn:order:1")
    answer = correct(manager, customer, direction="take", amount="101")
    assert (answer.status_code, list(answer.context["form"].errors), PendingAdjustment.objects.count()) == (
        422,
        ["amount"],
        0,
    )
