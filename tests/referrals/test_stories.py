"""A referral from the registration to the reward, and back again (R-2, R-3, R-4)."""

from decimal import Decimal

import pytest

from customers.models import Programme
from promocodes.models import PromoCode
from referrals.models import Referral, Referrer, Reward
from referrals.queries import link_of
from tests.factories import AmbassadorFactory, CustomerFactory, ProductFactory, ProgrammeFactory
from tests.orders.ordering import place_at
from tests.orders.points_story import Till, broken
from tests.referrals.referral_story import Friends, day, register

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _goods() -> None:
    """A shirt for 3,000 ₽ and a hat for 1,000 ₽; all points are those of referrals."""
    ProgrammeFactory(base_earn_percent=0, first_purchase_bonus=0)
    ProductFactory(sku="SHIRT", price=Decimal("3000.00"))
    ProductFactory(sku="HAT", price=Decimal("1000.00"))


def row(status: str, *, order: str = "first", amount: str = "300", back: str = "0", role: str = "referrer") -> tuple:
    return (role, order, Decimal(amount), Decimal(back), status)


def change(**fields: object) -> None:
    Programme.objects.update(**fields)


def test_first_order_pays_the_referrer_after_the_hold():
    friends = Friends()

    friends.till.buy("first", "SHIRT", on=1)

    assert (friends.rewards(), friends.first_order()) == ([row("pending")], "first")
    assert (friends.payout(14.9), friends.has(14.9)) == (0, (0, 0))
    assert (friends.payout(15), friends.has(15)) == (1, (300, 0))
    assert (friends.payout(15), friends.has(15)) == (0, (300, 0))
    assert friends.rewards() == [row("paid")]
    assert broken() == set()


def test_second_order_earns_nothing_more():
    friends = Friends()
    friends.till.buy("first", "SHIRT", on=1)

    friends.till.buy("second", "SHIRT", on=2)

    assert (friends.rewards(), friends.first_order()) == ([row("pending")], "first")


def test_refund_in_the_hold_cancels_and_the_next_order_earns():
    friends = Friends()
    friends.till.buy("first", "SHIRT", "HAT", on=1)

    friends.till.refund("first", ("HAT", 1), on=2)
    assert (friends.rewards(), friends.first_order()) == ([row("cancelled")], "")
    assert friends.payout(20) == 0

    friends.till.buy("second", "HAT", on=21)
    assert (friends.rewards(), friends.first_order()) == ([row("cancelled"), row("pending", order="second")], "second")
    friends.till.refund("first", on=22)
    assert (friends.payout(35), friends.has(35)) == (1, (300, 0))
    assert broken() == set()


def test_refunds_after_the_payout_take_back_by_their_share_into_debt():
    friends = Friends()
    friends.till.buy("first", "SHIRT", "HAT", on=1)
    friends.payout(15)
    buyer = Till(friends.referrer)
    buyer.place("own", "HAT", on=16, points=300)

    friends.till.refund("first", ("HAT", 1), on=17)
    assert (friends.rewards(), friends.has(17)) == ([row("paid", back="75")], (0, 75))

    friends.till.refund("first", on=18)
    assert (friends.rewards(), friends.has(18)) == ([row("taken_back", back="300")], (0, 300))
    assert friends.first_order() == "first"
    friends.till.buy("second", "SHIRT", on=19)
    assert friends.rewards() == [row("taken_back", back="300")]
    assert broken() == set()


def test_unpaid_order_earns_nothing():
    friends = Friends()
    friends.till.place("first", "SHIRT", on=1)
    friends.till.cancel("first", on=1)
    assert (friends.rewards(), friends.first_order()) == ([], "")


def test_two_newcomers_earn_twice():
    friends = Friends()
    other = register("other@shop.test", code=friends.code)
    friends.till.buy("first", "SHIRT", on=1)
    Till(other).buy("first", "HAT", on=1)
    assert (friends.payout(15), friends.has(15)) == (2, (600, 0))


def test_terms_are_those_of_the_registration():
    friends = Friends()
    change(referrer_reward=999, referral_hold_days=1, referrer_reward_kind="fixed_code", referral_minimum_order=9000)

    friends.till.buy("first", "HAT", on=1)

    assert (friends.payout(14.9), friends.payout(15), friends.rewards()) == (0, 1, [row("paid")])


def test_first_order_counts_from_the_minimum():
    change(referral_minimum_order=Decimal("1000.01"))
    friends = Friends()

    friends.till.buy("small", "HAT", on=1)
    assert (friends.rewards(), friends.first_order()) == ([], "")

    friends.till.buy("large", "SHIRT", on=2)
    assert (friends.rewards(), friends.first_order()) == ([row("pending", order="large")], "large")


def test_delivery_is_no_goods():
    change(referral_minimum_order=Decimal("1000.01"))
    friends = Friends()
    friends.till.buy("small", "HAT", on=1, delivery_method="courier", delivery_price=Decimal(300))
    assert friends.rewards() == []


