"""Placing an order against as many bare round trips in one transaction, and that it does not grow with the shop."""

from collections.abc import Iterator
from typing import Any

from bench import shop
from bench.floor import Measurement, median_of

TIMES = 51


def measure() -> Iterator[Measurement]:
    from django.utils import timezone

    now = timezone.now()
    shop.catalogue(categories=10, products=200, first=20_000)
    buyer, code = shop.customer(), shop.code(now)
    one = _request(buyer, code.code, lines=1)
    yield _measured("place, 1 line", one, now)
    yield _measured("place, 50 lines", _request(buyer, code.code, lines=50), now)
    yield _measured("place, 200 lines", _request(buyer, code.code, lines=200), now)
    yield _measured("place, 1 line, no code", _request(buyer, None, lines=1), now)
    shop.more_codes(20_000, now)
    yield _measured("place, 1 line, 20,000 more codes", one, now)


def _request(buyer: Any, code: str | None, *, lines: int) -> Any:
    from orders.queries import QuoteRequest

    wanted = tuple((f"P{number}", 1) for number in range(20_000, 20_000 + lines))
    return QuoteRequest(channel="site", lines=wanted, customer_id=buyer.pk, promo_code=code)


def _measured(name: str, request: Any, now: Any) -> Measurement:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from loyalty_site.kernel.transactions import in_transaction
    from orders.services import Contact, place_order

    def place() -> None:
        in_transaction(lambda: place_order(request=request, contact=Contact(), now=now))

    with CaptureQueriesContext(connection) as captured:
        place()
    statements = len(captured)
    return Measurement(
        name=name,
        seconds=median_of(place, times=TIMES),
        floor_name=f"a transaction of {statements} × SELECT 1",
        floor_seconds=median_of(lambda: _bare_transaction(statements), times=TIMES),
        statements=statements,
        note="BEGIN and COMMIT among the statements",
    )


def _bare_transaction(statements: int) -> None:
    """`statements` in all, its BEGIN and COMMIT included."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        for _ in range(statements - 2):
            cursor.execute("SELECT 1")
            cursor.fetchone()
