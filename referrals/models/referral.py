"""Who brought whom, once and for ever, with the terms in force when the newcomer registered (R-2, R-3)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models import only_a_merge_moves
from loyalty_site.kernel.guards import never_lost
from referrals.models.ambassador import Ambassador
from referrals.models.visit import Via, Visit


class RewardKind(models.TextChoices):
    """Points and codes are the programme's (`Programme.RewardKind`); money is an ambassador's."""

    POINTS = "points", _("points")
    FIXED_CODE = "fixed_code", _("a promo code for a sum")
    PERCENT_CODE = "percent_code", _("a promo code for a percent")
    MONEY = "money", _("money")


# What was promised on the day of the registration: never changed afterwards.
TERMS = (
    "hold_days",
    "minimum_order",
    "referrer_kind",
    "referrer_amount",
    "is_percent",
    "every_order",
    "earns_until",
    "newcomer_kind",
    "newcomer_amount",
    "newcomer_at",
    "code_days",
    "day_limit",
    "month_limit",
)


class Referral(models.Model):
    """`referrer` brought `newcomer`; a partner without an account is an `ambassador` without `referrer`.

    The referrer was a customer before the newcomer was one, and the database holds it, by their keys: so nobody
    brings himself, and no chain comes back to where it began. `referrer_amount` is points, roubles or percent off,
    by its kind; with `is_percent` a percent of the order's goods. The first order is the one that qualified last.
    """

    TERMS = TERMS

    newcomer = models.OneToOneField(
        "customers.Customer", models.PROTECT, related_name="referral", verbose_name=_("newcomer")
    )
    referrer = models.ForeignKey(
        "customers.Customer",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="referrals_made",
        verbose_name=_("referrer"),
    )
    ambassador = models.ForeignKey(
        Ambassador, models.PROTECT, null=True, blank=True, related_name="referrals", verbose_name=_("ambassador")
    )
    code = models.CharField(_("code"), max_length=20)
    via = models.CharField(_("channel"), max_length=16, choices=Via.choices)
    visit = models.ForeignKey(
        Visit, models.PROTECT, null=True, blank=True, related_name="referrals", verbose_name=_("visit")
    )
    registered_at = models.DateTimeField(_("registered"))

    hold_days = models.PositiveSmallIntegerField(_("waits for refunds, days"))
    minimum_order = models.DecimalField(_("the first order counts from"), max_digits=12, decimal_places=2)
    referrer_kind = models.CharField(_("the referrer gets"), max_length=16, choices=RewardKind.choices)
    referrer_amount = models.DecimalField(_("reward of the referrer"), max_digits=12, decimal_places=2)
    is_percent = models.BooleanField(_("a percent of the order"), default=False)
    every_order = models.BooleanField(_("for every order"), default=False)
    earns_until = models.DateTimeField(_("orders count until"), null=True, blank=True)
    newcomer_kind = models.CharField(_("the newcomer gets"), max_length=16, choices=RewardKind.choices)
    newcomer_amount = models.DecimalField(_("reward of the newcomer"), max_digits=12, decimal_places=2)
    newcomer_at = models.CharField(_("the newcomer gets it"), max_length=16)
    code_days = models.PositiveSmallIntegerField(_("promo codes live, days"))
    day_limit = models.PositiveIntegerField(_("friends a day"))
    month_limit = models.PositiveIntegerField(_("friends a month"))

    first_order_ref = models.CharField(_("first order"), max_length=64, blank=True)
    first_ordered_at = models.DateTimeField(_("first order paid"), null=True, blank=True)
    first_order_amount = models.DecimalField(
        _("goods of the first order"), max_digits=12, decimal_places=2, null=True, blank=True
    )

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        default_permissions = ("view",)
        triggers = [
            *never_lost(),
            *only_a_merge_moves("newcomer_id", "ambassador_id", "code", "via", "visit_id", *TERMS),
            *only_a_merge_moves("referrer_id", "registered_at"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(referrer__lt=F("newcomer")), name="referrals_referrer_came_first"),
            models.CheckConstraint(
                condition=Q(referrer__isnull=False) | Q(ambassador__isnull=False), name="referrals_somebody_brought"
            ),
            models.CheckConstraint(
                condition=Q(first_ordered_at__isnull=True, first_order_ref="")
                | Q(first_ordered_at__isnull=False) & ~Q(first_order_ref=""),
                name="referrals_first_order_whole",
            ),
        ]
        indexes = [
            models.Index("referrer", "registered_at", name="referrals_of_referrer"),
            models.Index("registered_at", name="referrals_registered"),
            models.Index(
                "referrer",
                "first_ordered_at",
                name="referrals_first_orders",
                condition=Q(first_ordered_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"№ {self.pk}"
