"""Paying what is due: in sets, once, as points, promo codes and lines of a statement (R-3, R-4)."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.translation import gettext

from customers.models import Customer
from loyalty_site.kernel.transactions import in_transaction
from notifications.models import OutboxMessage
from points.models import Entry, Lot
from promocodes.models import PromoCode, Terms
from referrals.models import Reward
from referrals.services import PaidOut, pay_due, pay_rewards
from tests.factories import NOW, AmbassadorFactory, ProgrammeFactory, ReferralFactory, RewardFactory
from tests.points.rows import earn, spend, sums, take_back

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def pay(*, now: datetime = NOW, **given: Any) -> PaidOut:
    return in_transaction(lambda: pay_due(now=now, **given))


def pay_these(*rewards: Reward, now: datetime = NOW) -> int:
    return in_transaction(lambda: pay_rewards(reward_ids=[reward.pk for reward in rewards], now=now))


def due(**given: Any) -> Reward:
    """A reward of 300 points to a referrer, due since yesterday."""
    return RewardFactory.create(**{"due_at": NOW - DAY, "qualified_at": NOW - 15 * DAY} | given)


def stand(*rewards: Reward) -> list[tuple[str, datetime | None]]:
    found = {row.pk: row for row in Reward.objects.all()}
    return [(found[reward.pk].status, found[reward.pk].paid_at) for reward in rewards]


def test_points_come_as_a_lot_of_the_reward() -> None:
    ProgrammeFactory.create(points_life_days=100)
    reward = due(order_ref="order:7")

    assert pay() == PaidOut(paid=1, held=0, left=False)

    lot = Lot.objects.get()
    ends = datetime(2026, 9, 19, tzinfo=ZoneInfo(settings.TIME_ZONE))
    told = (lot.account_id, lot.kind, lot.amount, lot.fact, lot.order_ref, lot.available_from, lot.expires_at)
    assert told == (reward.payee_id, "referral", 300, reward.fact, "order:7", NOW, ends)
    assert stand(reward) == [("paid", NOW)]


def test_what_is_not_due_waits() -> None:
    early, held, cancelled = due(due_at=NOW + DAY), due(status="held"), due(status="cancelled")
    assert pay() == PaidOut(0, 0, left=False)
    assert pay_these(early, held, cancelled) == 0
    assert stand(early, held, cancelled) == [("pending", None), ("held", None), ("cancelled", None)]
    assert not Lot.objects.exists()


def test_paid_twice_is_paid_once() -> None:
    reward = due()
    assert [pay_these(reward), pay_these(reward), pay().paid] == [1, 0, 0]
    assert list(Entry.objects.values_list("fact", "amount")) == [(reward.fact, 300)]


def test_the_oldest_come_first_and_a_full_chunk_says_that_more_may_be_left() -> None:
    late, early = due(due_at=NOW - DAY), due(due_at=NOW - 2 * DAY)
    assert pay(limit=1) == PaidOut(1, 0, left=True)
    assert stand(late, early) == [("pending", None), ("paid", NOW)]
    assert [pay(limit=2), pay(limit=2)] == [PaidOut(1, 0, left=False), PaidOut(0, 0, left=False)]


def test_codes_are_made_for_each_kind_and_switched_on() -> None:
    referral = ReferralFactory.create(code_days=30)
    fixed = due(kind="fixed_code", amount=Decimal("500.00"), referral=referral)
    same = due(kind="fixed_code", amount=Decimal("500.00"), referral__code_days=30)
    percent = due(kind="percent_code", amount=Decimal("15.00"), role="newcomer", referral=referral)

    assert pay().paid == 3

    zone = ZoneInfo(settings.TIME_ZONE)
    ends = datetime(2026, 7, 11, tzinfo=zone)
    codes = {reward.pk: reward.promo_code for reward in Reward.objects.select_related("promo_code__terms__campaign")}
    told = []
    for reward in (fixed, same, percent):
        code = codes[reward.pk]
        assert code is not None
        terms = code.terms
        assert terms.campaign is not None
        told.append((code.customer_id, code.switch, terms.type, terms.value, terms.starts_at, terms.ends_at))
        with translation.override(settings.LANGUAGE_CODE):
            assert terms.campaign.name == gettext("Referrals")
    assert told == [
        (fixed.payee_id, True, "fixed", 500, NOW, ends),
        (same.payee_id, True, "fixed", 500, NOW, ends),
        (percent.payee_id, True, "percent", 15, NOW, ends),
    ]
    assert Terms.objects.count() == 2
    assert not Lot.objects.exists()


def test_money_is_a_line_of_the_statement_and_nothing_else() -> None:
    partner = AmbassadorFactory.create()
    referral = ReferralFactory.create(referrer=None, ambassador=partner)
    reward = due(referral=referral, ambassador=partner, payee=None, kind="money", amount=Decimal("150.50"))
    assert pay().paid == 1
    assert stand(reward) == [("paid", NOW)]
    assert not Lot.objects.exists()
    assert not OutboxMessage.objects.exists()


def test_both_are_told_what_they_got_without_personal_data() -> None:
    points = due()
    code = due(role="newcomer", kind="fixed_code", amount=Decimal("500.00"), order_ref="")

    pay()

    def of(reward: Reward) -> dict[str, int]:
        return {"newcomer_id": reward.referral.newcomer_id, "reward": reward.pk}

    made = PromoCode.objects.get().code
    messages = OutboxMessage.objects.order_by("pk").values_list("key", "kind", "customer", "payload", "created_at")
    assert list(messages) == [
        (
            f"referral_paid:{points.pk}", "referral_paid", points.referral.referrer_id,
            {"kind": "points", "amount": "300.00", "code": "", **of(points)}, NOW,
        ),
        (
            f"referral_welcome:{code.pk}", "referral_welcome", code.referral.newcomer_id,
            {"kind": "fixed_code", "amount": "500.00", "code": made, **of(code)}, NOW,
        ),
    ]  # fmt: skip


def test_statements_do_not_grow_with_the_rewards() -> None:
    def statements(count: int) -> int:
        for _ in range(count):
            due()
            due(role="newcomer", kind="fixed_code", amount=Decimal("500.00"))
        with CaptureQueriesContext(connection) as asked:
            pay()
        return len([query for query in asked.captured_queries if "SAVEPOINT" not in query["sql"]])

    # The campaign of the codes is made by the first of them.
    assert [statements(1), statements(1), statements(3)] == [17, 16, 16]


def test_a_payee_in_debt_pays_it_first() -> None:
    reward = due()
    points_in_debt(reward.payee, 120)
    pay()
    assert sums(reward.payee) == (180, 0, 0)


def points_in_debt(customer: Customer, points: int) -> None:
    earn(customer, points, "earn:debt")
    spend(customer, points, "order:debt")
    take_back("earn:debt", points, "take_back:debt")
