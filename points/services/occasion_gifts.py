"""Giving what an occasion brings: a customer's gift, lot, ledger lines and message in one statement for many (CU-9)."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction

from customers.queries.programme import programme
from loyalty_site.kernel.transactions import requires_transaction
from notifications.services import message_params, messages_insert
from points.models import Lot, Occasion
from points.queries.occasions import due_customers, shop_day
from points.rules import lot_dates
from points.rules.occasions import OccasionKind, due_days
from points.services.grants import CHUNK, Beside, Granted, grant_to_many

# Points come at night, letters do not.
LETTERS_FROM = time(9)
KINDS = {OccasionKind.BIRTHDAY: (Lot.Kind.BIRTHDAY, "birthday_bonus")}
OTHERS = (Lot.Kind.HOLIDAY, "holiday_bonus")
# A merge may bring somebody a gift between choosing and giving: then those who are due are chosen anew.
TRIES = 3


@requires_transaction
def give_chunk(*, occasion_id: int, day: date, now: datetime, after: int = 0, limit: int = CHUNK) -> Granted | None:
    """The gifts of `day` for the next `limit` who are due; `last_id` is None when nobody is left.

    None: another worker is at it. Whoever has a gift of that year is passed over, so it may be done again from the
    beginning at any time: after a kill, late, or twice.
    """
    occasion = (
        Occasion.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
        .select_related("segment")
        .filter(pk=occasion_id)
        .first()
    )
    if occasion is None:
        return None
    if not occasion.is_active or day not in due_days(occasion.terms.when, occasion.terms.window, shop_day(now)):
        return Granted(0, None)
    for _attempt in range(TRIES - 1):
        try:
            with transaction.atomic():
                return _give(occasion, day, now=now, after=after, limit=limit)
        except IntegrityError:
            continue
    return _give(occasion, day, now=now, after=after, limit=limit)


def _give(occasion: Occasion, day: date, *, now: datetime, after: int, limit: int) -> Granted:
    lot_kind, message_kind = KINDS.get(OccasionKind(occasion.kind), OTHERS)
    zone = ZoneInfo(settings.TIME_ZONE)
    life_days = occasion.life_days or programme().points_life_days
    starts, ends = lot_dates(now=now, hold_days=0, life_days=life_days, zone=zone)
    morning = datetime.combine(shop_day(now), LETTERS_FROM, zone)
    return grant_to_many(
        customers=due_customers(occasion, day, after=after),
        amount=occasion.amount,
        kind=lot_kind,
        fact=f"occasion:{occasion.pk}:{day.year}",
        available_from=starts,
        expires_at=ends,
        now=now,
        reason=occasion.name,
        after=after,
        limit=limit,
        beside=Beside(
            GIFTS + messages_insert(MESSAGES) + ")",
            {
                "occasion": occasion.pk,
                "year": day.year,
                "day": day,
                **message_params(kind=message_kind, now=now, due_at=max(now, morning)),
            },
        ),
    )


GIFTS = """, gifts AS (
    INSERT INTO points_occasiongift (occasion_id, customer_id, lot_id, year, day, amount, given_at)
    SELECT %(occasion)s, account_id, id, %(year)s, %(day)s, %(amount)s, %(now)s FROM made
), told AS ("""

MESSAGES = """
SELECT fact, account_id, jsonb_build_object('occasion', %(occasion)s::bigint, 'year', %(year)s::int) FROM made
"""
