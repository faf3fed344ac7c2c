"""Points that were earned together and expire together (PT-2)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models import only_a_merge_moves
from loyalty_site.kernel.guards import never_lost
from points.models.account import PointsAccount
from points.models.references import refers_to


class Lot(models.Model):
    """`remaining` of `amount` points are left; they may be spent from `available_from` until before `expires_at`.

    `fact` is the business fact that gave them (`earn:order:1042`). `expires_at` moves only when points come
    back to a lot that has expired (O-7).
    """

    class Kind(models.TextChoices):
        PURCHASE = "purchase", _("purchase")
        FIRST_PURCHASE = "first_purchase", _("first purchase")
        ACTION = "action", _("action")
        BIRTHDAY = "birthday", _("birthday")
        HOLIDAY = "holiday", _("holiday")
        REFERRAL = "referral", _("referral")
        MANUAL = "manual", _("given by staff")
        COMPENSATION = "compensation", _("compensation")

    # Accounts are never deleted; the trigger `lot_has_account` stands for the foreign key.
    account = models.ForeignKey(
        PointsAccount,
        models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="lots",
        verbose_name=_("account"),
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    amount = models.PositiveIntegerField(_("points"))
    remaining = models.PositiveIntegerField(_("left"))
    available_from = models.DateTimeField(_("available from"))
    expires_at = models.DateTimeField(_("expires"))
    fact = models.CharField(_("fact"), max_length=120)
    order_ref = models.CharField(_("order"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("lot of points")
        verbose_name_plural = _("lots of points")
        default_permissions = ("view",)
        triggers = [
            *never_lost(),
            *only_a_merge_moves("account_id", "kind", "amount", "available_from", "fact", "order_ref"),
            *refers_to(
                "lot_has_account",
                """SELECT FROM added a WHERE a.account_id IS DISTINCT FROM
                       (SELECT p.customer_id FROM points_pointsaccount p WHERE p.customer_id = a.account_id)""",
                "a lot without an account",
            ),
        ]
        constraints = [
            models.UniqueConstraint("fact", name="points_lot_fact_once"),
            models.CheckConstraint(
                condition=Q(amount__gte=1, remaining__gte=0, remaining__lte=F("amount")),
                name="points_lot_remaining_within",
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("available_from")), name="points_lot_lives"),
        ]
        indexes = [
            models.Index("account", "expires_at", name="points_lot_live", condition=Q(remaining__gt=0)),
            models.Index("expires_at", name="points_lot_due", condition=Q(remaining__gt=0)),
            # How often each action was rewarded; lots of other kinds are not in it.
            models.Index("fact", name="points_lot_action", condition=Q(kind="action"), include=["amount"]),
        ]

    def __str__(self) -> str:
        return f"{self.fact}: {self.remaining}/{self.amount}"
