"""Cards of customers: the virtual one from the first payment, and numbers with a percent of their own (T-4, O-5)."""

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


@pghistory.track()
class Card(models.Model):
    """`percent` off every line while the card has a customer and is not blocked; 0 only names the customer at the till.

    A card imported without a customer waits until staff hand it to somebody.
    """

    class Kind(models.TextChoices):
        VIRTUAL = "virtual", _("virtual")
        IMPORTED = "imported", _("imported")

    number = models.CharField(_("number"), max_length=32, unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, null=True, blank=True, related_name="cards", verbose_name=_("customer")
    )
    percent = models.DecimalField(_("discount, %"), max_digits=5, decimal_places=2, default=0)
    issued_at = models.DateTimeField(_("issued"))
    blocked_at = models.DateTimeField(_("blocked"), null=True, blank=True)

    class Meta:
        verbose_name = _("card")
        verbose_name_plural = _("cards")
        default_permissions = ("add", "change", "view")
        constraints = [
            models.UniqueConstraint("customer", condition=Q(kind="virtual"), name="tiers_card_one_virtual"),
            models.CheckConstraint(condition=Q(number__regex=r"^[0-9A-Z]{4,32}$"), name="tiers_card_number"),
            models.CheckConstraint(condition=Q(percent__gte=0, percent__lte=100), name="tiers_card_percent"),
            models.CheckConstraint(
                condition=Q(kind="imported") | Q(kind="virtual", customer__isnull=False),
                name="tiers_card_virtual_owned",
            ),
        ]

    def __str__(self) -> str:
        return self.number
