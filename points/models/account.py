"""The account of a customer: the row that every change of his points locks first."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.guards import never_changed, never_lost


class PointsAccount(models.Model):
    """One per customer, made with the first points. `debt` is what was taken back and could not be found in lots."""

    customer = models.OneToOneField(
        "customers.Customer",
        models.PROTECT,
        primary_key=True,
        related_name="points_account",
        verbose_name=_("customer"),
    )
    debt = models.PositiveIntegerField(_("debt"), default=0)
    opened_at = models.DateTimeField(_("opened"))

    class Meta:
        verbose_name = _("points account")
        verbose_name_plural = _("points accounts")
        default_permissions = ("view",)
        permissions = [
            ("adjust_points", _("May correct points")),
            ("confirm_adjustment", _("May confirm large corrections of points")),
            ("view_report", _("May see the report on points")),
        ]
        triggers = [*never_lost(), *never_changed("customer_id", "opened_at")]
        constraints = [models.CheckConstraint(condition=Q(debt__gte=0), name="points_account_debt")]

    def __str__(self) -> str:
        return str(self.customer_id)