def test_both_are_rewarded_for_the_first_order():
    change(referee_reward=500, referee_reward_at="first_order", referrer_reward_kind="fixed_code", referrer_reward=700)
    friends = Friends()
    assert friends.rewards() == []

    friends.till.buy("first", "SHIRT", "HAT", on=1)
    assert friends.rewards() == [row("pending", amount="700"), row("pending", amount="500", role="newcomer")]
    assert friends.payout(15) == 2
    assert (friends.till.has(15), friends.has(15)) == ((500, 0, 0), (0, 0))
    code = PromoCode.objects.get(customer_id=friends.referrer.pk)

    friends.till.refund("first", ("HAT", 1), on=16)
    code.refresh_from_db()
    assert (code.switch, friends.till.has(16)) == (True, (375, 0, 0))
    friends.till.refund("first", on=17)
    code.refresh_from_db()
    assert (code.switch, friends.till.has(17)) == (False, (0, 0, 0))
    assert friends.rewards() == [
        row("taken_back", amount="700", back="700"),
        row("taken_back", amount="500", back="500", role="newcomer"),
    ]
    assert broken() == set()


def test_order_that_used_the_code_keeps_it_and_nobody_uses_it_again():
    change(referrer_reward_kind="fixed_code", referrer_reward=100)
    friends = Friends()
    friends.till.buy("first", "SHIRT", on=1)
    friends.payout(15)
    code = PromoCode.objects.get(customer_id=friends.referrer.pk)
    own = Till(friends.referrer)
    own.place("own", "SHIRT", on=16, promo_code=code.code)

    friends.till.refund("first", on=17)

    code.refresh_from_db()
    assert (code.switch, code.uses, friends.rewards()) == (False, 1, [row("paid", amount="100")])
    own.cancel("own", on=18)
    code.refresh_from_db()
    assert (code.uses, code.switch, broken()) == (0, False, set())


def test_welcome_is_paid_at_registration_and_stays():
    change(referee_reward=200)
    friends = Friends()
    assert friends.rewards() == [row("paid", order="", amount="200", role="newcomer")]
    assert friends.till.has(0) == (200, 0, 0)

    friends.till.buy("first", "SHIRT", on=1)
    friends.till.refund("first", on=2)

    assert friends.rewards() == [row("paid", order="", amount="200", role="newcomer"), row("cancelled")]
    assert friends.till.has(3) == (200, 0, 0)


def test_guest_order_claimed_by_a_newcomer_counts():
    guest = place_at(day(-1), "SHIRT")
    friends = Friends()
    friends.till.numbers["first"] = guest.number

    friends.till.claim("first", on=0)
    friends.till.pay("first", on=0)

    assert friends.rewards() == [row("pending")]


def test_order_paid_before_the_registration_does_not_count():
    """History that is entered later."""
    friends = Friends()
    friends.till.buy("old", "SHIRT", on=-3)
    assert (friends.rewards(), friends.first_order()) == ([], "")


def test_stopped_referrer_brings_nobody_and_earns_nothing_more():
    friends = Friends()
    Referrer.objects.create(customer=friends.referrer, stopped_at=day(1), stop_reason="test")

    late = register("late@shop.test", code=friends.code, on=2)
    friends.till.buy("first", "SHIRT", on=2)

    assert (Referral.objects.filter(newcomer=late).count(), friends.rewards()) == (0, [])
    assert friends.first_order() == "first"


def test_ambassador_earns_a_percent_of_every_order_in_his_period():
    partner = AmbassadorFactory(rate=Decimal("12.50"), every_order=True, period_days=30)
    friends = Friends(code=partner.code)

    friends.till.buy("first", "SHIRT", on=1)
    friends.till.buy("second", "HAT", on=29)
    friends.till.buy("late", "SHIRT", on=30)

    assert friends.referral.referrer is None
    assert friends.rewards() == [row("pending", amount="375"), row("pending", order="second", amount="125")]
    assert friends.payout(43) == 2
    friends.till.refund("second", on=44)
    assert friends.rewards() == [row("paid", amount="375"), row("taken_back", order="second", amount="125", back="125")]


def test_ambassador_with_an_account_gets_points_at_their_value():
    change(point_value=Decimal("3.00"), referee_reward=50, referee_reward_at="first_order")
    ambassador = AmbassadorFactory(customer=CustomerFactory(), rate=Decimal(10))
    friends = Friends(code=ambassador.code)

    friends.till.buy("first", "HAT", on=1)
    friends.till.buy("second", "HAT", on=2)

    # 100 roubles are 33 points; the newcomer's welcome is the programme's.
    assert friends.rewards() == [row("pending", amount="33"), row("pending", amount="50", role="newcomer")]
    assert friends.referral.referrer == ambassador.customer


def test_welcome_to_oneself_is_refused_and_so_is_the_next_order():
    change(referee_reward=200)
    referrer = register("buyer@gmail.com")
    friends = Friends(code=link_of(referrer.pk).code, email="b.uyer+friend@gmail.com")
    welcome = row("rejected", order="", amount="200", role="newcomer")

    friends.till.buy("first", "SHIRT", on=1)

    assert (friends.payout(15), friends.rewards()) == (0, [welcome, row("rejected")])
    assert friends.till.has(15) == (0, 0, 0)
    friends.till.refund("first", on=16)
    friends.till.buy("second", "SHIRT", on=17)
    assert friends.payout(31) == 0
    assert friends.rewards() == [welcome, row("cancelled"), row("rejected", order="second")]


def test_reward_under_review_is_cancelled_by_a_refund():
    friends = Friends()
    friends.till.buy("first", "SHIRT", on=1)
    Reward.objects.update(status="held")
    friends.till.refund("first", on=20)
    assert (friends.rewards(), friends.first_order()) == ([row("cancelled")], "")
