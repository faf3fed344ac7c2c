"""The uses of codes, bound to orders and counted against people."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from promocodes.models.code import PromoCode
from promocodes.models.kept import never_deleted


class Redemption(models.Model):
    """One use of a code, bound to its order (PC-12). Live until `released_at` is set; never deleted."""

    promo_code = models.ForeignKey(PromoCode, models.PROTECT, related_name="redemptions", verbose_name=_("promo code"))
    order_ref = models.CharField(_("order"), max_length=64)
    customer = models.ForeignKey(
        "customers.Customer",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("customer"),
    )
    holders = ArrayField(models.CharField(max_length=80), verbose_name=_("counted against"), default=list)
    channel = models.CharField(_("channel"), max_length=16)
    discount = models.DecimalField(_("discount"), max_digits=12, decimal_places=2)
    order_total = models.DecimalField(_("order total"), max_digits=12, decimal_places=2)
    redeemed_at = models.DateTimeField(_("used"))
    released_at = models.DateTimeField(_("released"), null=True, blank=True)
    release_reason = models.CharField(_("released because"), max_length=32, blank=True)

    class Meta:
        verbose_name = _("use of a code")
        verbose_name_plural = _("uses of codes")
        default_permissions = ("view",)
        triggers = never_deleted()
        constraints = [
            models.UniqueConstraint(
                "order_ref", condition=Q(released_at__isnull=True), name="redemption_one_live_per_order"
            ),
            models.CheckConstraint(condition=Q(discount__gte=0, order_total__gte=0), name="redemption_amounts"),
        ]
        indexes = [
            models.Index("promo_code", "redeemed_at", name="redemption_code_time"),
            models.Index("redeemed_at", name="redemption_time"),
            models.Index("customer", name="redemption_customer"),
            models.Index("order_ref", name="redemption_order"),
        ]

    def __str__(self) -> str:
        return f"{self.promo_code_id} {self.order_ref}"


class HolderUse(models.Model):
    """How many live uses of a code one person has (PC-9, PC-18).

    `holder` is `customer:<id>`, or a keyed hash of the normalised e-mail or phone (`email:…`, `phone:…`),
    so that a guest is counted without keeping who it was. `last_order_ref` names the order that took the last one.
    """

    promo_code = models.ForeignKey(PromoCode, models.PROTECT, related_name="+", verbose_name=_("promo code"))
    holder = models.CharField(_("holder"), max_length=80)
    uses = models.PositiveIntegerField(_("uses"), default=0)
    last_order_ref = models.CharField(_("last order"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("uses by one customer")
        verbose_name_plural = _("uses by one customer")
        constraints = [models.UniqueConstraint("promo_code", "holder", name="holder_use_once")]

    def __str__(self) -> str:
        return f"{self.promo_code_id} {self.holder}: {self.uses}"
