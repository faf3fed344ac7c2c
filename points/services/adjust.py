"""Corrections by staff, with reason and author; large ones wait for a second person (PT-1)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from customers.models import User
from customers.queries.programme import programme
from loyalty_site.kernel.errors import NotAllowed, NotFound, WrongState, invalid
from loyalty_site.kernel.transactions import requires_transaction
from points.models import Lot, PendingAdjustment
from points.rules import EntryKind, available, lot_dates, spending_lines
from points.services.earn import earned_before
from points.services.errors import FactTaken, NotEnoughPoints
from points.services.inputs import checked_amount, checked_reason, refuse_erased
from points.services.posting import NewLot, Origin, Posted, lock_account, lock_or_open_account, post_lines, post_lot
from points.services.reading import SECOND_PERSON, Book, read_book


@requires_transaction
def adjust(
    *,
    customer_id: int,
    amount: int,
    reason: str,
    by: User | None,
    fact: str,
    now: datetime,
    expires_at: datetime | None = None,
) -> Posted | PendingAdjustment:
    """Give (+) or take (−) points. Above the programme's threshold a PendingAdjustment comes back and nothing moves.

    Given points live until `expires_at`, None: as the programme says. Raises NotEnoughPoints (never below zero
    available), InvalidInput, AlreadyErased, and FactTaken when the fact stands for something else.
    """
    checked_amount(abs(amount))
    origin = Origin(customer_id, fact, now, "", checked_reason(reason), by.pk if by else None)
    if expires_at is not None and expires_at <= now:
        raise invalid("expires_at", _("This moment has passed."), "out_of_range")
    lock_or_open_account(customer_id, now=now)
    refuse_erased(customer_id)
    asked = PendingAdjustment.objects.filter(fact=fact).first()
    if asked is not None:
        if (asked.customer_id, asked.amount, asked.reason) != (customer_id, amount, origin.reason):
            raise FactTaken
        return asked
    book = read_book(customer_id, fact, SECOND_PERSON)
    if earlier := _repeated(book, fact, amount):
        return earlier
    threshold = book.setting()
    if threshold is not None and abs(amount) > threshold:
        if available(book.lots, now=now) < -amount:
            raise NotEnoughPoints(available(book.lots, now=now))
        return PendingAdjustment.objects.create(
            customer_id=customer_id,
            amount=amount,
            reason=origin.reason,
            expires_at=expires_at,
            fact=fact,
            asked_by=by,
            asked_at=now,
        )
    return _carry_out(origin, amount, expires_at)


@requires_transaction
def confirm_adjustment(*, adjustment_id: int, by: User, now: datetime) -> Posted:
    """Somebody other than the author confirms: the points move. Author of the entry is who asked for it.

    Raises NotAllowed (`second_person_required`), WrongState when it was decided, NotEnoughPoints, AlreadyErased.
    """
    asked = _undecided(adjustment_id)
    if asked.asked_by_id == by.pk:
        raise NotAllowed(
            _("A correction this large is confirmed by somebody other than the one who asked for it."),
            code="second_person_required",
        )
    refuse_erased(asked.customer_id)
    origin = Origin(asked.customer_id, asked.fact, now, "", asked.reason, asked.asked_by_id)
    posted = _carry_out(origin, asked.amount, asked.expires_at)
    _decide(asked, by=by, now=now, is_confirmed=True)
    return posted


@requires_transaction
def refuse_adjustment(*, adjustment_id: int, by: User, now: datetime) -> PendingAdjustment:
    """Nothing moves, for good; the author may do this too. Raises WrongState when it was decided."""
    asked = _undecided(adjustment_id)
    _decide(asked, by=by, now=now, is_confirmed=False)
    return asked


def _carry_out(origin: Origin, amount: int, expires_at: datetime | None) -> Posted:
    if amount > 0:
        return _give(origin, amount, expires_at)
    if lock_account(origin.account_id) is None:
        raise NotEnoughPoints(0)
    book = read_book(origin.account_id, origin.fact)
    lines = spending_lines(book.lots, -amount, now=origin.now, kind=EntryKind.ADJUST)
    if lines is None:
        raise NotEnoughPoints(available(book.lots, now=origin.now))
    return post_lines(origin, lines, kind=EntryKind.ADJUST)


def _give(origin: Origin, amount: int, expires_at: datetime | None) -> Posted:
    debt = lock_or_open_account(origin.account_id, now=origin.now)
    if expires_at is None or expires_at <= origin.now:
        _from, expires_at = lot_dates(
            now=origin.now,
            hold_days=0,
            life_days=programme().points_life_days,
            zone=ZoneInfo(settings.TIME_ZONE),
        )
    lot = NewLot(Lot.Kind.MANUAL.value, amount, origin.now, expires_at)
    posted = post_lot(origin, lot, kind=EntryKind.ADJUST, debt=debt)
    return posted or earned_before(origin, lot, EntryKind.ADJUST)


def _repeated(book: Book, fact: str, amount: int) -> Posted | None:
    """What was posted before, with the same sign."""
    posted: Posted | None = book.repeated(fact, EntryKind.ADJUST, abs(amount))
    if posted and (posted.entries[0].amount > 0) != (amount > 0):
        raise FactTaken
    return posted


def _undecided(adjustment_id: int) -> PendingAdjustment:
    """The row, locked after its account."""
    customer_id = PendingAdjustment.objects.filter(pk=adjustment_id).values_list("customer_id", flat=True).first()
    if customer_id is None:
        raise NotFound
    lock_account(customer_id)
    asked = PendingAdjustment.objects.select_for_update(of=("self",), no_key=True).get(pk=adjustment_id)
    if asked.decided_at is not None:
        raise WrongState
    return asked


def _decide(asked: PendingAdjustment, *, by: User, now: datetime, is_confirmed: bool) -> None:
    asked.decided_by, asked.decided_at, asked.is_confirmed = by, now, is_confirmed
    asked.save(update_fields=["decided_by", "decided_at", "is_confirmed"])
