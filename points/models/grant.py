"""The same points for every customer of a segment, carried out by the worker (PT-5)."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.guards import never_lost
from points.models.lot import Lot


@pghistory.track(exclude=["granted_count", "last_customer_id"])
class SegmentGrant(models.Model):
    """`amount` points to each member, in lots that live `life_days` (None: as the programme says).

    It starts at `starts_at`: at once, or when a second person confirms it; None while it waits, and for good when it
    is refused. The worker has come to `last_customer_id`; `granted_count` customers got their points.
    """

    KINDS = (Lot.Kind.MANUAL, Lot.Kind.COMPENSATION)

    segment = models.ForeignKey(
        "customers.Segment", models.PROTECT, related_name="points_grants", verbose_name=_("segment")
    )
    amount = models.PositiveIntegerField(_("points for each"))
    kind = models.CharField(_("kind"), max_length=16, choices=[(kind.value, kind.label) for kind in KINDS])
    life_days = models.PositiveSmallIntegerField(_("points live, days"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200)
    fact = models.CharField(_("fact"), max_length=60, unique=True)
    expected_count = models.PositiveIntegerField(_("customers"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    starts_at = models.DateTimeField(_("started"), null=True, blank=True)
    last_customer_id = models.BigIntegerField(default=0)
    granted_count = models.PositiveIntegerField(_("given to"), default=0)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("grant to a segment")
        verbose_name_plural = _("grants to segments")
        default_permissions = ("add", "view")
        triggers = never_lost()
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=1), name="points_grant_amount"),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="points_grant_decided_whole",
            ),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True) | Q(decided_by__isnull=True) | ~Q(decided_by=models.F("asked_by")),
                name="points_grant_second_person",
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(starts_at__isnull=False), name="points_grant_began"
            ),
        ]

    def __str__(self) -> str:
        return f"№ {self.pk}"

    @property
    def waits(self) -> bool:
        return self.starts_at is None and self.decided_at is None

    @property
    def total(self) -> int:
        """Points in all, as counted when it was asked for."""
        return self.amount * self.expected_count
