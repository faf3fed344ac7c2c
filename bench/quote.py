"""A quote against as many bare round trips, and that it does not grow with codes, categories, lines or orders."""

from collections.abc import Iterator
from typing import Any

from bench import shop
from bench.floor import Measurement, median_of, round_trip


def measure() -> Iterator[Measurement]:
    """Each line is one quote in process."""
    from django.utils import timezone

    now = timezone.now()
    shop.catalogue(categories=10, products=200)
    buyer, code = shop.customer(), shop.code(now)
    one = _request(buyer, code.code, lines=1)
    yield _measured("quote, 1 line", one, now)
    yield _measured("quote, 50 lines", _request(buyer, code.code, lines=50), now)
    yield _measured("quote, 200 lines", _request(buyer, code.code, lines=200), now)
    shop.more_codes(100_000, now)
    yield _measured("quote, 1 line, 100,000 more codes", one, now)
    shop.catalogue(categories=2_000, products=8_000, first=1_000)
    yield _measured("quote, 1 line, 2,000 more categories", one, now)
    many = shop.code(now, categories=[f"c{number}" for number in range(1_000, 1_500)] + ["c0"])
    yield _measured("quote, 1 line, code on 500 categories", _request(buyer, many.code, lines=1), now)


def _request(buyer: Any, code: str, *, lines: int) -> Any:
    from orders.queries import QuoteRequest

    wanted = tuple((f"P{number}", 1) for number in range(lines))
    return QuoteRequest(channel="site", lines=wanted, customer_id=buyer.public_id, promo_code=code)


def _measured(name: str, request: Any, now: Any) -> Measurement:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from orders.queries import quote

    with CaptureQueriesContext(connection) as captured:
        found = quote(request, now=now)
    assert found.document()["promo_code"]["status"] == "applied"
    statements = len(captured)
    return Measurement(
        name=name,
        seconds=median_of(lambda: quote(request, now=now), times=101),
        floor_name=f"{statements} × SELECT 1",
        floor_seconds=round_trip() * statements,
        statements=statements,
    )
