"""Where a customer stands on the ladder, and how he came there (T-2, T-3)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models import only_a_merge_moves
from loyalty_site.kernel.guards import never_lost
from tiers.models.ladder import Ladder, Tier


class Standing(models.Model):
    """The tier a customer has earned. Without a row he stands on the lowest tier since he registered.

    `lapses_at` is set when he no longer reaches his tier and has been told: the nightly review lets him down then.
    Paid membership is no part of it: see `Membership`.
    """

    customer = models.OneToOneField(
        "customers.Customer",
        models.PROTECT,
        primary_key=True,
        related_name="tier_standing",
        verbose_name=_("customer"),
    )
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="standings", verbose_name=_("tier"))
    since = models.DateTimeField(_("since"))
    lapses_at = models.DateTimeField(_("lapses"), null=True, blank=True)

    class Meta:
        verbose_name = _("standing")
        verbose_name_plural = _("standings")
        default_permissions = ("view",)
        indexes = [models.Index("lapses_at", name="tiers_standing_lapses", condition=Q(lapses_at__isnull=False))]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.tier_id}"


class TierChange(models.Model):
    """A move on the ladder with its cause; rows are only added. `spent` and `orders` are what counted at that moment.

    `from_tier` None: from the lowest tier, where everybody begins. The thresholds are what both tiers asked for then,
    in the ladder's measure of then, `basis`: the ladder may be another one since. `merged_from`: whose it was before
    that record was merged (CU-3); the changes of each record follow each other.
    """

    class Cause(models.TextChoices):
        PURCHASE = "purchase", _("a purchase reached the threshold")
        REVIEW = "review", _("the nightly review")
        LADDER = "ladder", _("the ladder was changed")
        STAFF = "staff", _("set by staff")
        MERGE = "merge", _("a merge of customers")

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="tier_changes", verbose_name=_("customer")
    )
    from_tier = models.ForeignKey(
        Tier, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("from tier")
    )
    to_tier = models.ForeignKey(Tier, models.PROTECT, related_name="+", verbose_name=_("to tier"))
    cause = models.CharField(_("cause"), max_length=16, choices=Cause.choices)
    changed_at = models.DateTimeField(_("changed"))
    spent = models.DecimalField(_("spent"), max_digits=14, decimal_places=2)
    orders = models.PositiveIntegerField(_("orders"))
    basis = models.CharField(_("tiers were reached by"), max_length=8, choices=Ladder.Basis.choices, blank=True)
    from_threshold = models.DecimalField(_("threshold before"), max_digits=12, decimal_places=2, null=True, blank=True)
    to_threshold = models.DecimalField(_("threshold after"), max_digits=12, decimal_places=2, null=True, blank=True)
    order_ref = models.CharField(_("order"), max_length=64, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("author")
    )
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
        verbose_name = _("tier change")
        verbose_name_plural = _("tier changes")
        default_permissions = ("view",)
        triggers = [*never_lost(), *only_a_merge_moves("customer_id", was="merged_from_id")]
        constraints = [
            # T-2: a purchase only lifts. A threshold that is not known says nothing.
            models.CheckConstraint(
                condition=~Q(cause="purchase") | Q(to_threshold__gt=F("from_threshold")),
                name="tiers_change_purchase_lifts",
            ),
        ]
        indexes = [
            models.Index("customer", "id", name="tiers_change_customer"),
            models.Index("changed_at", name="tiers_change_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.from_tier_id} → {self.to_tier_id}"
