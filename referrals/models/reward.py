"""What a referral brings to one of the two, paid once (R-3, R-4)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models import only_a_merge_moves
from loyalty_site.kernel.guards import never_changed, never_lost
from referrals.models.ambassador import Ambassador
from referrals.models.referral import Referral, RewardKind


class Reward(models.Model):
    """`amount` points, roubles or (a percent code) percent, to `payee` or to an ambassador's statement.

    Pending until `due_at`; then the worker pays it. In the ledger it is the fact `referral:<id>`. `order_ref` is the
    order that earned it, empty for a welcome at registration; `base_amount` the goods it was counted from. A refund
    takes `taken_back_amount` of it back.
    """

    class Role(models.TextChoices):
        REFERRER = "referrer", _("referrer")
        NEWCOMER = "newcomer", _("newcomer")

    class Status(models.TextChoices):
        PENDING = "pending", _("waits")
        HELD = "held", _("under review")
        PAID = "paid", _("paid")
        CANCELLED = "cancelled", _("cancelled by a refund")
        REJECTED = "rejected", _("refused")
        TAKEN_BACK = "taken_back", _("taken back")

    # A single reward that is over for good does not come a second time; a cancelled one may, with the next order.
    STANDING = (Status.PENDING, Status.HELD, Status.PAID, Status.REJECTED, Status.TAKEN_BACK)

    # The unique key and the indexes below begin with the three keys: a payment would write theirs a second time.
    referral = models.ForeignKey(
        Referral, models.PROTECT, db_index=False, related_name="rewards", verbose_name=_("referral")
    )
    role = models.CharField(_("who gets it"), max_length=8, choices=Role.choices)
    payee = models.ForeignKey(
        "customers.Customer",
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="referral_rewards",
        verbose_name=_("customer"),
    )
    ambassador = models.ForeignKey(
        Ambassador,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="rewards",
        verbose_name=_("ambassador"),
    )
    kind = models.CharField(_("kind"), max_length=16, choices=RewardKind.choices)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    is_single = models.BooleanField(_("once per friend"), default=True)
    order_ref = models.CharField(_("order"), max_length=64, blank=True)
    base_amount = models.DecimalField(_("goods of the order"), max_digits=12, decimal_places=2, default=0)
    qualified_at = models.DateTimeField(_("earned"))
    due_at = models.DateTimeField(_("due"))
    status = models.CharField(_("state"), max_length=12, choices=Status.choices, default=Status.PENDING)
    checked_at = models.DateTimeField(_("checked"), null=True, blank=True)
    paid_at = models.DateTimeField(_("paid"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    promo_code = models.OneToOneField(
        "promocodes.PromoCode", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("promo code")
    )
    taken_back_amount = models.DecimalField(_("taken back"), max_digits=12, decimal_places=2, default=0)

    class Meta:
        verbose_name = _("referral reward")
        verbose_name_plural = _("referral rewards")
        default_permissions = ("view",)
        triggers = [
            *never_lost(),
            *only_a_merge_moves(
                "payee_id", "referral_id", "role", "ambassador_id", "kind", "amount", "order_ref", "due_at"
            ),
        ]
        constraints = [
            models.UniqueConstraint("referral", "role", "order_ref", name="referrals_reward_once_per_order"),
            models.UniqueConstraint(
                "referral",
                "role",
                condition=Q(is_single=True) & ~Q(status="cancelled"),
                name="referrals_single_reward_once",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="referrals_reward_amount"),
            models.CheckConstraint(
                condition=Q(taken_back_amount__gte=0, taken_back_amount__lte=F("amount")),
                name="referrals_reward_taken_back_within",
            ),
            models.CheckConstraint(
                condition=Q(paid_at__isnull=True, status__in=["pending", "held", "cancelled", "rejected"])
                | Q(paid_at__gte=F("due_at"), status__in=["paid", "taken_back"]),
                name="referrals_reward_paid_when_due",
            ),
            models.CheckConstraint(
                condition=Q(payee__isnull=False) | Q(kind="money", ambassador__isnull=False),
                name="referrals_reward_has_payee",
            ),
            models.CheckConstraint(
                condition=Q(promo_code__isnull=True)
                | Q(kind__in=["fixed_code", "percent_code"], status__in=["paid", "taken_back"]),
                name="referrals_reward_code_fits",
            ),
        ]
        indexes = [
            models.Index("due_at", "id", name="referrals_reward_due", condition=Q(status="pending")),
            models.Index(
                "id", name="referrals_reward_unchecked", condition=Q(status="pending", checked_at__isnull=True)
            ),
            models.Index("payee", "qualified_at", name="referrals_reward_payee"),
            models.Index("ambassador", "qualified_at", name="referrals_reward_ambassador"),
            models.Index("order_ref", name="referrals_reward_order", condition=~Q(order_ref="")),
        ]

    def __str__(self) -> str:
        return self.fact

    @property
    def fact(self) -> str:
        """Under which it stands in the ledger of points."""
        return f"referral:{self.pk}"


class TakenBack(models.Model):
    """What one refund took back of a paid reward: a line of the statement in the month of the refund (R-6)."""

    reward = models.ForeignKey(Reward, models.PROTECT, related_name="takings_back", verbose_name=_("referral reward"))
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    taken_back_at = models.DateTimeField(_("taken back"))

    class Meta:
        verbose_name = _("reward taken back")
        verbose_name_plural = _("rewards taken back")
        default_permissions = ()
        triggers = [*never_lost(), *never_changed()]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="referrals_taken_back_positive")]

    def __str__(self) -> str:
        return f"{self.reward_id}: {self.amount}"
