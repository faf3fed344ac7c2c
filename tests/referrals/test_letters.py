"""R-3: who brought a friend gets a letter when the reward is paid, and the newcomer his welcome."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core import mail
from django.utils import translation

from customers.models import Consent
from loyalty_site.kernel.transactions import in_transaction
from notifications.models import OutboxMessage
from notifications.queries import letter_of
from notifications.tasks import send_messages
from referrals.models import Referral, Reward
from referrals.services import pay_due
from tests.factories import NOW, ProgrammeFactory, ReferralFactory, RewardFactory
from tests.notifications.rows import reader

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=14)


@pytest.fixture(autouse=True)
def _a_fortnight_later():
    ProgrammeFactory()
    with time_machine.travel(LATER, tick=False), translation.override("en"):
        yield


def friends(**newcomer):
    referrer = reader(email="referrer@shop.test")
    newcomer = {"first_name": "Анна", "last_name": "Кузнецова", "email": "newcomer@shop.test", **newcomer}
    return ReferralFactory.create(referrer=referrer, newcomer=reader(**newcomer))


def paid(referral: Referral, **values) -> Reward:
    reward = RewardFactory.create(referral=referral, **values)
    in_transaction(lambda: pay_due(now=LATER))
    reward.refresh_from_db()
    return reward


def letter(kind):
    row = OutboxMessage.objects.select_related("customer").get(kind=kind)
    return letter_of(row.kind, row.payload, customer=row.customer, now=LATER, language="en")


def said(text):
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_the_referrer_gets_a_letter_when_the_reward_is_paid():
    paid(friends())
    assert send_messages() == 1
    (sent,) = mail.outbox
    assert (sent.to, said(sent.subject)) == (
        ["referrer@shop.test"],
        "Награда за друга (Анна К.): 300 баллов",
    )
    assert "Друг, которого вы пригласили (Анна К.), сделал у нас заказ." in said(sent.body)
    assert "Кузнецова" not in sent.body + sent.alternatives[0][0]
    assert "http://127.0.0.1:8000/account/referrals/" in sent.body


def test_nothing_without_consent():
    paid(friends())
    Consent.objects.update(withdrawn_at=LATER)
    assert (send_messages(), mail.outbox) == (0, [])


def test_a_reward_that_was_taken_back_is_not_told():
    reward = paid(friends())
    Reward.objects.filter(pk=reward.pk).update(status="taken_back", taken_back_amount=300)
    assert letter("referral_paid") is None


def test_a_part_that_was_taken_back_is_not_promised():
    reward = paid(friends())
    Reward.objects.filter(pk=reward.pk).update(taken_back_amount=100)
    assert said(letter("referral_paid").heading) == "Your reward: 200 points"


def test_a_friend_without_a_name_is_a_friend():
    paid(friends(first_name="", last_name=""))
    told = letter("referral_paid")
    assert said(told.subject) == "For your friend you get: 300 points"
    assert told.paragraphs[0] == "A friend whom you had invited has bought from us."


def test_a_promo_code_is_shown_with_its_last_day():
    referral = friends()
    reward = paid(referral, kind="percent_code", amount=Decimal("10.00"))
    told = letter("referral_paid")
    assert (said(told.heading), told.code) == ("Your reward: a promo code for 10% off", reward.promo_code.code)
    assert said(told.code_note) == "Enter it at the checkout. The last day is 22 September 2026."
    assert told.button.url == f"http://127.0.0.1:8000/checkout?promo={told.code}"


def test_a_sum_off_is_in_the_shops_money():
    paid(friends(), kind="fixed_code", amount=Decimal("500.00"))
    assert said(letter("referral_paid").heading) == "Your reward: a promo code for ₽500"


def test_the_newcomer_is_welcomed():
    paid(friends(), role="newcomer", amount=Decimal("200.00"))
    told = letter("referral_welcome")
    assert said(told.subject) == "Welcome! A present for you: 200 points"
    assert OutboxMessage.objects.get().customer.email == "newcomer@shop.test"


def test_a_stranger_learns_nothing_of_a_reward():
    reward = paid(friends())
    stranger = reader()
    assert letter_of("referral_paid", {"reward": reward.pk}, customer=stranger, now=LATER) is None


def test_a_letter_takes_one_query(django_assert_num_queries):
    paid(friends())
    row = OutboxMessage.objects.select_related("customer").get()
    with django_assert_num_queries(1):
        letter_of(row.kind, row.payload, customer=row.customer, now=LATER)
