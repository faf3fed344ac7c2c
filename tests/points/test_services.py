"""Services of the ledger: what they post, refuse, repeat, and in how many statements."""

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from customers.models import Customer
from loyalty_site.kernel.errors import InvalidInput, NotAllowed, WrongState
from loyalty_site.kernel.transactions import in_transaction
from points import services
from points.models import EarningAction, Entry, Lot, PendingAdjustment, PointsAccount
from points.queries import balance
from points.rules import Balance
from points.services import (
    ActionLimitReached,
    Expired,
    FactTaken,
    Granted,
    MoreThanLeft,
    NoSuchAction,
    NotEnoughPoints,
    NothingEarned,
    NothingSpent,
)
from points.services import expire as expiry
from tests.factories import NOW, CustomerFactory, ProgrammeFactory, UserFactory
from tests.points.rows import adjust, day, earn, expire, give_back, left, spend, sums, take_back, untrue

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer() -> Customer:
    return CustomerFactory.create()


@pytest.fixture(autouse=True)
def _every_test_ends_with_a_true_ledger(db):
    yield
    assert untrue() == set()


def posted() -> list[tuple[str, int, str, int]]:
    return list(Entry.objects.order_by("pk").values_list("kind", "amount", "fact", "part"))


def test_earning_makes_a_lot_and_an_entry(customer):
    author = UserFactory.create()
    result = earn(customer, 285, "earn:order:1", order_ref="order:1", reason="Order 1", by=author)

    assert (result.points, result.debt_change, result.is_repeat) == (285, 0, False)
    lot = Lot.objects.get()
    assert (lot.account_id, lot.kind, lot.amount, lot.remaining) == (customer.pk, "purchase", 285, 285)
    entry = Entry.objects.get()
    assert (entry.kind, entry.amount, entry.fact, entry.part, entry.lot_id) == ("earn", 285, "earn:order:1", 1, lot.pk)
    assert (entry.order_ref, entry.reason, entry.author, entry.posted_at) == ("order:1", "Order 1", author, NOW)


def test_the_same_earning_five_times_is_one(customer):  # PT-4
    results = [earn(customer, 100, "earn:order:1", now=day(hours)) for hours in range(5)]
    assert [result.is_repeat for result in results] == [False, True, True, True, True]
    assert {result.entries for result in results} == {results[0].entries}
    assert posted() == [("earn", 100, "earn:order:1", 1)]


@pytest.mark.parametrize("change", [{"amount": 99}, {"kind": "manual"}, {"order_ref": "order:9"}])
def test_the_same_earning_with_other_values_is_refused(customer, change):
    earn(customer, 100, "earn:order:1")
    with pytest.raises(FactTaken):
        earn(customer, **{"amount": 100, "fact": "earn:order:1"} | change)


def test_the_same_earning_for_another_customer_is_refused(customer):
    earn(customer, 100, "earn:order:1")
    with pytest.raises(FactTaken):
        earn(CustomerFactory.create(), 100, "earn:order:1")


@pytest.mark.parametrize("amount", [0, -1, 100_000_001, True])
def test_a_wrong_amount_is_refused(customer, amount):
    with pytest.raises(InvalidInput):
        earn(customer, amount, "earn:order:1")


def test_spending_takes_the_soonest_to_expire_and_not_pending(customer):  # PT-2
    earn(customer, 100, "late", expires_at=day(50))
    earn(customer, 100, "soon", expires_at=day(5))
    earn(customer, 100, "pending", available_from=day(1), expires_at=day(2))

    result = spend(customer, 120)

    assert result.points == 120
    assert left("soon", "late", "pending") == [0, 80, 100]
    assert posted()[3:] == [("spend", -100, "spend:order:1", 1), ("spend", -20, "spend:order:1", 2)]
    assert sums(customer) == (80, 100, 0)


