"""Visits by a link (R-2): what the funnel of the report begins with."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from referrals.models.ambassador import Ambassador


class Via(models.TextChoices):
    """By what the link came to the visitor; the link says it itself (`?via=telegram`)."""

    LINK = "link", _("link")
    TELEGRAM = "telegram", _("Telegram")
    WHATSAPP = "whatsapp", _("WhatsApp")
    VK = "vk", _("VK")
    QR = "qr", _("QR code")
    SHARE = "share", _("share sheet")
    API = "api", _("app or partner")


class Visit(models.Model):
    """One browser at one link on one day of the shop. `device` and `network` are keyed hashes."""

    token = models.UUIDField(_("token"), default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(_("code"), max_length=20)
    referrer = models.ForeignKey(
        "customers.Customer",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="referral_visits",
        verbose_name=_("referrer"),
    )
    ambassador = models.ForeignKey(
        Ambassador, models.PROTECT, null=True, blank=True, related_name="visits", verbose_name=_("ambassador")
    )
    via = models.CharField(_("channel"), max_length=16, choices=Via.choices, default=Via.LINK)
    device = models.CharField(_("device"), max_length=40)
    network = models.CharField(_("network"), max_length=40, blank=True)
    visited_on = models.DateField(_("day"))
    visited_at = models.DateTimeField(_("visited"))

    class Meta:
        verbose_name = _("visit by a link")
        verbose_name_plural = _("visits by links")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint("code", "device", "visited_on", name="referrals_visit_once_a_day"),
            models.CheckConstraint(
                condition=Q(referrer__isnull=False) | Q(ambassador__isnull=False), name="referrals_visit_to_somebody"
            ),
        ]
        indexes = [
            models.Index("referrer", "visited_at", name="referrals_visit_referrer"),
            models.Index("visited_at", name="referrals_visit_moment"),
        ]

    def __str__(self) -> str:
        return self.code
