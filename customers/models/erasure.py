"""The right to be forgotten (CU-4): what was asked, and who was erased."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from customers.models.merge import only_a_merge_moves
from loyalty_site.kernel.guards import never_changed, never_lost


class ErasureRequest(models.Model):
    """A customer asks to be forgotten: it happens by itself at `due_at`, unless it is called off before.

    `asked_by` is the member of staff who took the request down; None: the customer himself, in his account.
    """

    class Source(models.TextChoices):
        ACCOUNT = "account", _("in the account")
        STAFF = "staff", _("through staff")

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="erasure_requests", verbose_name=_("customer"))
    source = models.CharField(_("asked"), max_length=8, choices=Source.choices)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("taken by")
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="", db_default="")
    asked_at = models.DateTimeField(_("asked"))
    due_at = models.DateTimeField(_("to be erased"))
    cancelled_at = models.DateTimeField(_("called off"), null=True, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("called off by"),
    )
    done_at = models.DateTimeField(_("erased"), null=True, blank=True)

    class Meta:
        verbose_name = _("request to be forgotten")
        verbose_name_plural = _("requests to be forgotten")
        default_permissions = ("view",)
        triggers = [*never_lost(), *only_a_merge_moves("customer_id", "source", "asked_by_id", "asked_at")]
        constraints = [
            models.UniqueConstraint(
                "customer",
                condition=Q(cancelled_at__isnull=True, done_at__isnull=True),
                name="customers_erasure_one_open",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True) | Q(done_at__isnull=True), name="customers_erasure_one_end"
            ),
        ]
        indexes = [
            models.Index(
                "due_at",
                name="customers_erasure_due",
                condition=Q(cancelled_at__isnull=True, done_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}"


class ErasedCustomer(models.Model):
    """Who was erased: no more than the ids. A backup from before is put right by going through this list again."""

    customer_key = models.BigIntegerField(_("number"), unique=True)
    public_id = models.UUIDField(_("public id"), unique=True)
    erased_at = models.DateTimeField(_("erased"))

    class Meta:
        verbose_name = _("erased customer")
        verbose_name_plural = _("erased customers")
        default_permissions = ("view",)
        triggers = [*never_lost(), *never_changed()]

    def __str__(self) -> str:
        return f"№ {self.customer_key}"
