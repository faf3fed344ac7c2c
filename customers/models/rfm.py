"""Recency, frequency, monetary value: where a customer lies on the map, and how he came there (CU-7, ADR 12)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from customers.models.imports import lost_with_an_import
from loyalty_site.kernel.guards import never_changed


class RfmRun(models.Model):
    """One night's reckoning, once a day of the shop. Its cut points score whoever buys until the next one.

    `window_days` before `day` count for frequency and monetary value. Each list of cuts has four values: the 20th,
    40th, 60th and 80th per cent of the customers who bought within the window. `vip_from`: roubles in the window.
    """

    day = models.DateField(_("day"), unique=True)
    window_days = models.PositiveSmallIntegerField(_("window, days"))
    recency_cuts = ArrayField(models.IntegerField(), verbose_name=_("cuts of recency, days"), default=list)
    frequency_cuts = ArrayField(models.IntegerField(), verbose_name=_("cuts of frequency, orders"), default=list)
    monetary_cuts = ArrayField(
        models.DecimalField(max_digits=14, decimal_places=2), verbose_name=_("cuts of monetary value"), default=list
    )
    vip_from = models.DecimalField(_("VIP from"), max_digits=14, decimal_places=2, null=True, blank=True)
    customers_count = models.PositiveIntegerField(_("customers"), default=0)
    moved_count = models.PositiveIntegerField(_("moved"), default=0)
    last_customer_id = models.BigIntegerField(default=0)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("RFM reckoning")
        verbose_name_plural = _("RFM reckonings")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"


class Rfm(models.Model):
    """One row for everybody who ever bought and kept something; what went back whole is no purchase.

    `orders` and `spent` are of his whole life, `frequency` (orders) and `monetary` (roubles) of the window; recency
    is the days of the shop since `last_paid_at`. Scores run from 1 (worst) to 5. `segment` is one of the eleven names
    of the map (`customers.rules.rfm`), the code of the `Segment` after `rfm-`. Who bought nothing in the window
    has 1, 1, 1.
    """

    customer = models.OneToOneField(
        Customer, models.PROTECT, primary_key=True, related_name="rfm", verbose_name=_("customer")
    )
    first_paid_at = models.DateTimeField(_("first purchase"))
    last_paid_at = models.DateTimeField(_("last purchase"))
    orders = models.PositiveIntegerField(_("orders"))
    spent = models.DecimalField(_("spent"), max_digits=14, decimal_places=2)
    frequency = models.PositiveIntegerField(_("orders in the window"))
    monetary = models.DecimalField(_("spent in the window"), max_digits=14, decimal_places=2)
    r = models.PositiveSmallIntegerField(_("recency score"))
    f = models.PositiveSmallIntegerField(_("frequency score"))
    m = models.PositiveSmallIntegerField(_("monetary score"))
    segment = models.CharField(_("segment"), max_length=32)
    is_vip = models.BooleanField(_("VIP"), default=False)
    since = models.DateTimeField(_("in the segment since"))
    changed_at = models.DateTimeField(_("reckoned"))

    class Meta:
        verbose_name = _("RFM of a customer")
        verbose_name_plural = _("RFM of customers")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                condition=Q(r__gte=1, r__lte=5, f__gte=1, f__lte=5, m__gte=1, m__lte=5), name="customers_rfm_scores"
            ),
            models.CheckConstraint(condition=Q(orders__gte=1), name="customers_rfm_buyers_only"),
        ]
        indexes = [
            models.Index("segment", name="customers_rfm_segment"),
            models.Index("r", "f", name="customers_rfm_cell"),
            models.Index("last_paid_at", name="customers_rfm_last_paid"),
            models.Index("spent", name="customers_rfm_spent"),
            models.Index("orders", name="customers_rfm_orders"),
            models.Index("customer", name="customers_rfm_vip", condition=Q(is_vip=True)),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.r}{self.f}{self.m}"


class RfmMove(models.Model):
    """A customer came to another segment of the map; rows are only added. `from_segment` empty: his first purchase."""

    class Cause(models.TextChoices):
        PURCHASE = "purchase", _("a purchase")
        REFUND = "refund", _("a refund")
        NIGHT = "night", _("the nightly reckoning")
        IMPORT = "import", _("an import")
        MERGE = "merge", _("a merge of customers")

    customer = models.ForeignKey(
        Customer, models.PROTECT, db_index=False, related_name="rfm_moves", verbose_name=_("customer")
    )
    from_segment = models.CharField(_("from segment"), max_length=32, blank=True)
    to_segment = models.CharField(_("to segment"), max_length=32, blank=True)
    from_r = models.PositiveSmallIntegerField(_("recency score before"), null=True, blank=True)
    from_f = models.PositiveSmallIntegerField(_("frequency score before"), null=True, blank=True)
    to_r = models.PositiveSmallIntegerField(_("recency score"), null=True, blank=True)
    to_f = models.PositiveSmallIntegerField(_("frequency score"), null=True, blank=True)
    cause = models.CharField(_("cause"), max_length=8, choices=Cause.choices)
    moved_at = models.DateTimeField(_("moved"))

    class Meta:
        verbose_name = _("move on the RFM map")
        verbose_name_plural = _("moves on the RFM map")
        default_permissions = ("view",)
        triggers = [*lost_with_an_import(), *never_changed()]
        indexes = [
            models.Index("customer", "id", name="customers_rfm_move_customer"),
            models.Index("moved_at", name="customers_rfm_move_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.from_segment} → {self.to_segment}"
