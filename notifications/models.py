"""Messages to customers, written with the change that causes them and sent afterwards."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class OutboxMessage(models.Model):
    """One message to one customer, written once under its `key` (`points_expiring:7:customer:5:2026-11-30`).

    `payload` holds what its template needs, without personal data.
    """

    key = models.CharField(_("key"), max_length=160, unique=True)
    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, related_name="outbox_messages", verbose_name=_("customer")
    )
    kind = models.CharField(_("kind"), max_length=40)
    payload = models.JSONField(_("payload"), default=dict)
    created_at = models.DateTimeField(_("created"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        default_permissions = ("view",)
        indexes = [models.Index("created_at", name="outbox_unsent", condition=Q(sent_at__isnull=True))]

    def __str__(self) -> str:
        return self.key
