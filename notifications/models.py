"""Messages to customers, written with the change that causes them and sent afterwards."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

ENDS = ("next_try_at", "sent_at", "skipped_at", "failed_at")


def _only(chosen: str) -> Q:
    return Q(**{f"{name}__isnull": name != chosen for name in ENDS})


@pghistory.track(
    pghistory.UpdateEvent(condition=pghistory.AnyChange("asked_again_at")),
    fields=["key", "kind", "customer", "asked_again_at", "asked_again_by"],
    model_name="OutboxMessageEvent",
)
class OutboxMessage(models.Model):
    """One message to one customer, written once under its `key` (`points_expiring:7:customer:5:2026-11-30`).

    `payload` holds what its template needs, without personal data. A message waits while it has `next_try_at`, and
    ends as sent, skipped or failed, exactly one of them. A claim is a lease: the worker that holds it moves
    `next_try_at` to the lease's end, so what a killed worker leaves is due again by itself. Staff may ask for a failed
    one once more (`asked_again_at`).
    """

    class SkipReason(models.TextChoices):
        NO_CONSENT = "no_consent", _("the customer has not agreed to e-mails")
        NO_ADDRESS = "no_address", _("no e-mail address is known")
        STALE = "stale", _("it was too late to send it")
        NOT_TRUE = "not_true", _("what it says was no longer true")

    class Error(models.TextChoices):
        UNREACHABLE = "unreachable", _("the mail server could not be reached, or does not take our letters")
        BUSY = "busy", _("the mail server asked to come again later")
        REFUSED = "refused", _("the mail server refused the letter for good")
        ADDRESS = "address", _("the mail server cannot write to such an address")
        UNWRITTEN = "unwritten", _("the letter could not be written: this is a mistake of ours")
        CUT_OFF = "cut_off", _("the worker was cut off again and again while sending")

    key = models.CharField(_("key"), max_length=160, unique=True)
    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, related_name="outbox_messages", verbose_name=_("customer")
    )
    kind = models.CharField(_("kind"), max_length=40)
    payload = models.JSONField(_("payload"), default=dict)
    created_at = models.DateTimeField(_("created"))
    next_try_at = models.DateTimeField(_("next try"), null=True, blank=True)
    claimed_at = models.DateTimeField(_("taken by a worker"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    skipped_at = models.DateTimeField(_("skipped"), null=True, blank=True)
    skip_reason = models.CharField(_("skipped because"), max_length=12, choices=SkipReason.choices, blank=True)
    failed_at = models.DateTimeField(_("failed"), null=True, blank=True)
    error = models.CharField(_("last error"), max_length=12, choices=Error.choices, blank=True)
    error_code = models.CharField(_("the mail server's answer"), max_length=16, blank=True)
    asked_again_at = models.DateTimeField(_("asked for again"), null=True, blank=True)
    asked_again_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("asked by")
    )

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        default_permissions = ("view",)
        permissions = [("resend", _("May send a failed message again"))]
        constraints = [
            models.CheckConstraint(
                condition=_only("next_try_at") | _only("sent_at") | _only("skipped_at") | _only("failed_at"),
                name="outbox_waits_or_ended",
            ),
            models.CheckConstraint(
                condition=Q(skipped_at__isnull=True, skip_reason="") | Q(skipped_at__isnull=False) & ~Q(skip_reason=""),
                name="outbox_skipped_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(failed_at__isnull=True) | ~Q(error=""), name="outbox_failed_with_an_error"
            ),
        ]
        indexes = [
            # Only what waits is in it, so it stays as small as the work that is left.
            models.Index("next_try_at", "id", name="outbox_waiting", condition=Q(next_try_at__isnull=False)),
            models.Index("id", name="outbox_failed", condition=Q(failed_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.key
