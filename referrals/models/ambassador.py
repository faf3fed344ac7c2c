"""Who invites on terms of his own: a customer, or a partner without an account of a buyer."""

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


@pghistory.track()
class Ambassador(models.Model):
    """`rate` is a sum or a percent of the order's goods, of the first order or of every one within `period_days`.

    Paid in points (a customer's account) or in money, which is settled outside by the monthly statement. A limit of
    None is the programme's. `code` has not the length of a customer's, so the two never meet.
    """

    class RateType(models.TextChoices):
        AMOUNT = "amount", _("an amount")
        PERCENT = "percent", _("a percent of the order")

    class PaidIn(models.TextChoices):
        POINTS = "points", _("points")
        MONEY = "money", _("money")

    name = models.CharField(_("name"), max_length=200)
    code = models.CharField(_("code"), max_length=20)
    customer = models.OneToOneField(
        "customers.Customer",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="ambassador",
        verbose_name=_("customer"),
    )
    email = models.EmailField(_("e-mail"), blank=True)
    # The trait of that mailbox, so that a partner who registers by his own link is told from others.
    mailbox = models.CharField(_("mailbox"), max_length=40, blank=True, default="", db_default="", editable=False)
    rate_type = models.CharField(_("rate"), max_length=8, choices=RateType.choices)
    rate = models.DecimalField(_("rate"), max_digits=12, decimal_places=2)
    paid_in = models.CharField(_("paid in"), max_length=8, choices=PaidIn.choices)
    every_order = models.BooleanField(_("for every order"), default=False)
    period_days = models.PositiveSmallIntegerField(_("orders count, days after registration"), null=True, blank=True)
    day_limit = models.PositiveIntegerField(_("friends a day"), null=True, blank=True)
    month_limit = models.PositiveIntegerField(_("friends a month"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("ambassador")
        verbose_name_plural = _("ambassadors")
        default_permissions = ("add", "change", "view")
        constraints = [
            models.UniqueConstraint("code", name="ambassador_code_unique"),
            models.CheckConstraint(
                condition=Q(code__regex="^[A-Z0-9]{6,20}$") & ~Q(code__regex="^.{8}$"), name="ambassador_code_form"
            ),
            models.CheckConstraint(
                condition=Q(rate__gt=0) & (~Q(rate_type="percent") | Q(rate__lte=100)), name="ambassador_rate"
            ),
            models.CheckConstraint(
                condition=Q(paid_in="money") | Q(customer__isnull=False), name="ambassador_points_need_account"
            ),
            models.CheckConstraint(
                condition=Q(every_order=False) | Q(period_days__gte=1), name="ambassador_period_of_orders"
            ),
        ]

    def __str__(self) -> str:
        return self.name