def test_spending_more_than_there_is_changes_nothing(customer):  # PT-7
    with pytest.raises(NotEnoughPoints):
        spend(customer, 1)
    earn(customer, 100, "earn:order:1")
    earn(customer, 100, "earn:order:2", available_from=day(1))
    with pytest.raises(NotEnoughPoints) as refused:
        spend(customer, 101)
    assert (refused.value.code, refused.value.status, refused.value.extra) == (
        "not_enough_points",
        422,
        {"points_available": 100, "points_spendable": 100},
    )
    assert len(posted()) == 2


def test_spending_is_once_per_order(customer):
    earn(customer, 100, "earn:order:1")
    first, again = spend(customer, 60), spend(customer, 60)
    assert (first.entries, again.is_repeat) == (again.entries, True)
    with pytest.raises(FactTaken):
        spend(customer, 40)
    assert sums(customer) == (40, 0, 0)


def test_expired_points_are_not_spent_even_before_they_are_swept(customer):
    earn(customer, 100, "earn:order:1", expires_at=day(1))
    with pytest.raises(NotEnoughPoints):
        spend(customer, 1, now=day(1))


def test_returns_go_back_in_parts_and_never_beyond(customer):
    earn(customer, 100, "soon", expires_at=day(5))
    earn(customer, 100, "late", expires_at=day(50))
    spend(customer, 150)

    give_back("order:1", 70, "refund:1")
    again = give_back("order:1", 70, "refund:1")

    assert again.is_repeat
    assert left("soon", "late") == [20, 100]
    with pytest.raises(MoreThanLeft) as refused:
        give_back("order:1", 81, "refund:2")
    assert refused.value.extra == {"points_left": 80}
    assert give_back("order:1", None, "refund:2").points == 80
    assert sums(customer) == (200, 0, 0)
    with pytest.raises(MoreThanLeft):
        give_back("order:1", None, "refund:3")
    with pytest.raises(FactTaken):
        give_back("order:1", 71, "refund:1")


def test_a_return_for_another_order_under_the_same_fact_is_refused(customer):
    earn(customer, 100, "earn:order:1")
    spend(customer, 50, "order:1")
    spend(customer, 50, "order:2")
    give_back("order:1", 50, "refund:1")
    with pytest.raises(FactTaken):
        give_back("order:2", 50, "refund:1")
    with pytest.raises(NothingSpent):
        give_back("order:3", None, "refund:3")


def test_grace_is_the_programmes(customer):
    ProgrammeFactory.create(points_grace_days=3)
    earn(customer, 100, "earn:order:1", expires_at=day(10))
    spend(customer, 100)
    give_back("order:1", None, "cancel:order:1", now=day(20))
    assert Lot.objects.get().expires_at == day(23)


def test_taking_back_into_debt_and_paying_it(customer):  # PT-7
    earn(customer, 100, "earn:order:1")
    earn(customer, 30, "other")
    spend(customer, 110, "order:2")

    result = take_back("earn:order:1", 100, "refund:1")

    assert (result.points, result.debt_change) == (100, 80)
    assert sums(customer) == (0, 0, 80)
    assert earn(customer, 50, "earn:order:3").debt_change == -50
    assert earn(customer, 50, "earn:order:4", available_from=day(9)).debt_change == -30
    assert sums(customer) == (0, 20, 0)
    assert take_back("earn:order:1", 100, "refund:1").is_repeat
    with pytest.raises(MoreThanLeft):
        take_back("earn:order:1", 1, "refund:2")
    with pytest.raises(FactTaken):
        take_back("earn:order:1", 99, "refund:1")
    with pytest.raises(NothingEarned):
        take_back("earn:order:99", 1, "refund:9")


def test_corrections_have_reason_and_author(customer):  # PT-1
    author = UserFactory.create()
    adjust(customer, 500, "manual:1", by=author, expires_at=day(30))
    adjust(customer, -200, "manual:2", by=author, reason="Given twice")

    assert list(Entry.objects.order_by("pk").values_list("kind", "amount", "reason", "author")) == [
        ("adjust", 500, "a complaint", author.pk),
        ("adjust", -200, "Given twice", author.pk),
    ]
    assert sums(customer) == (300, 0, 0)
    assert adjust(customer, -200, "manual:2", by=author, reason="Given twice").is_repeat
    for amount in (-100, 200):
        with pytest.raises(FactTaken):
            adjust(customer, amount, "manual:2")
    with pytest.raises(NotEnoughPoints):
        adjust(customer, -301, "manual:3")
    with pytest.raises(InvalidInput):
        adjust(customer, 5, "manual:4", reason="  ")
    with pytest.raises(InvalidInput):
        adjust(customer, 5, "manual:4", expires_at=day(0))


