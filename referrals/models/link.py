"""Links of customers: made of their keys by a secret of the shop, so that everybody has one without a row (R-1)."""

import secrets

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.guards import never_changed, never_lost

KEY_BYTES = 32


def new_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


class LinkKey(models.Model):
    """The secret that codes of links are made with: one row, for ever. Changing it would end every link."""

    key = models.BinaryField(default=new_key)

    class Meta:
        default_permissions = ()
        triggers = [*never_lost(), *never_changed()]
        constraints = [models.CheckConstraint(condition=Q(id=1), name="referrals_one_key")]

    def __str__(self) -> str:
        return str(self.pk)


@pghistory.track(exclude=["seen_at"])
class Referrer(models.Model):
    """What is kept of a customer as one who invites; who has no row invites by the defaults.

    Stopped: his pending rewards were refused, and whoever registers by his link brings nothing any more.
    """

    customer = models.OneToOneField(
        "customers.Customer", models.CASCADE, primary_key=True, related_name="+", verbose_name=_("customer")
    )
    shows_name = models.BooleanField(_("the first name is shown to friends"), default=False)
    seen_at = models.DateTimeField(_("news seen"), null=True, blank=True)
    stopped_at = models.DateTimeField(_("stopped"), null=True, blank=True)
    stopped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("stopped by")
    )
    stop_reason = models.CharField(_("stopped because"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("referrer")
        verbose_name_plural = _("referrers")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                condition=Q(stopped_at__isnull=True) | ~Q(stop_reason=""), name="referrals_stop_has_reason"
            )
        ]

    def __str__(self) -> str:
        return str(self.customer_id)
