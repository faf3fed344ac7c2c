"""Numbers of cards that the shop has given out already (T-4). The same file twice changes nothing the second time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from customers.models import User
from customers.services import mark_stale
from loyalty_site.kernel.transactions import requires_transaction
from tiers.models import Card
from tiers.queries.card_import import JudgedCard, Outcome, judged_cards
from tiers.rules.card_rows import CardRow, CardRowError
from tiers.services.history import written_by


@dataclass(frozen=True)
class CardImport:
    """How many cards were made, changed and left as they were; `wrong` rows were left out."""

    made: int
    changed: int
    same: int
    wrong: tuple[CardRowError, ...]


@requires_transaction
def import_cards(*, rows: Sequence[CardRow], by: User | None, now: datetime) -> CardImport:
    """Carry out what `queries.judged_cards` says of `rows`; wrong ones are left out and named."""
    with connection.cursor() as cursor:
        # One import at a time, so that a number new to two of them is made once.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('tiers.import_cards'))")
    judged = judged_cards(rows, cards=Card.objects.select_for_update(no_key=True).order_by("pk"))
    new = [_made(one, now) for one in judged if one.outcome is Outcome.NEW]
    changed = [_changed(one) for one in judged if one.outcome is Outcome.CHANGED]
    with written_by(by, "import"):
        Card.objects.bulk_create(new)
        Card.objects.bulk_update(changed, ["percent", "customer"], batch_size=1000)
    mark_stale(customer_ids=[card.customer_id for card in new + changed if card.customer_id], now=now)
    return CardImport(
        made=len(new),
        changed=len(changed),
        same=sum(one.outcome is Outcome.SAME for one in judged),
        wrong=tuple(CardRowError(one.row.line, one.text) for one in judged if one.outcome is Outcome.WRONG),
    )


def _made(one: JudgedCard, now: datetime) -> Card:
    row = one.row
    return Card(number=row.number, kind=Card.Kind.IMPORTED, customer=one.customer, percent=row.percent, issued_at=now)


def _changed(one: JudgedCard) -> Card:
    if one.card is None:
        raise ValueError("Only a card that is there changes.")
    one.card.percent = one.row.percent
    one.card.customer = one.customer or one.card.customer
    return one.card