def test_given_points_live_as_long_as_the_programme_says(customer):
    ProgrammeFactory.create(points_life_days=10)
    adjust(customer, 5)
    assert Lot.objects.get().expires_at.isoformat() == "2026-06-20T21:00:00+00:00"


def confirm(asked: PendingAdjustment, by: object) -> services.Posted:
    return in_transaction(lambda: services.confirm_adjustment(adjustment_id=asked.pk, by=by, now=day(1)))


def test_large_corrections_wait_for_a_second_person(customer):
    ProgrammeFactory.create(second_person_points=1000)
    author, other = UserFactory.create(), UserFactory.create()
    assert adjust(customer, 1000, "small", by=author).points == 1000
    asked = adjust(customer, 1001, "large", by=author)

    assert isinstance(asked, PendingAdjustment)
    assert adjust(customer, 1001, "large", by=author) == asked
    with pytest.raises(FactTaken):
        adjust(customer, 1002, "large", by=author)
    assert sums(customer) == (1000, 0, 0)
    with pytest.raises(NotAllowed) as refused:
        confirm(asked, author)
    assert refused.value.code == "second_person_required"

    assert confirm(asked, other).points == 1001
    assert sums(customer, now=day(1)) == (2001, 0, 0)
    asked.refresh_from_db()
    assert (asked.is_confirmed, asked.decided_by, asked.decided_at) == (True, other, day(1))
    with pytest.raises(WrongState):
        confirm(asked, other)


def test_a_refused_correction_never_moves(customer):
    ProgrammeFactory.create(second_person_points=0)
    other = UserFactory.create()
    asked = adjust(customer, 1)
    in_transaction(lambda: services.refuse_adjustment(adjustment_id=asked.pk, by=other, now=NOW))
    with pytest.raises(WrongState):
        confirm(asked, other)
    assert adjust(customer, 1).is_confirmed is False
    assert posted() == []


@pytest.mark.parametrize("begins", [expiry.POSTGRES_18, 10**9], ids=["this server", "before 18"])
def test_expiry_catches_up_and_happens_once(customer, monkeypatch, begins):  # PT-6
    monkeypatch.setattr(expiry, "POSTGRES_18", begins)
    earn(customer, 100, "a", expires_at=day(1))
    earn(customer, 50, "b", expires_at=day(3))
    earn(customer, 10, "c", expires_at=day(5))
    spend(customer, 30)

    assert [expire(day(4)), expire(day(4))] == [Expired(2, 120), Expired(0, 0)]

    assert left("a", "b", "c") == [0, 0, 10]
    lots = dict(Lot.objects.values_list("fact", "pk"))
    assert sorted(posted()[4:]) == [
        ("expire", -70, f"expire:lot:{lots['a']}:2026-06-11 09:00:00", 1),
        ("expire", -50, f"expire:lot:{lots['b']}:2026-06-13 09:00:00", 1),
    ]


def test_without_grace_a_lot_may_expire_twice_on_one_day(customer):
    ProgrammeFactory.create(points_grace_days=0)
    earn(customer, 100, "a", expires_at=day(1))
    spend(customer, 60, "order:1")
    spend(customer, 40, "order:2")
    for hour, order in ((1, "order:1"), (2, "order:2")):
        give_back(order, None, f"return:{order}", now=day(2) + timedelta(hours=hour, microseconds=120))
    assert expire(day(3)) == Expired(1, 40)
    assert sums(customer, now=day(3)) == (0, 0, 0)
    assert sorted(fact.split(":", 3)[3] for kind, _sum, fact, _part in posted() if kind == "expire") == [
        "2026-06-12 10:00:00.00012",
        "2026-06-12 11:00:00.00012",
    ]


