"""Points for a whole segment: asked for, confirmed by a second person when large, carried out in chunks (PT-5)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers.models import Segment, User
from customers.queries import members
from customers.queries.programme import programme
from loyalty_site.kernel.errors import NotAllowed, NotFound, WrongState, invalid
from loyalty_site.kernel.texts import number_text
from loyalty_site.kernel.transactions import requires_transaction
from points.models import SegmentGrant
from points.rules import lot_dates
from points.services.errors import FactTaken
from points.services.grants import CHUNK, grant_to_many
from points.services.inputs import checked_amount, checked_reason

MOST_DAYS = 3650
# Counted now it would seem smaller than it is, and no second person would be asked.
NOT_YET = _("The segment is being worked out: try again in a minute.")


@requires_transaction
def ask_segment_grant(
    *,
    segment_id: int,
    amount: int,
    kind: str,
    life_days: int | None,
    reason: str,
    fact: str,
    by: User,
    now: datetime,
) -> SegmentGrant:
    """Starts at once, or waits when all the points together are above the programme's threshold.

    The same fact again returns the first grant; with other values it raises FactTaken. Raises InvalidInput, also for
    a segment without customers and one whose changed conditions are still being worked out.
    """
    checked_amount(amount)
    if life_days is not None and not 1 <= life_days <= MOST_DAYS:
        detail = _("From %(least)s to %(most)s.") % {"least": 1, "most": number_text(MOST_DAYS)}
        raise invalid("life_days", detail, "out_of_range")
    values = {
        "segment_id": segment_id,
        "amount": amount,
        "kind": kind,
        "life_days": life_days,
        "reason": checked_reason(reason),
    }
    # Held, so that the same form sent twice at once finds the first one's grant.
    segment = Segment.objects.select_for_update(no_key=True).filter(pk=segment_id).first()
    if segment is None or segment.archived_at is not None:
        raise invalid("segment", _("There is no such segment."), "unknown")
    earlier = SegmentGrant.objects.filter(fact=fact).first()
    if earlier is not None:
        if any(getattr(earlier, name) != value for name, value in values.items()):
            raise FactTaken
        return earlier
    if segment.dirty_at is not None:
        raise invalid("segment", NOT_YET, "not_ready")
    count = members(segment).count()
    if not count:
        raise invalid("segment", _("Nobody is in this segment."), "empty")
    threshold = programme().second_person_points
    is_large = threshold is not None and amount * count > threshold
    grant = SegmentGrant.objects.create(
        **values, fact=fact, expected_count=count, asked_by=by, asked_at=now, starts_at=None if is_large else now
    )
    if not is_large:
        _start_soon(grant)
    return grant


@requires_transaction
def confirm_segment_grant(*, grant_id: int, by: User, now: datetime) -> SegmentGrant:
    """Somebody other than the author confirms: the worker starts. Raises NotAllowed, WrongState."""
    grant = _undecided(grant_id)
    if grant.asked_by_id == by.pk:
        raise NotAllowed(
            _("A grant this large is confirmed by somebody other than the one who asked for it."),
            code="second_person_required",
        )
    grant.decided_by, grant.decided_at, grant.starts_at = by, now, now
    grant.save(update_fields=["decided_by", "decided_at", "starts_at"])
    _start_soon(grant)
    return grant


@requires_transaction
def refuse_segment_grant(*, grant_id: int, by: User, now: datetime) -> SegmentGrant:
    """Nobody gets anything, for good; the author may do this too. Raises WrongState."""
    grant = _undecided(grant_id)
    grant.decided_by, grant.decided_at = by, now
    grant.save(update_fields=["decided_by", "decided_at"])
    return grant


@requires_transaction
def grant_chunk(*, grant_id: int, now: datetime, limit: int = CHUNK) -> SegmentGrant | None:
    """The next `limit` members get their points; the last chunk sets `finished_at`. None: another worker is at it.

    How far it came is written with the points, so a killed worker's chunk is done again whole, and a customer never
    gets them twice: his lot's fact names the grant and him.
    """
    grant = SegmentGrant.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=grant_id).first()
    if grant is None or grant.starts_at is None or grant.finished_at is not None:
        return grant
    _from, expires_at = lot_dates(
        now=grant.starts_at,
        hold_days=0,
        life_days=grant.life_days or programme().points_life_days,
        zone=ZoneInfo(settings.TIME_ZONE),
    )
    granted = grant_to_many(
        customers=members(grant.segment),
        amount=grant.amount,
        kind=grant.kind,
        fact=grant.fact,
        available_from=grant.starts_at,
        expires_at=expires_at,
        now=now,
        reason=grant.reason,
        by=grant.asked_by,
        after=grant.last_customer_id,
        limit=limit,
    )
    grant.granted_count += granted.customers
    if granted.last_id is None:
        grant.finished_at = now
    else:
        grant.last_customer_id = granted.last_id
    grant.save(update_fields=["granted_count", "last_customer_id", "finished_at"])
    return grant


def _undecided(grant_id: int) -> SegmentGrant:
    grant = SegmentGrant.objects.select_for_update(no_key=True).filter(pk=grant_id).first()
    if grant is None:
        raise NotFound
    if not grant.waits:
        raise WrongState
    return grant


def _start_soon(grant: SegmentGrant) -> None:
    """A broker that is down is no reason to fail: the sweep of unfinished grants starts it later."""
    transaction.on_commit(lambda: _start(grant.pk), robust=True)


def _start(grant_id: int) -> None:
    from points.tasks import carry_out_segment_grant

    carry_out_segment_grant.delay(grant_id=grant_id)
