"""Named sets of customers (CU-8)."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from customers.models.imports import lost_with_an_import
from loyalty_site.kernel.guards import never_changed


@pghistory.track(exclude=["members_count", "refreshed_at", "dirty_at"])
class Segment(models.Model):
    """A named set of customers that codes, points, messages and reports can be aimed at.

    A *list* is kept by hand, a *rule* by its conditions (`rule`, see `customers.rules.conditions`); the members of both
    are `SegmentMembership` rows. An *rfm* segment is read off the map (`Rfm`) and has no rows of its own: ask
    `customers.queries.members`. A rule that was changed has `dirty_at` until the worker has gone over everybody.
    """

    class Kind(models.TextChoices):
        LIST = "list", _("by hand")
        RULE = "rule", _("by conditions")
        RFM = "rfm", _("of the RFM map")

    code = models.SlugField(_("code"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True, default="")
    kind = models.CharField(_("kind"), max_length=4, choices=Kind.choices, default=Kind.LIST)
    rule = models.JSONField(_("conditions"), null=True, blank=True)
    note = models.CharField(_("what for"), max_length=500, blank=True, default="")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("made by")
    )
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    archived_at = models.DateTimeField(_("put away"), null=True, blank=True)
    members_count = models.PositiveIntegerField(_("customers"), null=True, blank=True)
    refreshed_at = models.DateTimeField(_("refreshed"), null=True, blank=True)
    dirty_at = models.DateTimeField(_("to refresh since"), null=True, blank=True)
    customers = models.ManyToManyField(
        Customer, through="SegmentMembership", related_name="segments", verbose_name=_("customers")
    )

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="rule", rule__isnull=False) | Q(rule__isnull=True) & ~Q(kind="rule"),
                name="segment_rule_has_conditions",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The name in the reader's language."""
        return (self.name_en or self.name) if (get_language() or "").startswith("en") else self.name


class SegmentMembership(models.Model):
    segment = models.ForeignKey(Segment, models.CASCADE, related_name="memberships", verbose_name=_("segment"))
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="memberships", verbose_name=_("customer"))
    since = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("segment member")
        verbose_name_plural = _("segment members")
        constraints = [models.UniqueConstraint("segment", "customer", name="segment_member_once")]

    def __str__(self) -> str:
        return f"{self.segment_id}/{self.customer_id}"


class SegmentMove(models.Model):
    """A customer entered or left a list or a rule; rows are only added. The map's moves are `RfmMove`."""

    segment = models.ForeignKey(Segment, models.PROTECT, related_name="moves", verbose_name=_("segment"))
    customer = models.ForeignKey(
        Customer, models.PROTECT, db_index=False, related_name="segment_moves", verbose_name=_("customer")
    )
    entered = models.BooleanField(_("entered"))
    happened_at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("move in or out of a segment")
        verbose_name_plural = _("moves in and out of segments")
        default_permissions = ("view",)
        triggers = [*lost_with_an_import(), *never_changed()]
        indexes = [
            models.Index("customer", "id", name="segment_move_customer"),
            models.Index("happened_at", name="segment_move_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.segment_id}/{self.customer_id}"


class StaleCustomer(models.Model):
    """Something about the customer has changed since his segments were last worked out: the worker does it soon."""

    customer = models.OneToOneField(
        Customer, models.CASCADE, primary_key=True, related_name="+", verbose_name=_("customer")
    )
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("customer whose segments are out of date")
        verbose_name_plural = _("customers whose segments are out of date")
        default_permissions = ()
        indexes = [models.Index("since", name="customers_stale_since")]

    def __str__(self) -> str:
        return str(self.customer_id)
