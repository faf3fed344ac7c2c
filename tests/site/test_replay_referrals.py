"""The replay's invitations: drawn by the household's number; rewards as receipts and refunds say, worked out anew."""

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection

from loyalty_site.doctor import examined, invariants
from loyalty_site.journey import invitations, wishes
from loyalty_site.journey.calendar import close_after
from loyalty_site.journey.figures import figures
from loyalty_site.journey.invitations import AMBASSADOR, PARTNER, Invitation, planned
from loyalty_site.journey.reconcile import Difference
from loyalty_site.journey.report import funnel_lines
from loyalty_site.journey.rewards import _lived
from loyalty_site.journey.run import Slice, replay
from referrals.models import Referral, Reward, Visit
from tests.site.tiny_journey import tiny_journey

BY_CUSTOMER = Invitation("1", "link", is_typed=False, device="2", payer="2")
# A Thursday; the worker comes at the beginning of the 8th, in New York.
BOUGHT = datetime(2017, 3, 2, 16, tzinfo=UTC)


@pytest.fixture
def everybody_is_brought(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitations, "BY_CUSTOMER", 1.0)
    monkeypatch.setattr(invitations, "DISGUISED", 0.0)
    monkeypatch.setattr(wishes, "REFUNDED", 0.0)


def replayed():
    dataset = tiny_journey()
    dataset.transactions.sales_value *= 10
    return replay(dataset, Slice(), workers=1, out=io.StringIO())


@pytest.mark.django_db(transaction=True)
def test_replay_brings_households_and_pays_for_them(everybody_is_brought: None) -> None:
    result = replayed()

    # The third household is brought by the second: the first is the ambassador himself.
    [referral] = Referral.objects.all()
    assert (referral.referrer.external_id, referral.newcomer.external_id) == ("journey-2", "journey-3")
    assert list(Reward.objects.order_by("role").values_list("role", "amount", "status")) == [
        ("newcomer", Decimal("10.00"), "paid"),
        ("referrer", Decimal("30.00"), "paid"),
    ]
    assert (result.differences, result.rewards.compared, result.rewards.brought) == ([], 2, 1)
    assert [found for _invariant, found in examined(invariants()) if found] == []
    text = "\n".join([*figures(result), *funnel_lines(result)])
    assert "Brought by a link or a code: 1 households, 0 of them in disguise" in text
    assert f"{Visit.objects.count()} visits → 1 registrations → 1 first orders → 1 paid" in text


@pytest.mark.django_db(transaction=True)
def test_replay_pays_nobody_in_disguise(everybody_is_brought: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitations, "DISGUISED", 1.0)
    result = replayed()

    assert not Reward.objects.filter(status="paid").exists()
    assert (result.differences, result.rewards.disguised) == ([], 1)
    assert result.rewards.reviewed + result.rewards.blocked == 1


@pytest.mark.django_db(transaction=True)
def test_replay_finds_a_reward_that_is_not_what_receipts_say(everybody_is_brought: None) -> None:
    replayed()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE referrals_reward SET taken_back_amount = 7 WHERE role = 'referrer'")

    [found] = replayed().differences

    paid = (Decimal("30.00"), Decimal(0), "paid")
    assert (found.basket, found.what) == ("505", "the referrer's reward of household 3")
    assert (found.expected, found.found) == (paid, (Decimal("30.00"), Decimal("7.00"), "paid"))
    assert isinstance(found, Difference)


def lived(invitation: Invitation, *events: tuple[int, int, str, Fraction | int]) -> dict:
    """Days after the registration; (role, basket) → (amount, taken back, state)."""
    at = [(BOUGHT + timedelta(days=days), kind, basket, Fraction(value)) for days, kind, basket, value in events]
    return {key: one.standing for key, one in _lived(invitation, BOUGHT, at).items()}


def test_the_first_basket_earns_and_a_refund_before_the_worker_comes_passes_it_on() -> None:
    assert lived(BY_CUSTOMER, (0, 0, "A", 50), (1, 0, "B", 90)) == {
        ("referrer", "A"): (30, 0, "paid"),
        ("newcomer", "A"): (10, 0, "paid"),
    }
    assert lived(BY_CUSTOMER, (0, 0, "A", 50), (3, 1, "A", Fraction(1, 5)), (4, 0, "B", 90)) == {
        ("referrer", "A"): (30, 0, "cancelled"),
        ("newcomer", "A"): (10, 0, "cancelled"),
        ("referrer", "B"): (30, 0, "paid"),
        ("newcomer", "B"): (10, 0, "paid"),
    }


def test_a_refund_after_the_worker_came_takes_back_its_share() -> None:
    assert lived(BY_CUSTOMER, (0, 0, "A", 50), (10, 1, "A", Fraction(1, 3))) == {
        ("referrer", "A"): (30, 10, "paid"),
        ("newcomer", "A"): (10, 3, "paid"),
    }
    whole = lived(BY_CUSTOMER, (0, 0, "A", 50), (10, 1, "A", Fraction(1, 3)), (20, 1, "A", 1), (21, 0, "B", 90))
    assert whole == {("referrer", "A"): (30, 30, "taken_back"), ("newcomer", "A"): (10, 10, "taken_back")}


def test_an_ambassador_earns_of_every_basket_of_his_time_and_a_partner_of_the_first() -> None:
    baskets = ((0, 0, "A", Fraction("59.99")), (9, 0, "B", 100), (130, 0, "C", 100), (131, 0, "D", 0))
    ambassadors = lived(replace(BY_CUSTOMER, by=AMBASSADOR), *baskets)
    assert {key: one for key, one in ambassadors.items() if key[0] == "referrer"} == {
        ("referrer", "A"): (2, 0, "paid"),
        ("referrer", "B"): (5, 0, "paid"),
    }
    partners = lived(replace(BY_CUSTOMER, by=PARTNER), *baskets)
    assert {key: one for key, one in partners.items() if key[0] == "referrer"} == {
        ("referrer", "A"): (Decimal("3.00"), 0, "paid")
    }


def test_households_are_brought_as_often_as_they_say_and_by_earlier_ones() -> None:
    households = [str(number) for number in range(1, 3001)]
    plan = planned(households)

    assert plan == planned(households)
    by = [invitation.by for invitation in plan.values()]
    assert by.count(AMBASSADOR) == pytest.approx(240, rel=0.2)
    assert by.count(PARTNER) == pytest.approx(210, rel=0.2)
    assert len(by) == pytest.approx(1500, rel=0.1)
    brought_by = {new: one.by for new, one in plan.items() if not one.is_ambassadors}
    assert all(1 < int(old) < int(new) for new, old in brought_by.items())
    disguised = sum(one.device != new for new, one in plan.items())
    assert disguised == pytest.approx(0.12 * len(brought_by), rel=0.25)


def test_the_worker_comes_four_times_a_month_by_the_shops_clock() -> None:
    assert [close_after(datetime(2017, 3, day, 12, tzinfo=UTC)).day for day in (1, 7, 8, 15, 21, 22, 31)] == [
        8, 8, 15, 22, 22, 1, 1,
    ]  # fmt: skip
    # Late on the 7th in New York it is the 8th in UTC.
    assert close_after(datetime(2017, 3, 8, 4, tzinfo=UTC)).isoformat() == "2017-03-08T00:00:00-05:00"
