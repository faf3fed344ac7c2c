"""The last uses of a code at the site's checkout: many visitors, each with a browser session of its own (PC-13).

The control runs the same visitors against placing without its guards: they must overrun, or the crowd proves nothing.
"""

from collections import Counter
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone

import orders.services.place as placing
from orders.models import DeliveryMethod, Order, Product
from promocodes.models import PromoCode, Redemption
from tests.promocodes.rows import make_code
from tests.races.crowd import crowd, dawdle
from tests.shop.conftest import Visitor

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

VISITORS, WORKERS, LIMIT = 64, 8, 10


@pytest.fixture(autouse=True)
def shop(settings) -> None:
    Product.objects.create(sku="SHIRT", name="SHIRT", price=2400)
    DeliveryMethod.objects.create(code="pickup", name="pickup", price=0, needs_address=False)


def running_code(**terms: Any) -> PromoCode:
    year = timezone.now().year
    start = timezone.now().replace(month=1, day=1)
    return make_code(starts_at=start, ends_at=start.replace(year=year + 1), **terms)


def buy(code: PromoCode, number: int) -> str:
    """One visitor from the product to the placed order; what came of it."""
    visitor = Visitor()
    visitor.put("SHIRT")
    typed = {"email": f"buyer{number}@shop.test", "promo_code": code.code}
    answer = visitor.press("place", **typed)
    return {302: "placed", 409: "total changed", 422: "refused"}.get(answer.status_code, str(answer.status_code))


def taken(code: PromoCode) -> tuple[int, int, int]:
    """Live uses, the counter, orders with the code."""
    code.refresh_from_db()
    live = Redemption.objects.filter(promo_code=code, released_at=None).count()
    return live, code.uses, Order.objects.exclude(redemption=None).count()


def test_visitors_take_exactly_the_uses_there_are() -> None:
    code = running_code(max_uses=LIMIT)
    answers = crowd(lambda number: buy(code, number), VISITORS, workers=WORKERS)
    assert answers["placed"] == LIMIT
    assert answers == Counter(placed=LIMIT, refused=VISITORS - LIMIT)
    assert taken(code) == (LIMIT, LIMIT, LIMIT)


def test_one_form_sent_by_many_threads_places_one_order() -> None:
    visitor = Visitor()
    visitor.put("SHIRT")
    shown = visitor.hidden()
    cookies = visitor.client.cookies

    def send(_number: int) -> str:
        again = Visitor()
        again.client.cookies = cookies
        return str(again.press("place", keep=shown)["Location"])

    answers = crowd(send, 32, workers=WORKERS)
    order = Order.objects.get()
    assert answers == Counter({f"/orders/{order.number}/": 32})


def test_control_without_the_guards_visitors_overrun_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    code = running_code(max_uses=LIMIT)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE promocodes_promocode DROP CONSTRAINT promocode_uses_within_limit")
    careful = placing.priced

    def unlocked(request: Any, **options: Any) -> Any:
        found = careful(request, **{**options, "lock": False})
        dawdle(1.0)
        return found

    def unguarded(*, promo_code_id: int, order_ref: str, now: datetime, **facts: Any) -> Redemption:
        PromoCode.objects.filter(pk=promo_code_id).update(uses=F("uses") + 1)
        kept = {name: facts[name] for name in ("channel", "discount", "order_total")}
        return Redemption.objects.create(promo_code_id=promo_code_id, order_ref=order_ref, redeemed_at=now, **kept)

    monkeypatch.setattr(placing, "priced", unlocked)
    monkeypatch.setattr(placing, "redeem_code", unguarded)
    try:
        crowd(lambda number: buy(code, number), VISITORS, workers=WORKERS)
        live, counter, placed = taken(code)
        assert live == counter == placed > LIMIT
    finally:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE promocodes_promocode SET uses = max_uses WHERE uses > max_uses")
            cursor.execute(
                "ALTER TABLE promocodes_promocode ADD CONSTRAINT promocode_uses_within_limit"
                " CHECK (max_uses IS NULL OR uses <= max_uses)"
            )
