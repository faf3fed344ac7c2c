"""Who took what is held of a customer out of the house (CU-4)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from loyalty_site.kernel.guards import never_changed, never_lost


class DataDownload(models.Model):
    """One download of all that is held; `downloaded_by` None: the customer himself. Rows are only added."""

    class Form(models.TextChoices):
        JSON = "json", "JSON"
        HTML = "html", "HTML"

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="downloads", verbose_name=_("customer"))
    form = models.CharField(_("form"), max_length=4, choices=Form.choices)
    downloaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("downloaded by"),
    )
    downloaded_at = models.DateTimeField(_("downloaded"))

    class Meta:
        verbose_name = _("download of a customer's data")
        verbose_name_plural = _("downloads of customers' data")
        default_permissions = ("view",)
        triggers = [*never_lost(), *never_changed()]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.downloaded_at:%Y-%m-%d}"
