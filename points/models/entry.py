"""The ledger: what happened to points, line by line, for ever (PT-1)."""

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import never_of_a_merged, only_a_merge_moves
from loyalty_site.kernel.guards import never_lost
from points.models.account import PointsAccount
from points.models.lot import Lot
from points.models.references import refers_to
from points.rules import EntryKind


class Entry(models.Model):
    """`amount` points into (+) or out of (−) a lot; without a lot, into (−) or out of (+) debt.

    `fact` is the business fact it stands for; one that touches several lots is several entries, `part` 1, 2, 3.
    `reverses` names what a return, a take-back or an undone expiry undoes. The author is None for the programme itself.
    """

    class Kind(models.TextChoices):
        EARN = EntryKind.EARN, pgettext_lazy("points", "earned")
        SPEND = EntryKind.SPEND, pgettext_lazy("points", "spent")
        RETURN = EntryKind.RETURN, pgettext_lazy("points", "returned")
        TAKE_BACK = EntryKind.TAKE_BACK, pgettext_lazy("points", "taken back")
        EXPIRE = EntryKind.EXPIRE, pgettext_lazy("points", "expired")
        ADJUST = EntryKind.ADJUST, pgettext_lazy("points", "corrected")
        DEBT = EntryKind.DEBT, pgettext_lazy("points", "debt paid")

    # Accounts, lots and entries are never deleted; the trigger `entry_has_lot` stands for their foreign keys.
    account = models.ForeignKey(
        PointsAccount,
        models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="entries",
        verbose_name=_("account"),
    )
    lot = models.ForeignKey(
        Lot,
        models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        related_name="entries",
        verbose_name=_("lot"),
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    amount = models.IntegerField(_("points"))
    fact = models.CharField(_("fact"), max_length=120)
    part = models.PositiveSmallIntegerField(_("part"), default=1)
    order_ref = models.CharField(_("order"), max_length=64, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("author"),
    )
    reverses = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="reversals",
        verbose_name=_("undoes"),
    )
    posted_at = models.DateTimeField(_("posted"))

    class Meta:
        verbose_name = _("points entry")
        verbose_name_plural = _("points entries")
        default_permissions = ("view",)
        triggers = [
            *never_lost(),
            *only_a_merge_moves("account_id", forgets="reason"),
            *never_of_a_merged("account_id"),
            *refers_to(
                "entry_has_lot",
                """SELECT FROM added a WHERE a.account_id IS DISTINCT FROM CASE
                       WHEN a.lot_id IS NULL
                       THEN (SELECT p.customer_id FROM points_pointsaccount p WHERE p.customer_id = a.account_id)
                       ELSE (SELECT l.account_id FROM points_lot l WHERE l.id = a.lot_id) END
                   OR a.reverses_id IS NOT NULL AND a.account_id IS DISTINCT FROM
                       (SELECT e.account_id FROM points_entry e WHERE e.id = a.reverses_id)""",
                "an entry without its account, lot or original",
            ),
        ]
        constraints = [
            models.UniqueConstraint("fact", "part", name="points_entry_fact_once"),
            models.CheckConstraint(condition=~Q(amount=0), name="points_entry_moves"),
            models.CheckConstraint(
                condition=Q(lot__isnull=False) | Q(kind__in=[EntryKind.TAKE_BACK, EntryKind.DEBT]),
                name="points_entry_debt_kinds",
            ),
            models.CheckConstraint(
                condition=(
                    Q(kind=EntryKind.EARN, amount__gt=0)
                    | Q(kind__in=[EntryKind.SPEND, EntryKind.TAKE_BACK], amount__lt=0)
                    | Q(kind=EntryKind.RETURN, amount__gt=0)
                    | Q(kind__in=[EntryKind.ADJUST, EntryKind.DEBT, EntryKind.EXPIRE])
                ),
                name="points_entry_sign",
            ),
            models.CheckConstraint(
                condition=Q(reverses__isnull=False)
                | ~Q(kind__in=[EntryKind.RETURN, EntryKind.TAKE_BACK]) & ~Q(kind=EntryKind.EXPIRE, amount__gt=0),
                name="points_entry_reverses",
            ),
        ]
        indexes = [
            models.Index("account", "id", name="points_entry_account"),
            models.Index("order_ref", name="points_entry_order", condition=~Q(order_ref="")),
            models.Index("reverses", name="points_entry_reversed", condition=Q(reverses__isnull=False)),
            # Entries are added in time's order, so a few kilobytes tell where a month lies; no posting pays for it.
            BrinIndex(fields=["posted_at"], name="points_entry_posted", pages_per_range=32, autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"{self.fact} {self.amount:+d}"