def test_expiry_in_chunks(customer):
    for number in range(5):
        earn(CustomerFactory.create(), 10, f"earn:{number}", expires_at=day(1))
    chunks = [in_transaction(lambda: services.expire_due(now=day(2), limit=2)) for _ in range(4)]
    assert chunks == [Expired(2, 20), Expired(2, 20), Expired(1, 10), Expired(0, 0)]


def grant(**given) -> Granted:
    values = {"amount": 100, "kind": "holiday", "fact": "holiday:2027", "available_from": day(0), "now": day(0)}
    values |= {"expires_at": day(30), "customers": Customer.objects.all(), **given}
    return in_transaction(lambda: services.grant_to_many(**values))


def test_everybody_is_granted_once_and_debts_are_paid(customer):
    earn(customer, 30, "earn:order:1")
    spend(customer, 30)
    take_back("earn:order:1", 30, "refund:1")
    others = [CustomerFactory.create() for _ in range(2)]

    first = grant(limit=2)
    rest = grant(limit=2, after=first.last_id)

    assert (first, rest) == (Granted(2, others[0].pk), Granted(1, others[1].pk))
    assert grant(after=rest.last_id) == Granted(0, None)
    assert grant() == Granted(0, others[1].pk)
    assert [sums(person) for person in [customer, *others]] == [(70, 0, 0), (100, 0, 0), (100, 0, 0)]
    for change in ({"amount": 99}, {"kind": "birthday"}):
        with pytest.raises(FactTaken):
            grant(**change)


def test_some_are_granted_and_nobody_is_missed_for_what_others_have(customer):
    other = CustomerFactory.create(last_name="100% {sure}")

    assert grant(customers=Customer.objects.filter(last_name__endswith="% {sure}")) == Granted(1, other.pk)
    assert grant() == Granted(1, other.pk)
    assert grant(customers=Customer.objects.none()) == Granted(0, None)
    assert [sums(person) for person in (customer, other)] == [(100, 0, 0), (100, 0, 0)]


def report(customer: Customer, reference: str, code: str = "review") -> services.Posted:
    return in_transaction(
        lambda: services.report_action(customer_id=customer.pk, action_code=code, reference=reference, now=NOW)
    )


def test_actions_earn_once_per_deed_up_to_their_limit(customer):  # PT-5
    action = EarningAction.objects.create(code="review", name="A review", amount=50, life_days=7, limit_per_customer=2)
    assert [report(customer, ref).is_repeat for ref in ("1", "1", "2")] == [False, True, False]
    with pytest.raises(ActionLimitReached):
        report(customer, "3")
    assert report(CustomerFactory.create(), "1").points == 50
    assert balance(customer.pk, now=NOW).expiring == ((100, Lot.objects.first().expires_at),)
    action.amount, action.is_active = 70, False
    action.save()
    assert report(customer, "2").points == 50
    for code in ("review", "share"):
        with pytest.raises(NoSuchAction):
            report(CustomerFactory.create(), "9", code)


def test_an_account_is_opened_once(customer):
    for _ in range(2):
        in_transaction(lambda: services.open_account(customer_id=customer.pk, now=NOW))
    assert PointsAccount.objects.get().debt == 0
    assert balance(customer.pk, now=NOW) == Balance()


def test_statements(customer, django_assert_num_queries: DjangoAssertNumQueries):
    with django_assert_num_queries(2):
        earn(customer, 100, "earn:order:1")
    with django_assert_num_queries(2):
        earn(customer, 300, "first_purchase:order:1", kind="first_purchase")
    with django_assert_num_queries(3):
        spend(customer, 350)
    with django_assert_num_queries(3):
        give_back("order:1", 10, "refund:1")
    with django_assert_num_queries(3):
        take_back("earn:order:1", 100, "take_back:1")
    with django_assert_num_queries(1):
        balance(customer.pk, now=NOW)
