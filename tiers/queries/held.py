"""What `tiers` holds of one customer, for his download (CU-4)."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from loyalty_site.kernel.held import FOR_PROGRAMS, Part, part_of
from tiers.models import Card, Membership, Standing, TierChange


def standing(customer_id: int, *, now: datetime) -> Part:
    rows = Standing.objects.filter(pk=customer_id)
    said = {"tier": FOR_PROGRAMS, "name": {"label": _("tier")}}
    return part_of(_("Tier"), rows, "since", "lapses_at", said=said, tier="tier__code", name="tier__name")


def tier_changes(customer_id: int, *, now: datetime) -> Part:
    rows = TierChange.objects.filter(customer=customer_id).order_by("pk")
    names = {"from_tier": "from_tier__name", "to_tier": "to_tier__name"}
    said = {"from_tier": {"label": pgettext("tier", "from")}, "to_tier": {"label": pgettext("tier", "to")}}
    return part_of(_("How your tier changed"), rows, "changed_at", "cause", "spent", "orders", said=said, **names)


def cards(customer_id: int, *, now: datetime) -> Part:
    rows = Card.objects.filter(customer=customer_id).order_by("pk")
    history = Card.pgh_event_model._meta.db_table  # type: ignore[attr-defined]
    return part_of(_("Cards"), rows, "number", "kind", "percent", "issued_at", "blocked_at", tables=[history])


def memberships(customer_id: int, *, now: datetime) -> Part:
    rows = Membership.objects.filter(customer=customer_id).order_by("pk")
    fields = ("order_ref", "fee_amount", "months", "starts_at", "ends_at", "refunded_at")
    history = Membership.pgh_event_model._meta.db_table  # type: ignore[attr-defined]
    said = {"plan": {"label": _("plan")}}
    return part_of(_("Memberships"), rows, *fields, said=said, plan="plan__name", tables=[history])
