"""Limits under a storm, at every way an order comes in: exactly N uses, no deadlock, no server error."""

import json
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial

from django.test import Client
from django.utils import timezone

from loyalty_site.apikeys import create_api_key
from loyalty_site.kernel.transactions import in_transaction
from orders.queries import QuoteRequest, quote
from orders.services import Contact, cancel_order, place_order
from promocodes.models import PromoCode, Redemption
from promocodes.services import CodeRejected
from tests.chaos import shop
from tests.chaos.stage import Findings, Scale, Verdict, judged
from tests.races.crowd import crowd, dawdle

LIMIT = 100
PER_CUSTOMER = 3
BUDGET_CODES = 50
CREATED, FOUND, REFUSED = 201, 302, 422
EXPECTED = {"taken", "taken and released", "refused"}


# (code, number of the attempt) → what came of it
Entry = Callable[[str, int], str]


def experiments(scale: Scale) -> Iterator[Verdict]:
    """One verdict per experiment; the control comes last and must overrun."""
    key = in_transaction(partial(create_api_key, name="chaos", scopes={"all"}))[1]
    entries: dict[str, Entry] = {
        "service": place,
        "api": partial(place_by_api, key),
        "site": place_on_site,
        "retried after cancel": place_and_maybe_cancel,
    }
    for name, entry in entries.items():
        yield judged(f"limit {LIMIT}: {name}", partial(limit_of_uses, entry, scale))
    yield judged(f"limit {PER_CUSTOMER} per customer", partial(limit_per_customer, scale))
    yield judged(f"budget over {BUDGET_CODES} codes", partial(campaign_budget, scale))
    yield judged("control: read, check, save", partial(control, scale), is_control=True)


def limit_of_uses(entry: Entry, scale: Scale) -> Findings:
    codes = shop.new_codes(max_uses=LIMIT)
    outcomes = crowd(partial(entry, codes[0].code), scale.attempts, workers=scale.processes)
    if outcomes["taken and released"]:
        # What cancelled orders gave back at the very end can be taken again (PC-13).
        outcomes += crowd(partial(place, codes[0].code), LIMIT, workers=1)
    return seen(outcomes), wrong(outcomes, codes, exactly=LIMIT)


def limit_per_customer(scale: Scale) -> Findings:
    codes, customer = shop.new_codes(per_customer=PER_CUSTOMER), shop.new_customer()
    attempt = partial(place, codes[0].code, customer_id=customer.pk)
    outcomes = crowd(attempt, scale.attempts, workers=scale.processes)
    return seen(outcomes), wrong(outcomes, codes, exactly=PER_CUSTOMER)


def campaign_budget(scale: Scale) -> Findings:
    """Fifty codes of 100.00 share a budget that holds a hundred uses."""
    budget = Decimal("100.00") * LIMIT
    codes = shop.new_codes(BUDGET_CODES, budget=budget)
    attempt = partial(place_any, [code.code for code in codes])
    outcomes = crowd(attempt, scale.attempts, workers=scale.processes)
    spent = shop.spending_of(codes[0].terms.campaign)
    broken = [] if spent == budget else [f"{spent} spent of a budget of {budget}"]
    return seen(outcomes), [*broken, *wrong(outcomes, codes, exactly=LIMIT)]


def control(scale: Scale) -> Findings:
    """The naive way: were it to hold its limit here, the storm would prove nothing."""
    codes = shop.new_codes(max_uses=LIMIT)
    crowd(partial(take_naively, codes[0].pk), scale.attempts, workers=scale.processes)
    uses = shop.uses_of(codes)
    shop.forget_uses(codes)
    # At the limit each process may pass once more: 16 of them come to 115, fewer to less.
    enough = LIMIT + min(10, scale.processes // 2)
    return f"{uses} uses of {LIMIT}", [] if uses >= enough else [f"only {uses} uses: no race in this storm"]


def place(code: str, number: int, *, customer_id: int | None = None) -> str:
    try:
        in_transaction(partial(_place, code, customer_id))
    except CodeRejected:
        return "refused"
    return "taken"


def place_any(codes: list[str], number: int) -> str:
    return place(codes[number % len(codes)], number)


def place_and_maybe_cancel(code: str, number: int) -> str:
    """About every third order that is placed is cancelled at once: its use is free again."""
    try:
        order_number = in_transaction(partial(_place, code, None))
    except CodeRejected:
        return "refused"
    if number % 3:
        return "taken"
    in_transaction(partial(cancel_order, number=order_number, reason="chaos", now=timezone.now()))
    return "taken and released"


def _place(code: str, customer_id: int | None) -> str:
    contact = Contact() if customer_id else Contact(email=f"{uuid.uuid4().hex}@shop.test")
    request = QuoteRequest(channel="site", lines=((shop.SKU, 1),), customer_id=customer_id, promo_code=code)
    return place_order(request=request, contact=contact, now=timezone.now()).number


def place_by_api(key: str, code: str, number: int) -> str:
    body = {"channel": "app", "lines": [{"sku": shop.SKU, "quantity": 1}], "promo_code": code, "customer": None}
    answer = Client().post(
        "/api/v1/orders",
        json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {key}", "Idempotency-Key": uuid.uuid4().hex},
    )
    return answered(answer.status_code, CREATED)


def place_on_site(code: str, number: int) -> str:
    """A visitor with a basket of his own, from an address of his own."""
    visitor = Client(REMOTE_ADDR=f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}")
    visitor.post("/basket/lines/", {"sku": shop.SKU, "quantity": 1})
    answer = visitor.post(
        "/checkout/",
        {
            "action": "place",
            "name": "Chaos",
            "email": f"{uuid.uuid4().hex}@shop.test",
            "delivery": shop.DELIVERY,
            "promo_code": code,
        },
    )
    return answered(answer.status_code, FOUND)


def answered(status: int, placed: int) -> str:
    """A status that is neither counts by itself, and is wrong."""
    return {placed: "taken", REFUSED: "refused"}.get(status, f"status {status}")


def take_naively(promo_code_id: int, number: int) -> str:
    code = PromoCode.objects.get(pk=promo_code_id)
    if Redemption.objects.filter(promo_code=code, released_at=None).count() >= (code.max_uses or 0):
        return "refused"
    # What lies between the check and the save in real life: the order is priced.
    quote(QuoteRequest(channel="site", lines=((shop.SKU, 1),), promo_code=code.code), now=timezone.now())
    dawdle()
    Redemption.objects.create(
        promo_code=code,
        order_ref=f"chaos:{uuid.uuid4()}",
        channel="site",
        discount=Decimal("100.00"),
        order_total=Decimal("900.00"),
        redeemed_at=timezone.now(),
    )
    return "taken"


def seen(outcomes: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(outcomes.items()))


def wrong(outcomes: Counter[str], codes: list[PromoCode], *, exactly: int) -> list[str]:
    """Rows against the limit, the counter against the rows, and nothing but answers."""
    uses, counters = shop.uses_of(codes), shop.counters_of(codes)
    found = [f"{count} × {name}" for name, count in outcomes.items() if name not in EXPECTED]
    if uses != exactly:
        found.append(f"{uses} uses of {exactly}")
    if counters != uses:
        found.append(f"counters say {counters}, rows {uses}")
    return found
