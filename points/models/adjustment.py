"""Corrections by staff that wait for a second person."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.guards import never_lost


@pghistory.track()
class PendingAdjustment(models.Model):
    """A correction above the programme's threshold: nothing moves until somebody else confirms it."""

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="pending_adjustments", verbose_name=_("customer")
    )
    amount = models.IntegerField(_("points"))
    reason = models.CharField(_("reason"), max_length=200)
    expires_at = models.DateTimeField(_("points expire"), null=True, blank=True)
    fact = models.CharField(_("fact"), max_length=120, unique=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    is_confirmed = models.BooleanField(_("confirmed"), null=True, blank=True)

    class Meta:
        verbose_name = _("correction to confirm")
        verbose_name_plural = _("corrections to confirm")
        default_permissions = ("view",)
        triggers = never_lost()
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="points_adjustment_moves"),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, is_confirmed__isnull=True, decided_by__isnull=True)
                | Q(decided_at__isnull=False, is_confirmed__isnull=False, decided_by__isnull=False),
                name="points_adjustment_decided_whole",
            ),
            models.CheckConstraint(
                condition=Q(is_confirmed__isnull=True)
                | Q(is_confirmed=False)
                | Q(asked_by__isnull=True)
                | ~Q(decided_by=models.F("asked_by")),
                name="points_adjustment_second_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.amount:+d}"
