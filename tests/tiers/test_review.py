"""The nightly review (T-2): down in two steps, up where nobody looked, the same as the rule says."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import Purchase
from loyalty_site.kernel.transactions import in_transaction
from notifications.models import OutboxMessage
from tests.factories import NOW, CustomerFactory
from tests.tiers.ladders import changed, save
from tests.tiers.rows import buy, day, moves, offenders, pay, review, stands, tier
from tiers import queries, services
from tiers.models import Ladder, Standing, Tier, TierChange
from tiers.queries.ladder import terms_of
from tiers.rules import Progress, deserved, height
from tiers.services import Reviewed
from tiers.tasks import review_tiers

pytestmark = pytest.mark.django_db


def messages(customer):
    rows = OutboxMessage.objects.filter(customer=customer).order_by("pk")
    return [(row.kind, row.payload) for row in rows]


@pytest.fixture
def gold():
    """Went up to Gold a year ago by one purchase, which stops counting on day 0."""
    customer = CustomerFactory.create()
    pay(customer, 60_000, on=-365)
    OutboxMessage.objects.all().delete()
    return customer


def test_while_it_counts_nothing_happens(gold):
    assert review(on=-0.001) == (0, 0, 0, 0)
    assert stands(gold) == ("gold", day(-365), None)


def test_first_the_notice_then_the_grace_then_down(gold):
    assert review() == (0, 1, 0, 0)
    assert stands(gold) == ("gold", day(-365), day(30))
    assert messages(gold) == [("tier_lapsing", {"tier": "gold", "lapses_on": "2026-07-10"})]
    assert [review(on=number) for number in (0, 1, 15, 29.99)] == [(0, 0, 0, 0)] * 4
    assert review(on=30) == (0, 0, 1, 0)
    assert stands(gold) == ("standard", day(30), None)
    assert moves(gold) == [(None, "gold", "purchase"), ("gold", "standard", "review")]
    change = TierChange.objects.latest("pk")
    assert (change.spent, change.orders, change.order_ref, change.changed_at) == (0, 0, "", day(30))
    assert (change.basis, change.from_threshold, change.to_threshold) == ("spend", 50_000, 0)
    assert messages(gold)[1:] == [
        ("tier_changed", {"from": "gold", "to": "standard", "cause": "review", "order": ""}),
    ]
    assert review(on=31) == (0, 0, 0, 0)
    assert len(messages(gold)) == 2
    assert offenders() == set()


def test_down_to_what_is_deserved_then(gold):
    review()
    buy(gold, 20_000, on=10)
    assert review(on=30) == (0, 0, 1, 0)
    assert stands(gold)[0] == "silver"


def test_who_deserves_it_again_keeps_it(gold):
    review()
    buy(gold, 50_000, on=10)
    assert review(on=11) == (0, 0, 0, 1)
    assert stands(gold) == ("gold", day(-365), None)
    assert review(on=40) == (0, 0, 0, 0)


def test_on_the_last_day_he_may_still_deserve_it(gold):
    review()
    buy(gold, 50_000, on=30)
    assert review(on=30) == (0, 0, 0, 1)


def test_who_is_to_lose_it_a_second_time_is_told_again(gold):
    review()
    again = buy(gold, 50_000, on=10)
    review(on=11)
    Purchase.objects.filter(pk=again.pk).update(refunded_amount=1)
    assert review(on=12) == (0, 1, 0, 0)
    assert stands(gold) == ("gold", day(-365), day(42))
    assert [payload["lapses_on"] for _kind, payload in messages(gold)] == ["2026-07-10", "2026-07-22"]


def test_missed_days_are_made_up_for_with_the_whole_grace(gold):
    assert review(on=100) == (0, 1, 0, 0)
    assert stands(gold) == ("gold", day(-365), day(130))
    assert review(on=300) == (0, 0, 1, 0)


def test_refunds_count(gold):
    customer = CustomerFactory.create()
    purchase = pay_and_refund(customer, 20_000, refunded=5_001)
    assert review(on=0) == (0, 2, 0, 0)
    assert stands(customer) == ("silver", day(-1), day(30))
    Purchase.objects.filter(pk=purchase.pk).update(refunded_amount=0)
    assert review(on=1) == (0, 0, 0, 1)


def pay_and_refund(customer, amount, *, refunded):
    pay(customer, amount, on=-1)
    purchase = Purchase.objects.get(customer=customer)
    Purchase.objects.filter(pk=purchase.pk).update(refunded_amount=refunded)
    return purchase


def test_a_grace_of_no_days_still_takes_two_reviews(gold):
    Ladder.objects.update(grace_days=0)
    assert review() == (0, 1, 0, 0)
    assert review() == (0, 0, 1, 0)


def test_a_longer_grace_does_not_change_what_was_promised(gold):
    review()
    save(changed(grace_days=90))
    assert review(on=30) == (0, 0, 1, 0)


def test_an_import_is_lifted_by_the_review():
    new, known = CustomerFactory.create(), CustomerFactory.create()
    pay(known, 20_000, on=-2)
    for customer in (new, known):
        buy(customer, 40_000, on=-1)
    OutboxMessage.objects.all().delete()
    assert review() == (2, 0, 0, 0)
    assert moves(new) == [(None, "silver", "review")]
    assert moves(known) == [(None, "silver", "purchase"), ("silver", "gold", "review")]
    assert messages(new) == [("tier_changed", {"from": None, "to": "silver", "cause": "review", "order": ""})]
    assert review() == (0, 0, 0, 0)


def test_who_goes_up_is_not_to_go_down_any_more(gold):
    review()
    buy(gold, 150_000, on=5)
    assert review(on=6) == (1, 0, 0, 0)
    assert stands(gold) == ("platinum", day(6), None)


def test_customers_without_purchases_stand_nowhere():
    CustomerFactory.create()
    assert in_transaction(lambda: services.review_chunk(now=NOW, limit=10)) == Reviewed(0, 0, 0, 0, None)


def test_chunks_go_by_key_and_end_with_none(gold, django_assert_num_queries):
    others = [CustomerFactory.create() for _ in range(3)]
    for customer in others:
        buy(customer, 20_000)
    first = services.review_chunk(now=NOW, limit=2)
    second = services.review_chunk(now=NOW, limit=2, after=first.last_id)
    third = services.review_chunk(now=NOW, limit=2, after=second.last_id)
    assert (first, second) == (Reviewed(1, 1, 0, 0, others[0].pk), Reviewed(2, 0, 0, 0, others[2].pk))
    assert third == Reviewed(0, 0, 0, 0, None)


@pytest.mark.parametrize("count", [1, 3])
def test_a_chunk_is_so_many_statements_however_many_customers(count, django_assert_num_queries):
    for _ in range(count):
        pay(CustomerFactory.create(), 60_000, on=-400)
        buy(CustomerFactory.create(), 20_000)
    with django_assert_num_queries(6):
        services.review_chunk(now=NOW)
    with django_assert_num_queries(3):
        services.review_chunk(now=NOW)


def test_the_task_reviews_everybody():
    for _ in range(3):
        buy(CustomerFactory.create(), 20_000)
    Purchase.objects.update(paid_at=timezone.now() - timedelta(minutes=1))
    assert review_tiers() == 3
    assert review_tiers() == 0


# --- the same as the rule says ---

PURCHASES = st.lists(
    st.tuples(
        st.integers(0, 3),  # whose
        st.sampled_from([1, 4_999, 5_000, 14_999, 15_000, 35_000, 50_000, 150_000]),
        st.sampled_from([0, 1, 100]),  # % given back
        st.integers(-370, 0),  # paid on
    ),
    max_size=14,
)
LADDERS = st.tuples(st.sampled_from(["spend", "orders"]), st.sampled_from([30, 365]), st.booleans())


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(purchases=PURCHASES, ladder=LADDERS, nights=st.lists(st.integers(0, 45), min_size=1, max_size=4))
def test_the_review_does_what_the_rule_says(purchases, ladder, nights):
    _begin_anew(*ladder)
    people = [CustomerFactory.create() for _ in range(4)]
    for number, amount, percent, on in sorted(purchases, key=lambda bought: bought[3]):
        buy(people[number], amount, on=on, refunded_amount=Decimal(amount) * percent / 100)
        if amount % 2 == 0:  # the others are imported: nobody looks before the night
            services.review_after_purchase(customer_id=people[number].pk, order_ref=f"order:{number}", now=day(on))
    expected = {person.pk: _standing(person) for person in people}
    for night in sorted(nights):
        review(on=night, limit=3)
        for person in people:
            expected[person.pk] = _by_the_rule(person, expected[person.pk], night)
            assert _standing(person) == expected[person.pk]
    assert offenders() - {"tiers_reviewed_on_time"} == set()


def _begin_anew(basis, window_days, without_silver):
    Ladder.objects.update(basis=basis, window_days=window_days)
    Tier.objects.filter(code="silver").update(is_active=not without_silver)


def _standing(person):
    row = Standing.objects.select_related("tier").filter(customer=person).first()
    return (row.tier.code, row.lapses_at) if row else ("standard", None)


def _by_the_rule(person, before, night):
    code, lapses_at = before
    ladder = queries.ladder()
    counted = queries.counted_purchases(person.pk, now=day(night))
    progress = Progress(sum((row.amount for row in counted), Decimal(0)), len(counted))
    merits = deserved(ladder.terms, progress)
    if merits.code == code:
        return code, None
    if height(ladder.basis, merits) > height(ladder.basis, terms_of(tier(code))):
        return merits.code, None
    if lapses_at is None:
        return code, day(night + ladder.grace_days)
    return (merits.code, None) if lapses_at <= day(night) else before
