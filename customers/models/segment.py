"""Named sets of customers."""

import pghistory
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer


@pghistory.track()
class Segment(models.Model):
    """A named set of customers that codes, messages and reports can be aimed at."""

    code = models.SlugField(_("code"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=200)
    customers = models.ManyToManyField(
        Customer, through="SegmentMembership", related_name="segments", verbose_name=_("customers")
    )

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")

    def __str__(self) -> str:
        return self.name


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
