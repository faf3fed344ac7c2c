"""What a code gives, to whom and when."""

from datetime import datetime, timedelta

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from promocodes.models.campaign import Campaign
from promocodes.models.kept import never_deleted


class CodeType(models.TextChoices):
    """PC-5."""

    FIXED = "fixed", _("fixed amount")
    PERCENT = "percent", _("percent discount")
    CASHBACK = "cashback", _("cashback")
    FREE_SHIPPING = "free_shipping", _("free delivery")


@pghistory.track()
class Terms(models.Model):
    """What a code gives, to whom and when. Shared by all codes of a batch.

    `starts_at`/`ends_at` are half-open (M-4). `value` is roubles for `fixed`, percent for `percent` and
    `cashback`, NULL for `free_shipping`. `tier`: that tier or any above it; tiers are strangers, so it is kept by code.
    """

    campaign = models.ForeignKey(
        Campaign, models.PROTECT, null=True, blank=True, related_name="terms", verbose_name=_("campaign")
    )
    type = models.CharField(_("type"), max_length=16, choices=CodeType.choices)
    value = models.DecimalField(_("value"), max_digits=12, decimal_places=2, null=True, blank=True)
    categories = ArrayField(models.CharField(max_length=100), verbose_name=_("categories"), default=list, blank=True)
    required_categories = ArrayField(
        models.CharField(max_length=100), verbose_name=_("required categories"), default=list, blank=True
    )
    minimum_order = models.DecimalField(_("minimum order"), max_digits=12, decimal_places=2, null=True, blank=True)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    max_uses_per_customer = models.PositiveIntegerField(_("uses per customer"), null=True, blank=True)
    first_order_only = models.BooleanField(_("first order only"), default=False)
    segment = models.CharField(_("segment"), max_length=64, null=True, blank=True)
    tier = models.CharField(_("tier"), max_length=40, blank=True, default="", db_default="")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("created by"),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("terms")
        verbose_name_plural = _("terms")
        default_permissions = ("add", "change", "view")
        triggers = never_deleted()
        constraints = [
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="terms_period"),
            models.CheckConstraint(
                condition=(
                    Q(type="fixed", value__isnull=False, value__gt=0)
                    | Q(type__in=["percent", "cashback"], value__isnull=False, value__gt=0, value__lte=100)
                    | Q(type="free_shipping", value__isnull=True)
                ),
                name="terms_value_fits_type",
            ),
            models.CheckConstraint(
                condition=Q(type__in=["percent", "cashback"]) | Q(categories=[]), name="terms_scope_fits_type"
            ),
            models.CheckConstraint(
                condition=Q(minimum_order__isnull=True) | Q(minimum_order__gt=0),
                name="terms_minimum_positive",
            ),
            models.CheckConstraint(
                condition=Q(max_uses_per_customer__isnull=True) | Q(max_uses_per_customer__gte=1),
                name="terms_per_customer_positive",
            ),
        ]
        indexes = [
            models.Index("ends_at", name="terms_ends"),
            models.Index("ends_at", name="terms_for_some", condition=Q(segment__isnull=False) | Q(tier__gt="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_type_display()} {self.value or ''}".strip()

    @property
    def last_minute(self) -> datetime:
        """The last minute that counts, for people: the end itself is exclusive."""
        return self.ends_at - timedelta(minutes=1)
