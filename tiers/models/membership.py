"""Paid membership: a fee buys a tier's privileges for a while (T-5)."""

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.guards import never_lost
from tiers.models.ladder import Tier


@pghistory.track()
class MembershipPlan(models.Model):
    """Goods with this SKU give the tier's privileges for `months`; the fee is their price."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100)
    sku = models.CharField(_("SKU of the fee"), max_length=64, unique=True)
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="plans", verbose_name=_("tier"))
    months = models.PositiveSmallIntegerField(_("lasts, months"))
    is_active = models.BooleanField(_("on sale"), default=True)

    class Meta:
        verbose_name = _("membership plan")
        verbose_name_plural = _("membership plans")
        default_permissions = ("add", "change", "view")
        constraints = [
            models.CheckConstraint(condition=Q(months__gte=1, months__lte=120), name="tiers_plan_months"),
        ]

    def __str__(self) -> str:
        return self.name


class TsTzRange(Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


@pghistory.track()
class Membership(models.Model):
    """The privileges of `tier` from `starts_at` until before `ends_at`, bought by `order_ref`.

    It lasts `months` for each piece of `quantity` that was not given back. A renewal begins where the last one ends.
    A refund shortens it; nothing left: `refunded_at`, and it is void. `merged_from`: it was over when the record it
    belonged to was merged (CU-3), and at that time may have lain beside another of the one person.
    """

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="memberships_paid", verbose_name=_("customer")
    )
    plan = models.ForeignKey(MembershipPlan, models.PROTECT, related_name="memberships", verbose_name=_("plan"))
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="memberships", verbose_name=_("tier"))
    order_ref = models.CharField(_("order"), max_length=64)
    fee_amount = models.DecimalField(_("fee"), max_digits=12, decimal_places=2)
    months = models.PositiveSmallIntegerField(_("months a piece"), default=1)
    quantity = models.PositiveSmallIntegerField(_("pieces kept"), default=1)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    refunded_at = models.DateTimeField(_("refunded"), null=True, blank=True)
    merged_from = models.ForeignKey(
        "customers.Customer",
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("of the merged customer"),
    )

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        default_permissions = ("view",)
        triggers = never_lost()
        constraints = [
            models.UniqueConstraint("order_ref", "plan", name="tiers_membership_once"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")) | Q(refunded_at__isnull=False), name="tiers_membership_lasts"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, refunded_at__isnull=True) | Q(quantity=0, refunded_at__isnull=False),
                name="tiers_membership_void_when_given_back",
            ),
            ExclusionConstraint(
                name="tiers_membership_one_at_a_time",
                expressions=[
                    ("customer", RangeOperators.EQUAL),
                    ("tier", RangeOperators.EQUAL),
                    (TsTzRange("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(refunded_at__isnull=True, merged_from__isnull=True),
            ),
        ]
        indexes = [models.Index("customer", "ends_at", name="tiers_membership_customer")]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.plan_id}"
