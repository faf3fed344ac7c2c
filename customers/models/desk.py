"""What staff put down about a customer: tags and notes (CU-10)."""

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from loyalty_site.kernel.guards import never_lost


@pghistory.track()
class Tag(models.Model):
    """A word that customers are marked with; conditions of segments ask for it by `code`."""

    code = models.SlugField(_("code"), max_length=40, unique=True, allow_unicode=True)
    name = models.CharField(_("name"), max_length=60, unique=True)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        default_permissions = ("add", "change", "view")

    def __str__(self) -> str:
        return self.name


@pghistory.track(pghistory.InsertEvent(), pghistory.DeleteEvent())
class CustomerTag(models.Model):
    """The tag on the customer, once."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="tagged", verbose_name=_("customer"))
    tag = models.ForeignKey(Tag, models.CASCADE, related_name="tagged", verbose_name=_("tag"))
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("added by")
    )
    added_at = models.DateTimeField(_("added"))

    class Meta:
        verbose_name = _("tag of a customer")
        verbose_name_plural = _("tags of customers")
        default_permissions = ()
        constraints = [models.UniqueConstraint("tag", "customer", name="customers_tag_once_per_customer")]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.tag_id}"


class CustomerNote(models.Model):
    """A note of staff. It is never edited: another is written, and a wrong one is struck out (`struck_at`)."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="notes", verbose_name=_("customer"))
    text = models.TextField(_("note"), max_length=2000)
    is_pinned = models.BooleanField(_("kept on top"), default=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("author")
    )
    written_at = models.DateTimeField(_("written"))
    struck_at = models.DateTimeField(_("struck out"), null=True, blank=True)
    struck_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("struck by")
    )

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        default_permissions = ("add", "change", "view")
        triggers = never_lost()
        indexes = [models.Index(fields=["customer", "-id"], name="customers_note_customer")]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.written_at:%Y-%m-%d}"
