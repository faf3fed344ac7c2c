"""The history of purchases, one list whatever the channel (CU-5)."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer


class Purchase(models.Model):
    """One order of a customer, whatever the channel (CU-5). RFM, tiers and reports read this table.

    `ref` names the order as text (`order:1042`), `goods_amount` is what was paid for goods:
    after discounts and points, without delivery; `refunded_amount` is the part of it given back.
    `is_returned` tells one that was given back whole even where nothing but points was paid; refunds say it, an import
    need not.
    """

    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="purchases", verbose_name=_("customer")
    )
    ref = models.CharField(_("order"), max_length=64, unique=True)
    channel = models.CharField(_("channel"), max_length=16)
    paid_at = models.DateTimeField(_("paid"))
    goods_amount = models.DecimalField(_("goods"), max_digits=12, decimal_places=2)
    discount_amount = models.DecimalField(_("discount"), max_digits=12, decimal_places=2, default=0)
    refunded_amount = models.DecimalField(_("refunded"), max_digits=12, decimal_places=2, default=0)
    is_first = models.BooleanField(_("first purchase"), default=False)
    # No key to check for ten million rows of one import: runs are never deleted.
    import_run = models.ForeignKey(
        "customers.ImportRun",
        models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("import"),
    )
    is_returned = models.BooleanField(_("given back whole"), default=False, db_default=False)

    class Meta:
        verbose_name = _("purchase")
        verbose_name_plural = _("purchases")
        constraints = [
            models.CheckConstraint(
                condition=Q(refunded_amount__gte=0, refunded_amount__lte=models.F("goods_amount")),
                name="purchase_refunds_within_goods",
            ),
            models.UniqueConstraint("customer", condition=Q(is_first=True), name="purchase_one_first_per_customer"),
        ]
        indexes = [
            models.Index("customer", "paid_at", name="purchase_customer_paid"),
            models.Index("paid_at", name="purchase_paid"),
            BrinIndex(fields=["import_run"], name="purchase_import_run"),
        ]

    def __str__(self) -> str:
        return self.ref
