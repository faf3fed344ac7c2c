"""Invitations in figures, news of payments, and what the customer decides (R-1, R-3)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer
from loyalty_site.kernel.transactions import in_transaction
from referrals.models import Referrer
from referrals.queries import Summary, news, summary
from referrals.services import see_news, show_name
from tests.factories import NOW, CustomerFactory, PromoCodeFactory, ReferralFactory, RewardFactory, VisitFactory

pytestmark = pytest.mark.django_db
DUE = NOW + timedelta(days=14)


@pytest.fixture
def referrer() -> Customer:
    return CustomerFactory()


def paid(referrer: Customer, *, at=DUE, **given: object):
    referral = ReferralFactory(
        referrer=referrer,
        newcomer=CustomerFactory(first_name="Анна", last_name="К"),
        first_order_ref="order:1",
        first_ordered_at=NOW,
    )
    return RewardFactory(**{"referral": referral, "status": "paid", "paid_at": at, **given})


def test_nobody_brought_is_all_zeros(referrer: Customer) -> None:
    paid(CustomerFactory())
    with CaptureQueriesContext(connection) as queries:
        found = summary(referrer.pk, now=NOW)
    assert len(queries) == 2
    assert found == Summary(0, 0, 0, 0, 0, 0, 0, Decimal("0.00"), False, None, {})


def test_figures_count_friends_and_what_they_brought(referrer: Customer) -> None:
    VisitFactory(referrer=referrer, device="one")
    VisitFactory(referrer=referrer, device="one", visited_at=NOW - timedelta(days=1))
    VisitFactory(referrer=referrer, device="old", visited_at=NOW - timedelta(days=99))
    ReferralFactory(referrer=referrer)
    paid(referrer)
    paid(referrer, taken_back_amount=100)
    paid(referrer, status="taken_back", taken_back_amount=300)
    paid(referrer, kind="fixed_code", amount=500, promo_code=PromoCodeFactory(customer=referrer))
    paid(referrer, kind="money", amount=Decimal("150.50"))
    waiting = paid(referrer, status="pending", paid_at=None)
    paid(referrer, status="held", paid_at=None)
    Referrer.objects.create(customer=referrer, shows_name=True, stopped_at=NOW, stop_reason="x")
    with CaptureQueriesContext(connection) as queries:
        found = summary(referrer.pk, now=NOW)
    assert len(queries) == 2
    assert waiting.status == "pending"
    assert found == Summary(
        visits=3,
        registered=8,
        ordered=7,
        waiting=2,
        paid=4,
        points=500,
        codes=1,
        money=Decimal("150.50"),
        shows_name=True,
        stopped_at=NOW,
        states={"paid": 4, "registered": 1, "taken_back": 1, "under_review": 1, "visited": 1, "waiting": 1},
    )


def test_news_are_rewards_paid_since_they_were_seen(referrer: Customer) -> None:
    first, second = paid(referrer), paid(referrer, at=DUE + timedelta(days=1))
    paid(referrer, status="pending", paid_at=None)
    paid(referrer, status="taken_back", taken_back_amount=300)
    welcome = paid(CustomerFactory(), role="newcomer", payee=referrer, order_ref="")
    with CaptureQueriesContext(connection) as queries:
        found = news(referrer.pk, now=NOW)
    assert len(queries) == 1
    assert [(item.name, item.is_welcome, item.paid_at) for item in found] == [
        ("Анна\xa0К.", False, second.paid_at),
        ("", True, welcome.paid_at),
        ("Анна\xa0К.", False, first.paid_at),
    ]
    in_transaction(lambda: see_news(customer_id=referrer.pk, now=DUE))
    assert [item.paid_at for item in news(referrer.pk, now=NOW)] == [second.paid_at]
    in_transaction(lambda: see_news(customer_id=referrer.pk, now=second.paid_at))
    assert news(referrer.pk, now=NOW) == []


def test_seen_never_moves_back_and_keeps_the_rest(referrer: Customer) -> None:
    in_transaction(lambda: show_name(customer_id=referrer.pk, shows_name=True, now=NOW))
    in_transaction(lambda: see_news(customer_id=referrer.pk, now=DUE))
    in_transaction(lambda: see_news(customer_id=referrer.pk, now=NOW))
    row = Referrer.objects.get(pk=referrer.pk)
    assert (row.shows_name, row.seen_at, row.stopped_at) == (True, DUE, None)


def test_name_is_shown_and_hidden_again(referrer: Customer) -> None:
    in_transaction(lambda: see_news(customer_id=referrer.pk, now=NOW))
    for shown in (True, False):
        in_transaction(lambda shown=shown: show_name(customer_id=referrer.pk, shows_name=shown, now=NOW))
        row = Referrer.objects.get(pk=referrer.pk)
        assert (row.shows_name, row.seen_at) == (shown, NOW)
