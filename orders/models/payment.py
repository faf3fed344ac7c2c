"""Money that came in: payments, the acquirer's page, its webhooks."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orders.models.order import Order


class Payment(models.Model):
    """A payment that was accepted. An order has one; one payment of a provider is taken once (O-5)."""

    order = models.OneToOneField(Order, models.PROTECT, related_name="payment", verbose_name=_("order"))
    provider = models.CharField(_("provider"), max_length=32)
    payment_id = models.CharField(_("payment id"), max_length=128)
    # The acquirer's fingerprint of a card or an account: the same for the same payer, nothing that could be paid with.
    payer = models.CharField(_("payer"), max_length=128, blank=True, default="", db_default="")
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    paid_at = models.DateTimeField(_("paid"))

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint("provider", "payment_id", name="payment_taken_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="payment_amount_sign"),
        ]

    def __str__(self) -> str:
        return self.payment_id


class PaymentSession(models.Model):
    """One visit to the acquirer's page for an order; `token` is what the page's address carries."""

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        PAID = "paid", _("paid")
        DECLINED = "declined", _("declined")

    token = models.UUIDField(_("token"), default=uuid.uuid4, unique=True, editable=False)
    order = models.ForeignKey(Order, models.PROTECT, related_name="payment_sessions", verbose_name=_("order"))
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    status = models.CharField(_("status"), max_length=16, choices=Status.choices, default=Status.OPEN)
    created_at = models.DateTimeField(_("opened"))

    class Meta:
        verbose_name = _("payment session")
        verbose_name_plural = _("payment sessions")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return str(self.token)


class WebhookEvent(models.Model):
    """What an acquirer told us, stored once per event id before it is acted on."""

    provider = models.CharField(_("provider"), max_length=32)
    event_id = models.CharField(_("event id"), max_length=128)
    payload = models.JSONField(_("payload"))
    received_at = models.DateTimeField(_("received"))
    processed_at = models.DateTimeField(_("processed"), null=True, blank=True)
    refusal = models.CharField(_("refused because"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        default_permissions = ("view",)
        constraints = [models.UniqueConstraint("provider", "event_id", name="webhook_event_once")]

    def __str__(self) -> str:
        return self.event_id
