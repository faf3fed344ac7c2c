"""Money that went back."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orders.models.order import Order, OrderLine


class Refund(models.Model):
    """One refund of an order: `amount` = its lines + `delivery_amount`.

    `points_returned` went back to the lots they were spent from, `points_taken_back` were earned by the order (O-7).
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="refunds", verbose_name=_("order"))
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    delivery_amount = models.DecimalField(_("of it delivery"), max_digits=12, decimal_places=2, default=0)
    points_returned = models.PositiveIntegerField(_("points given back"), default=0)
    points_taken_back = models.PositiveIntegerField(_("points taken back"), default=0)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    refunded_at = models.DateTimeField(_("refunded"))
    refunded_by = models.CharField(_("refunded by"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0, delivery_amount__gte=0), name="refund_amounts_sign"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.amount}"


class RefundLine(models.Model):
    refund = models.ForeignKey(Refund, models.PROTECT, related_name="lines", verbose_name=_("refund"))
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="refunds", verbose_name=_("order line"))
    quantity = models.PositiveIntegerField(_("quantity"))
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)

    class Meta:
        verbose_name = _("refunded line")
        verbose_name_plural = _("refunded lines")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint("refund", "line", name="refund_line_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1, amount__gte=0), name="refund_line_sign"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} × {self.quantity}"
