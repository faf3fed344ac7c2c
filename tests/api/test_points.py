"""A customer's points over HTTP: the ledger, corrections, actions that earn."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from customers.models import Customer
from loyalty_site.kernel.transactions import in_transaction
from loyalty_site.models import ApiKey, IdempotencyRecord
from points import services
from points.admin import words
from points.models import Entry, PendingAdjustment
from points.rules import correcting_key, correction_fact
from tests.api.conftest import Api, problem
from tests.factories import CustomerFactory, EarningActionFactory, ProgrammeFactory, UserFactory

NOTHING = {"available": 0, "pending": 0, "debt": 0, "expiring": []}


def earned(customer: Customer, amount: int, fact: str = "earn:order:1", **given: Any) -> services.Posted:
    """Points of an order, available since yesterday, for a hundred days from now."""
    now = timezone.now()
    dates = {"available_from": now - timedelta(1), "expires_at": now + timedelta(100)} | given
    return in_transaction(
        lambda: services.earn(
            customer_id=customer.pk, amount=amount, kind="purchase", fact=fact, order_ref=fact[5:], now=now, **dates
        )
    )


def address(customer: Customer, what: str = "points") -> str:
    return f"customers/{customer.public_id}/{what}"


def points_of(api: Api, customer: Customer) -> Any:
    return api.get(f"customers/{customer.public_id}").json()["points"]


def test_entries_are_listed_the_newest_first(api: Api) -> None:
    customer = CustomerFactory()
    starts, ends = datetime(2026, 1, 1, 9, tzinfo=UTC), datetime(2099, 1, 1, 21, tzinfo=UTC)
    first = earned(customer, 100, available_from=starts, expires_at=ends)
    now = timezone.now()
    back = in_transaction(
        lambda: services.take_back(
            earn_fact="earn:order:1", fact="take_back:1", now=now, order_ref="order:1", reason="refund"
        )
    )
    earned(CustomerFactory(), 7, "earn:order:2")

    answer = api.get(address(customer))

    posted = timezone.localtime(Entry.objects.get(pk=first.entries[0].id).posted_at).isoformat()
    dates = {"available_from": "2026-01-01T12:00:00+03:00", "expires_at": "2099-01-02T00:00:00+03:00"}
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "next": None,
            "previous": None,
            "results": [
                {
                    "id": back.entries[0].id,
                    "amount": -100,
                    "kind": "take_back",
                    "reason": "refund",
                    "order": "1",
                    "created_at": timezone.localtime(now).isoformat(),
                    **dates,
                },
                {
                    "id": first.entries[0].id,
                    "amount": 100,
                    "kind": "earn",
                    "reason": "",
                    "order": "1",
                    "created_at": posted,
                    **dates,
                },
            ],
        },
    )


def test_debt_has_no_dates(api: Api) -> None:
    customer = CustomerFactory()
    earned(customer, 100)
    now = timezone.now()
    in_transaction(lambda: services.spend(customer_id=customer.pk, amount=60, order_ref="order:2", now=now))
    in_transaction(lambda: services.take_back(earn_fact="earn:order:1", fact="take_back:1", now=now))

    entries = api.get(address(customer)).json()["results"]

    assert [(entry["amount"], entry["kind"], entry["expires_at"] is None) for entry in entries] == [
        (-60, "take_back", True),
        (-40, "take_back", False),
        (-60, "spend", False),
        (100, "earn", False),
    ]
    assert points_of(api, customer) == NOTHING | {"debt": 60}


def test_entries_are_filtered_and_paged(api: Api) -> None:
    customer = CustomerFactory()
    for number in range(1, 6):
        earned(customer, number, f"earn:order:{number}")
    now = timezone.now()
    in_transaction(lambda: services.spend(customer_id=customer.pk, amount=1, order_ref="order:3", now=now))
    moment = quote(now.isoformat())

    def amounts(query: str) -> list[int]:
        return [entry["amount"] for entry in api.get(f"{address(customer)}?{query}").json()["results"]]

    assert amounts("") == [-1, 5, 4, 3, 2, 1]
    assert amounts("kind=spend") == [-1]
    assert amounts("order=3") == [-1, 3]
    assert amounts(f"since={moment}") == [-1]
    assert amounts(f"until={moment}") == [5, 4, 3, 2, 1]
    assert amounts("kind=earn&limit=2") == [5, 4]
    follow = api.get(f"{address(customer)}?kind=earn&limit=2").json()["next"].partition("/api/v1/")[2]
    assert [entry["amount"] for entry in api.get(follow).json()["results"]] == [3, 2]
    assert amounts("order=9") == amounts("order=" + "9" * 58) == []


@pytest.mark.parametrize("query", ["kind=gift", "since=yesterday", "until=2026-06-01", "limit=0", "cursor=abc"])
def test_wrong_filter_is_refused(api: Api, query: str) -> None:
    answer = api.get(f"{address(CustomerFactory())}?{query}")

    assert (problem(answer), answer.json()["errors"][0]["field"]) == ((400, "invalid"), query.partition("=")[0])


@pytest.mark.parametrize("rows", [1, 3])
def test_list_takes_three_queries(api: Api, rows: int) -> None:
    customer = CustomerFactory()
    for number in range(rows):
        earned(customer, 5, f"earn:order:{number}")

    with CaptureQueriesContext(connection) as asked:
        assert len(api.get(address(customer)).json()["results"]) == rows

    assert len(asked) == 3  # the key, the customer, the entries


def test_customer_reads_its_own_points_alone(shopper: Any) -> None:
    other = CustomerFactory()
    earned(shopper.customer, 5)
    earned(other, 7, "earn:order:2")

    assert [entry["amount"] for entry in shopper.get(address(shopper.customer)).json()["results"]] == [5]
    assert problem(shopper.get(address(other))) == (404, "not_found")
    for what, body in (("points", {"amount": 5, "reason": "mine"}), ("actions", {"action": "a", "reference": "1"})):
        answer = shopper.post(address(shopper.customer, what), body, key="k-1")
        assert problem(answer) == (403, "permission_denied")
    assert points_of_ledger(shopper.customer) == 5


def points_of_ledger(customer: Customer) -> int:
    return sum(Entry.objects.filter(account_id=customer.pk).values_list("amount", flat=True))


def test_staff_who_are_no_customers_are_nobody(db: None) -> None:
    caller = Api()
    caller.client.force_login(UserFactory(is_staff=True))

    assert problem(caller.get(address(CustomerFactory()))) == (401, "not_authenticated")


def test_points_are_given(api: Api) -> None:
    customer = CustomerFactory()
    ends = "2099-06-01T00:00:00+03:00"

    answer = api.post(address(customer), {"amount": 100, "reason": " late ", "expires_at": ends}, key="k-1")

    entry = Entry.objects.get()
    posted = timezone.localtime(entry.posted_at).isoformat()
    assert (answer.status_code, answer.json()) == (
        201,
        {
            "status": "posted",
            "amount": 100,
            "reason": "late",
            "entries": [
                {
                    "id": entry.pk,
                    "amount": 100,
                    "kind": "adjust",
                    "reason": "late",
                    "order": None,
                    "created_at": posted,
                    "available_from": posted,
                    "expires_at": ends,
                }
            ],
            "points": NOTHING | {"available": 100},
        },
    )
    assert points_of(api, customer) == NOTHING | {"available": 100}


def test_given_points_live_as_the_programme_says_and_expire_soon(api: Api) -> None:
    ProgrammeFactory(points_life_days=10)
    customer = CustomerFactory()

    answer = api.post(address(customer), {"amount": 100, "reason": "late", "expires_at": None}, key="k-1").json()

    day_after = timezone.localdate() + timedelta(days=11)
    expires_at = f"{day_after.isoformat()}T00:00:00+03:00"
    assert answer["entries"][0]["expires_at"] == expires_at
    assert answer["points"]["expiring"] == [{"amount": 100, "expires_at": expires_at}]
    assert points_of(api, customer) == answer["points"]


def test_points_are_taken_from_several_lots_and_never_below_zero(api: Api) -> None:
    customer = CustomerFactory()
    earned(customer, 30)
    earned(customer, 50, "earn:order:2", expires_at=timezone.now() + timedelta(200))

    answer = api.post(address(customer), {"amount": -40, "reason": "by mistake"}, key="k-1")
    refused = api.post(address(customer), {"amount": -41, "reason": "by mistake"}, key="k-2")

    assert [entry["amount"] for entry in answer.json()["entries"]] == [-30, -10]
    assert answer.json()["points"] == NOTHING | {"available": 40}
    assert problem(refused) == (422, "not_enough_points")
    assert refused.json()["points_available"] == 40
    assert points_of(api, customer) == NOTHING | {"available": 40}


def test_pending_points_are_not_taken(api: Api) -> None:
    customer = CustomerFactory()
    earned(customer, 30, available_from=timezone.now() + timedelta(7))

    assert problem(api.post(address(customer), {"amount": -1, "reason": "x"}, key="k-1")) == (422, "not_enough_points")
    assert points_of(api, customer) == NOTHING | {"pending": 30}


def test_given_points_pay_the_debt_first(api: Api) -> None:
    customer = CustomerFactory()
    earned(customer, 100)
    now = timezone.now()
    in_transaction(lambda: services.spend(customer_id=customer.pk, amount=100, order_ref="order:2", now=now))
    in_transaction(lambda: services.take_back(earn_fact="earn:order:1", amount=30, fact="take_back:1", now=now))

    answer = api.post(address(customer), {"amount": 50, "reason": "late"}, key="k-1").json()

    assert [(entry["amount"], entry["kind"]) for entry in answer["entries"]] == [
        (50, "adjust"),
        (-30, "debt"),
        (30, "debt"),
    ]
    assert answer["points"] == NOTHING | {"available": 20}


def test_same_key_gives_once_even_after_the_answer_is_forgotten(api: Api, api_with: Callable[..., Api]) -> None:
    customer, body = CustomerFactory(), {"amount": 100, "reason": "late"}

    first = api.post(address(customer), body, key="k-1")
    again = api.post(address(customer), body, key="k-1")
    IdempotencyRecord.objects.all().delete()
    much_later = api.post(address(customer), body, key="k-1")
    IdempotencyRecord.objects.all().delete()
    other_amount = api.post(address(customer), body | {"amount": 99}, key="k-1")
    other_customer = api.post(address(CustomerFactory()), body, key="k-2-" * 50)
    IdempotencyRecord.objects.all().delete()
    taken = api.post(address(customer), body, key="k-2-" * 50)
    other_caller = api_with("points").post(address(customer), body, key="k-1")

    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (much_later.status_code, much_later.json()) == (201, first.json())
    assert problem(other_amount) == problem(taken) == (409, "idempotency_mismatch")
    assert other_customer.status_code == other_caller.status_code == 201
    assert points_of(api, customer) == NOTHING | {"available": 200}


def test_correction_is_known_by_the_integration_that_asked_for_it(api: Api) -> None:
    api.post(address(CustomerFactory()), {"amount": 100, "reason": "late"}, key="k-1")

    number = ApiKey.objects.get().pk
    assert correcting_key(Entry.objects.get().fact) == number
    with override("en"):
        assert words.author(Entry.objects.get()) == f"integration, key {number}"
    assert correcting_key("adjust:manual:1") is None
    assert len(correction_fact(caller=f"key:{10**18}", key="k" * 200)) < Entry._meta.get_field("fact").max_length


def test_key_is_required(api: Api) -> None:
    answer = api.post(address(CustomerFactory()), {"amount": 100, "reason": "late"})

    assert problem(answer) == (400, "idempotency_key_required")
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"reason": "x"}, "amount"),
        ({"amount": 0, "reason": "x"}, "amount"),
        ({"amount": 1.5, "reason": "x"}, "amount"),
        ({"amount": "100", "reason": "x"}, "amount"),
        ({"amount": True, "reason": "x"}, "amount"),
        ({"amount": 100_000_001, "reason": "x"}, "amount"),
        ({"amount": 5}, "reason"),
        ({"amount": 5, "reason": " "}, "reason"),
        ({"amount": 5, "reason": "x" * 201}, "reason"),
        ({"amount": 5, "reason": "x", "expires_at": "2026-06-01"}, "expires_at"),
        ({"amount": 5, "reason": "x", "expires_at": "2020-06-01T00:00:00Z"}, "expires_at"),
        ({"amount": -5, "reason": "x", "expires_at": "2099-06-01T00:00:00Z"}, "expires_at"),
        ({"amount": 5, "reason": "x", "expire_at": None}, "expire_at"),
    ],
)
def test_wrong_correction_is_refused(api: Api, body: dict[str, Any], field: str) -> None:
    answer = api.post(address(CustomerFactory()), body, key="k-1")

    assert (problem(answer), [error["field"] for error in answer.json()["errors"]]) == ((400, "invalid"), [field])
    assert not Entry.objects.exists()


def test_large_correction_waits_for_a_second_person(api: Api) -> None:
    ProgrammeFactory(second_person_points=100)
    customer, body = CustomerFactory(), {"amount": 101, "reason": "late"}

    answer = api.post(address(customer), body, key="k-1")

    waiting = {"status": "waiting", "amount": 101, "reason": "late", "entries": [], "points": NOTHING}
    assert (answer.status_code, answer.json()) == (202, waiting)
    asked, now = PendingAdjustment.objects.get(), timezone.now()
    in_transaction(lambda: services.confirm_adjustment(adjustment_id=asked.pk, by=UserFactory(), now=now))
    assert points_of(api, customer) == NOTHING | {"available": 101}
    IdempotencyRecord.objects.all().delete()
    later = api.post(address(customer), body, key="k-1")
    assert (later.status_code, later.json()["status"], later.json()["entries"][0]["amount"]) == (201, "posted", 101)
    assert points_of(api, customer) == NOTHING | {"available": 101}


def test_refused_correction_says_so_when_it_is_asked_for_again(api: Api) -> None:
    ProgrammeFactory(second_person_points=0)
    customer, body = CustomerFactory(), {"amount": 5, "reason": "late"}
    api.post(address(customer), body, key="k-1")
    asked, now = PendingAdjustment.objects.get(), timezone.now()
    in_transaction(lambda: services.refuse_adjustment(adjustment_id=asked.pk, by=UserFactory(), now=now))
    IdempotencyRecord.objects.all().delete()

    answer = api.post(address(customer), body, key="k-1")

    assert problem(answer) == (409, "wrong_state")
    assert answer.json()["reason"] == "correction_refused"
    assert points_of(api, customer) == NOTHING


def test_unknown_customer_is_404(api: Api) -> None:
    unknown = "customers/00000000-0000-4000-8000-000000000000"
    EarningActionFactory(code="review")

    assert problem(api.get(f"{unknown}/points")) == (404, "not_found")
    assert problem(api.post(f"{unknown}/points", {"amount": 5, "reason": "x"}, key="k-1")) == (404, "not_found")
    body = {"action": "review", "reference": "1"}
    assert problem(api.post(f"{unknown}/actions", body, key="k-2")) == (404, "not_found")


def test_actions_are_listed(api: Api) -> None:
    EarningActionFactory(code="profile", name="Profile filled in", amount=50, life_days=90)
    with CaptureQueriesContext(connection) as with_one:
        api.get("points/actions")
    EarningActionFactory(code="share", name="Share", amount=5, limit_per_customer=None, is_active=False)
    EarningActionFactory(code="review")

    with CaptureQueriesContext(connection) as with_three:
        found = api.get("points/actions").json()

    assert (len(with_one), len(with_three)) == (2, 2)
    assert [row["code"] for row in found["results"]] == ["review", "share", "profile"]
    assert found["results"][1:] == [
        {
            "code": "share",
            "name": "Share",
            "amount": 5,
            "life_days": None,
            "limit_per_customer": None,
            "is_active": False,
        },
        {
            "code": "profile",
            "name": "Profile filled in",
            "amount": 50,
            "life_days": 90,
            "limit_per_customer": 1,
            "is_active": True,
        },
    ]


def test_action_earns_once_for_each_deed(api: Api) -> None:
    EarningActionFactory(code="review", name="A review", amount=50, limit_per_customer=2)
    customer = CustomerFactory()

    def report(reference: str) -> Any:
        return api.post(address(customer, "actions"), {"action": "review", "reference": reference})

    first, again, second, third = report("77"), report("77"), report("78"), report("79")

    entry = first.json()["entries"][0]
    assert (first.status_code, first.json() | {"entries": []}) == (
        201,
        {
            "action": "review",
            "reference": "77",
            "amount": 50,
            "entries": [],
            "points": NOTHING | {"available": 50},
        },
    )
    assert (entry["amount"], entry["kind"], entry["reason"], entry["order"]) == (50, "earn", "A review", None)
    assert (again.status_code, again.json()) == (200, first.json())
    assert (second.status_code, second.json()["points"]["available"]) == (201, 100)
    assert problem(third) == (422, "action_limit_reached")
    assert report("77").status_code == 200
    assert points_of(api, customer) == NOTHING | {"available": 100}


def test_action_that_earns_nothing_is_refused(api: Api) -> None:
    EarningActionFactory(code="share", is_active=False)
    customer = CustomerFactory()

    for action in ("share", "unknown"):
        answer = api.post(address(customer, "actions"), {"action": action, "reference": "1"}, key=f"k-{action}")
        assert problem(answer) == (404, "unknown_action")
    for body, field in (
        ({"action": "share"}, "reference"),
        ({"reference": "1"}, "action"),
        ({"action": "share", "reference": "x" * 41}, "reference"),
        ({"action": "share", "reference": 1}, "reference"),
        ({"action": "share", "reference": "1", "amount": 5}, "amount"),
    ):
        answer = api.post(address(customer, "actions"), body, key="k-1")
        assert (problem(answer), answer.json()["errors"][0]["field"]) == ((400, "invalid"), field)
    assert not Entry.objects.exists()
