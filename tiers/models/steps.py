"""Discount ladders: thresholds and what they give (T-4)."""

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class DiscountStep(models.Model):
    """From `threshold_amount` roubles on, `percent` off every line; the highest step reached counts.

    `cumulative` counts what the customer has ever paid for goods and kept; `order_total` the goods of the order at
    current prices, before any discount, like a code's minimum.
    """

    class Ladder(models.TextChoices):
        CUMULATIVE = "cumulative", _("all purchases together")
        ORDER_TOTAL = "order_total", _("this order")

    ladder = models.CharField(_("ladder"), max_length=16, choices=Ladder.choices)
    threshold_amount = models.DecimalField(_("from, roubles"), max_digits=12, decimal_places=2)
    percent = models.DecimalField(_("discount, %"), max_digits=5, decimal_places=2)

    class Meta:
        verbose_name = _("discount step")
        verbose_name_plural = _("discount steps")
        default_permissions = ("change", "view")
        constraints = [
            models.UniqueConstraint("ladder", "threshold_amount", name="tiers_step_once"),
            models.CheckConstraint(
                condition=Q(threshold_amount__gt=0, percent__gt=0, percent__lte=100), name="tiers_step_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ladder} {self.threshold_amount}: {self.percent} %"
