"""The replay pays with points and brings goods back: drawn by the basket's number, the same in every run."""

import io
from collections import Counter

import pytest

from loyalty_site.doctor import examined, invariants
from loyalty_site.journey import wishes
from loyalty_site.journey.calendar import month_end
from loyalty_site.journey.figures import figures
from loyalty_site.journey.receipts import Receipts
from loyalty_site.journey.run import Slice, replay
from loyalty_site.journey.wishes import GoodsBack, brings_back, goods_back, share_of_points
from orders.models import Order
from points.models import Entry
from tests.factories import NOW
from tests.site.tiny_journey import tiny_journey

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _everybody_spends_and_returns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wishes, "PAYING_WITH_POINTS", 1.0)
    monkeypatch.setattr(wishes, "REFUNDED", 1.0)


def replayed(**bounds):
    dataset = tiny_journey()
    # Sums of which points may pay a part.
    dataset.transactions.sales_value *= 10
    return replay(dataset, Slice(**bounds), workers=1, out=io.StringIO())


def entries() -> Counter:
    return Counter(Entry.objects.values_list("kind", flat=True))


def test_replay_earns_spends_returns_and_expires():
    result = replayed()

    assert [found for _invariant, found in examined(invariants()) if found] == []
    assert result.differences == []
    assert {"earn", "spend", "return", "take_back", "expire"} <= set(entries())
    assert Order.objects.filter(points_spent__gt=0).count() == result.paid_with_points == 1
    moved = result.moved
    assert moved.earned - moved.spent + moved.returned - moved.taken_back - moved.expired == moved.in_lots - moved.debt
    assert dict(moved.tiers) == {"Standard": 3, "Silver": 0, "Gold": 0, "Platinum": 0}
    assert f"{result.refunds} times goods came back" in "\n".join(figures(result))


def test_second_replay_changes_nothing_and_says_the_same():
    first = replayed()
    before = entries()

    again = replayed()

    assert (again.outcome.placed, again.outcome.refunds, entries()) == (0, 0, before)
    assert (again.refunds, again.moved, again.paid_with_points) == (first.refunds, first.moved, first.paid_with_points)


def test_goods_come_back_in_parts_that_the_receipt_decides():
    receipts = Receipts(tiny_journey().transactions)
    three, nothing = receipts[0], receipts[3]

    # 501: two pieces of one kind, two kinds of one piece; 504 is a receipt of nothing.
    assert next(iter(goods_back(three))) == GoodsBack(1, 3, (("11", 1), ("13", 1)))
    assert [back for back in goods_back(three) if back.part == 2] in ([], [GoodsBack(2, 10, None)])
    assert list(goods_back(nothing)) == []


def test_draws_are_as_frequent_as_they_say(monkeypatch):
    monkeypatch.undo()
    numbers = [str(number) for number in range(10_000)]
    shares = Counter(share_of_points(number) for number in numbers)

    assert sum(map(brings_back, numbers)) == pytest.approx(300, rel=0.2)
    assert shares[0] == pytest.approx(7_500, rel=0.05)
    assert shares[1] == pytest.approx(1_250, rel=0.1)


def test_month_ends_by_the_shops_clock():
    assert month_end(NOW).isoformat() == "2026-07-01T00:00:00-04:00"
