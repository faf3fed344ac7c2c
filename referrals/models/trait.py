"""What one person's accounts have in common (R-5): keyed hashes, never the things themselves."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Trait(models.Model):
    """A customer was seen with this mailbox, phone, device, payer, address or network; without a customer, a guest."""

    class Kind(models.TextChoices):
        EMAIL = "email", _("e-mail")
        PHONE = "phone", _("phone")
        DEVICE = "device", _("device")
        PAYER = "payer", _("card or payer")
        ADDRESS = "address", _("delivery address")
        NETWORK = "network", _("network")

    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, null=True, blank=True, related_name="traits", verbose_name=_("customer")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    value = models.CharField(_("hash"), max_length=40)
    seen_at = models.DateTimeField(_("first seen"))

    class Meta:
        verbose_name = _("trait")
        verbose_name_plural = _("traits")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                "kind", "value", "customer", nulls_distinct=False, name="referrals_trait_once_per_customer"
            )
        ]
        indexes = [models.Index("value", "seen_at", name="referrals_trait_network", condition=Q(kind="network"))]

    def __str__(self) -> str:
        return f"{self.kind}: {self.customer_id}"
