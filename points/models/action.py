"""What a customer may do besides buying to earn points (PT-5)."""

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


@pghistory.track()
class EarningAction(models.Model):
    """Profile filled in, review, share: `amount` points that live `life_days` (None: as the programme says).

    A customer earns it at most `limit_per_customer` times (None: no limit).
    """

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=200)
    amount = models.PositiveIntegerField(_("points"))
    life_days = models.PositiveSmallIntegerField(_("points live, days"), null=True, blank=True)
    limit_per_customer = models.PositiveIntegerField(_("times per customer"), null=True, blank=True, default=1)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("action that earns")
        verbose_name_plural = _("actions that earn")
        default_permissions = ("add", "change", "view")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=1), name="points_action_amount"),
            models.CheckConstraint(
                condition=Q(life_days__isnull=True) | Q(life_days__gte=1), name="points_action_life"
            ),
        ]

    def __str__(self) -> str:
        return self.name
