"""Campaigns and the counter behind their budgets."""

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from promocodes.models.kept import never_deleted


def spending_follows_budget() -> pgtrigger.Trigger:
    """A campaign has its counter from the first moment, with the same budget, however the campaign was written."""
    return pgtrigger.Trigger(
        name="spending_follows_budget",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("budget"),
        func="""
            INSERT INTO promocodes_campaignspending AS s (campaign_id, budget, spent, warned_percent)
            VALUES (NEW.id, NEW.budget, 0, 0)
            ON CONFLICT (campaign_id) DO UPDATE SET budget = EXCLUDED.budget, warned_percent = 0
            WHERE s.budget IS DISTINCT FROM EXCLUDED.budget;
            RETURN NULL;
        """,
    )


@pghistory.track()
class Campaign(models.Model):
    """What codes belong to, with an optional budget of discount shared by all of them (PC-15, PC-17)."""

    class BudgetPolicy(models.TextChoices):
        REFUSE = "refuse", _("refuse the use that would pass the budget")
        CUT = "cut", _("cut the discount to what is left")

    name = models.CharField(_("name"), max_length=200, unique=True)
    note = models.TextField(_("note"), blank=True)
    budget = models.DecimalField(_("budget of discount"), max_digits=12, decimal_places=2, null=True, blank=True)
    budget_policy = models.CharField(
        _("when the budget runs out"), max_length=8, choices=BudgetPolicy.choices, default=BudgetPolicy.REFUSE
    )
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
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        default_permissions = ("add", "change", "view")
        triggers = [*never_deleted(), spending_follows_budget()]
        constraints = [
            models.CheckConstraint(condition=Q(budget__isnull=True) | Q(budget__gte=0), name="campaign_budget_sign"),
        ]

    def __str__(self) -> str:
        return self.name


class CampaignSpending(models.Model):
    """The counter behind a campaign's budget: its own narrow row, so that redemptions do not write history.

    `budget` repeats the campaign's, so that the database can hold `spent <= budget`.
    """

    campaign = models.OneToOneField(
        Campaign, models.PROTECT, primary_key=True, related_name="spending", verbose_name=_("campaign")
    )
    budget = models.DecimalField(_("budget"), max_digits=12, decimal_places=2, null=True, blank=True)
    spent = models.DecimalField(_("spent"), max_digits=12, decimal_places=2, default=0)
    warned_percent = models.PositiveSmallIntegerField(_("warned at, %"), default=0)

    class Meta:
        verbose_name = _("campaign spending")
        verbose_name_plural = _("campaign spending")
        constraints = [
            models.CheckConstraint(
                condition=Q(spent__gte=0) & (Q(budget__isnull=True) | Q(spent__lte=F("budget"))),
                name="campaign_spent_within_budget",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id}: {self.spent}"
