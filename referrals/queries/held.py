"""What `referrals` holds of one customer, for his download (CU-4). Of friends: the first name and an initial."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from customers.queries.find import records
from loyalty_site.kernel.held import Column, Kind, Part, part_of, part_of_values
from referrals.models import Ambassador, Referral, Referrer, Reward, Trait, Visit
from referrals.models.visit import Via
from referrals.queries.friends import PAGE, STATE_WORDS, friends
from referrals.queries.links import link_of


def link(customer_id: int, *, now: datetime) -> Part:
    own = link_of(customer_id)
    row: Any = Referrer.objects.filter(pk=customer_id).values("shows_name", "stopped_at", "stop_reason").first()
    columns = {
        "code": Column(_("Code")),
        "url": Column(_("Link")),
        "shows_name": Column(_("Friends see your first name")),
        "stopped_at": Column(_("Stopped"), Kind.MOMENT),
        "stop_reason": Column(_("Stopped because")),
    }
    tables = [Referrer._meta.db_table, Referrer.pgh_event_model._meta.db_table]  # type: ignore[attr-defined]
    return part_of_values(
        _("Your link for friends"), columns, [{"code": own.code, "url": own.url, **(row or {})}], tables=tables
    )


def brought(customer_id: int, *, now: datetime) -> Part:
    """How he himself came; who brought him is somebody else's name."""
    rows = Referral.objects.filter(newcomer__in=records(customer_id)).order_by("pk")
    fields = ("code", "via", "registered_at", "first_order_ref", "first_ordered_at")
    return part_of(
        _("How you came to us"), rows, *fields, visited_at="visit__visited_at", tables=[Visit._meta.db_table]
    )


def invited(customer_id: int, *, now: datetime) -> Part:
    columns = {
        "name": Column(_("Friend")),
        "state": Column(_("State"), choices=STATE_WORDS),
        "via": Column(_("Channel"), choices=dict(Via.choices)),
        "registered_at": Column(_("Registered"), Kind.MOMENT),
    }
    return part_of_values(
        _("Friends you invited"), columns, _invited(customer_id, now), tables=[Referral._meta.db_table]
    )


def rewards(customer_id: int, *, now: datetime) -> Part:
    rows = Reward.objects.filter(payee=customer_id).order_by("pk")
    fields = ("role", "kind", "amount", "order_ref", "qualified_at", "due_at", "status", "paid_at")
    return part_of(_("Rewards for friends"), rows, *fields, said={"amount": {"kind": Kind.NUMBER}})


def ambassador(customer_id: int, *, now: datetime) -> Part:
    rows = Ambassador.objects.filter(customer=customer_id)
    history = Ambassador.pgh_event_model._meta.db_table  # type: ignore[attr-defined]
    fields = ("name", "code", "email", "rate_type", "rate", "paid_in", "is_active", "note", "created_at")
    return part_of(_("Ambassador"), rows, *fields, said={"rate": {"kind": Kind.NUMBER}}, tables=[history])


def traits(customer_id: int, *, now: datetime) -> Part:
    """That an e-mail, a phone, a device … was seen, and when: what is kept is a hash, not the thing itself."""
    rows = Trait.objects.filter(customer=customer_id).order_by("pk")
    return part_of(_("Signs that tell your accounts from others' (kept as hashes)"), rows, "kind", "seen_at")


def _invited(customer_id: int, now: datetime) -> Iterator[dict[str, Any]]:
    offset = 0
    while page := friends(customer_id, now=now, limit=PAGE, offset=offset):
        for friend in page:
            yield {
                "name": friend.name,
                "state": str(friend.state),
                "via": friend.via,
                "registered_at": friend.registered_at,
            }
        offset += len(page)
