"""The ladder: what counts, and the tiers with what they bring (T-1)."""

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


def shown_name(name: str, name_en: str) -> str:
    """A tier's name in the active language; a shop need not give an English one."""
    return name_en if name_en and not (get_language() or "ru").startswith("ru") else name


@pghistory.track()
class Ladder(models.Model):
    """One row: by what tiers are reached, counted over how long, and how much time the way down takes (T-2).

    `changed_at`: when the ladder changed and no review has gone over all customers since.
    """

    class Basis(models.TextChoices):
        SPEND = "spend", _("money paid for goods")
        ORDERS = "orders", _("number of orders")

    basis = models.CharField(_("tiers are reached by"), max_length=8, choices=Basis.choices, default=Basis.SPEND)
    window_days = models.PositiveSmallIntegerField(_("counted over the last, days"), default=365)
    grace_days = models.PositiveSmallIntegerField(_("days between the notice and the way down"), default=30)
    changed_at = models.DateTimeField(_("changed, not reviewed yet"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("ladder settings")
        verbose_name_plural = _("ladder settings")
        default_permissions = ("change", "view")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="tiers_ladder_one_row"),
            models.CheckConstraint(condition=Q(window_days__gte=1), name="tiers_ladder_window"),
        ]

    def __str__(self) -> str:
        return str(_("ladder settings"))


@pghistory.track()
class Tier(models.Model):
    """A step of the ladder. The threshold that the ladder's basis asks for must be given; the lowest is zero.

    `cashback_percent` None: the programme's base rate. A tier taken off the ladder (`is_active` False) keeps its
    benefits for those who stand on it until their grace has run.
    """

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60, blank=True)
    threshold_amount = models.DecimalField(_("from, roubles"), max_digits=12, decimal_places=2, null=True, blank=True)
    threshold_orders = models.PositiveIntegerField(_("from, orders"), null=True, blank=True)
    cashback_percent = models.DecimalField(_("cashback, %"), max_digits=5, decimal_places=2, null=True, blank=True)
    discount_percent = models.DecimalField(_("discount, %"), max_digits=5, decimal_places=2, default=0)
    ships_free = models.BooleanField(_("free delivery"), default=False)
    has_manager = models.BooleanField(_("personal manager"), default=False)
    has_early_access = models.BooleanField(_("early access to closed sales"), default=False)
    is_active = models.BooleanField(_("on the ladder"), default=True)

    class Meta:
        verbose_name = _("tier")
        verbose_name_plural = _("tiers")
        default_permissions = ("change", "view")
        constraints = [
            models.UniqueConstraint("threshold_amount", condition=Q(is_active=True), name="tiers_tier_amount_once"),
            models.UniqueConstraint("threshold_orders", condition=Q(is_active=True), name="tiers_tier_orders_once"),
            models.CheckConstraint(
                condition=Q(threshold_amount__gte=0) | Q(threshold_amount__isnull=True), name="tiers_tier_amount"
            ),
            models.CheckConstraint(
                condition=Q(discount_percent__gte=0, discount_percent__lte=100), name="tiers_tier_discount"
            ),
            models.CheckConstraint(
                condition=Q(cashback_percent__isnull=True) | Q(cashback_percent__gte=0, cashback_percent__lte=100),
                name="tiers_tier_cashback",
            ),
        ]

    def __str__(self) -> str:
        return self.shown_name

    @property
    def shown_name(self) -> str:
        """In the active language."""
        return shown_name(self.name, self.name_en)
