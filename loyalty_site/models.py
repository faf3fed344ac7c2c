"""What belongs to the site as a whole: integrations' keys, remembered answers, the doctor's reports."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Scope(models.TextChoices):
    """What an integration's key may do; `all` stands for every one of them."""

    CATALOG = "catalog", _("catalogue")
    CUSTOMERS = "customers", _("customers")
    ORDERS = "orders", _("orders")
    PROMOCODES = "promocodes", _("promo codes")
    POINTS = "points", _("points")
    PROGRAMME = "programme", _("programme")
    REPORTS = "reports", _("reports")


@pghistory.track(exclude=["key_hash"])
class ApiKey(models.Model):
    """A key of an integration. Only the SHA-256 of the key is stored."""

    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(_("first characters"), max_length=12)
    key_hash = models.CharField(max_length=64, unique=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=16, choices=Scope.choices), verbose_name=_("scopes"))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        default_permissions = ("add", "change", "view")

    def __str__(self) -> str:
        return self.name


class IdempotencyRecord(models.Model):
    """The answer to a request with an `Idempotency-Key`, stored in the transaction of its effect (O-4)."""

    caller = models.CharField(max_length=64)
    key = models.CharField(max_length=200)
    route = models.CharField(max_length=200)
    body_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    # The JSON text itself, so that a replay is the same to the byte.
    response = models.TextField(default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("remembered answer")
        verbose_name_plural = _("remembered answers")
        default_permissions = ()
        constraints = [models.UniqueConstraint("caller", "key", name="idempotency_key_once")]
        indexes = [models.Index("created_at", name="idempotency_created")]

    def __str__(self) -> str:
        return f"{self.caller} {self.key}"


class DoctorReport(models.Model):
    """The result of one run of `manage.py doctor`: offenders by invariant, empty when all is well."""

    ran_at = models.DateTimeField(_("ran"))
    seconds = models.FloatField(_("took, s"))
    findings = models.JSONField(_("findings"), default=dict)

    class Meta:
        verbose_name = _("doctor's report")
        verbose_name_plural = _("doctor's reports")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return str(self.ran_at)
