"""What speaks against a referral, and what staff decided about it (R-5)."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from referrals.models.referral import Referral


@pghistory.track()
class Review(models.Model):
    """`reasons` is a list of `{"key", "score", "params"}`, said as sentences when read; `score` their sum.

    Waiting: the rewards are held. Blocked: refused by the score alone. Staff may approve either, or reject.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("waits for a decision")
        BLOCKED = "blocked", _("refused by its score")
        APPROVED = "approved", _("approved")
        REJECTED = "rejected", _("rejected")

    referral = models.OneToOneField(Referral, models.PROTECT, related_name="review", verbose_name=_("referral"))
    score = models.PositiveIntegerField(_("risk"))
    reasons = models.JSONField(_("reasons"), default=list)
    status = models.CharField(_("decision"), max_length=8, choices=Status.choices)
    opened_at = models.DateTimeField(_("opened"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decision_reason = models.CharField(_("because"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("review of a referral")
        verbose_name_plural = _("reviews of referrals")
        default_permissions = ("view",)
        permissions = [
            ("decide_review", _("May approve and reject referrals, and stop referrers")),
            ("view_report", _("May see the report on referrals")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "blocked"], decided_at__isnull=True)
                | Q(status__in=["approved", "rejected"], decided_at__isnull=False, decided_by__isnull=False)
                & ~Q(decision_reason=""),
                name="referrals_review_decided_whole",
            )
        ]
        indexes = [models.Index("opened_at", name="referrals_review_waiting", condition=Q(status="waiting"))]

    def __str__(self) -> str:
        return str(self.referral_id)
