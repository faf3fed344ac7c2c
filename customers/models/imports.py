"""Customers and purchases brought in from files (CU-6, ADR 14)."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.guards import UntruncatedTrigger, never_lost


class ImportRun(models.Model):
    """One file on its way in: chosen, checked, imported in one transaction, perhaps taken back.

    `state` is also what the worker is to do. `columns` says which column of the file holds which field
    (`customers.rules.imports`); their titles stand in `header_line`, 0 where there are none. `position` counts the
    rows staged so far. `counts` has what was found or done: `new`, `changed`, `unchanged`, `wrong`, `customers` (new
    ones); `undone`, `put_back`, `removed`, `kept` once it was taken back. `failure` is the code of why the file was
    refused, with its details. The file and what is staged of it hold personal data: they go at `file_until`.
    """

    class Kind(models.TextChoices):
        PURCHASES = "purchases", _("purchases")
        CUSTOMERS = "customers", _("customers")

    class State(models.TextChoices):
        CHOOSING = "choosing", _("columns to be chosen")
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("checked")
        IMPORTING = "importing", _("being imported")
        SETTLING = "settling", _("being finished")
        DONE = "done", _("imported")
        FAILED = "failed", _("refused")
        STOPPED = "stopped", _("stopped")
        UNDOING = "undoing", _("being taken back")
        UNDONE = "undone", _("taken back")

    class Match(models.TextChoices):
        FILL = "fill", _("fill in what is empty")
        OVERWRITE = "overwrite", _("the file is right: overwrite")

    BUSY = (State.CHECKING, State.IMPORTING, State.SETTLING, State.UNDOING)

    kind = models.CharField(_("what is in it"), max_length=9, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.CHOOSING)
    file_name = models.CharField(_("file"), max_length=200)
    file_key = models.CharField(max_length=64, blank=True)
    file_size = models.BigIntegerField(_("size, bytes"), default=0)
    file_until = models.DateTimeField(_("file is kept until"), null=True, blank=True)
    encoding = models.CharField(_("encoding"), max_length=16, blank=True)
    delimiter = models.CharField(_("separator"), max_length=1, blank=True)
    header = models.JSONField(_("header"), default=list)
    header_line = models.IntegerField(_("line with the titles of the columns"), default=1, db_default=1)
    header_key = models.CharField(max_length=64, blank=True)
    columns = models.JSONField(_("columns"), default=dict)
    channel = models.CharField(_("channel"), max_length=16, default="import")
    match = models.CharField(_("known customers"), max_length=9, choices=Match.choices, default=Match.FILL)
    makes_customers = models.BooleanField(_("registers unknown customers"), default=True)
    skips_wrong = models.BooleanField(_("leaves out wrong lines"), default=False)
    position = models.BigIntegerField(_("rows read"), default=0)
    is_staged = models.BooleanField(_("all rows read"), default=False)
    counts = models.JSONField(_("counts"), default=dict)
    failure = models.JSONField(_("why it was refused"), default=dict, blank=True)
    kept_customers = models.JSONField(_("customers that stayed"), default=list, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("imported by")
    )
    made_at = models.DateTimeField(_("uploaded"))
    imported_at = models.DateTimeField(_("imported"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("taken back by"),
    )
    undone_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        default_permissions = ()
        triggers = never_lost()
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=("done", "undoing", "undone")) | Q(imported_at__isnull=False),
                name="customers_import_done_is_dated",
            ),
        ]
        indexes = [
            models.Index(
                "state",
                name="customers_import_busy",
                condition=Q(state__in=("checking", "importing", "settling", "undoing")),
            ),
            models.Index("header_key", name="customers_import_header"),
        ]

    def __str__(self) -> str:
        return f"№ {self.pk}"

    @property
    def is_busy(self) -> bool:
        return self.state in self.BUSY


class ImportChange(models.Model):
    """What an import changed of a customer that was there before: undoing puts back what is still as it was written.

    `before` and `after` are {field: text or null}. Goes with the run's file, and when the customer is erased.
    """

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="changes", verbose_name=_("import"))
    customer = models.ForeignKey("customers.Customer", models.CASCADE, related_name="+", verbose_name=_("customer"))
    before = models.JSONField(_("before"))
    after = models.JSONField(_("after"))

    class Meta:
        verbose_name = _("change by an import")
        verbose_name_plural = _("changes by imports")
        default_permissions = ()
        constraints = [models.UniqueConstraint("run", "customer", name="customers_import_change_once")]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.customer_id}"


class ImportTouched(models.Model):
    """A customer whose first purchase, RFM and segments are to be put right after an import; gone once they are."""

    run = models.ForeignKey(ImportRun, models.CASCADE, db_index=False, related_name="+", verbose_name=_("import"))
    customer_id = models.BigIntegerField(_("customer"))

    class Meta:
        verbose_name = _("customer touched by an import")
        verbose_name_plural = _("customers touched by imports")
        default_permissions = ()
        constraints = [models.UniqueConstraint("run", "customer_id", name="customers_import_touched_once")]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.customer_id}"


class LeavesWithImport(pgtrigger.Trigger):
    """Refuses DELETE, but for a customer made by an import that is being taken back: the database asks its run."""

    when = pgtrigger.Before
    operation = pgtrigger.Delete

    def get_func(self, model: models.Model) -> str:
        return f"""
            IF EXISTS (SELECT FROM customers_customer c JOIN customers_importrun r ON r.id = c.import_run_id
                       WHERE c.id = OLD.customer_id AND r.state = 'undoing')
            THEN RETURN OLD; END IF;
            RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', '{model._meta.db_table}';
        """  # noqa: S608


def lost_with_an_import() -> list[pgtrigger.Trigger]:
    """Rows of a customer's past stay for ever, unless the customer himself came by an import that is taken back."""
    return [LeavesWithImport(name="never_deleted"), UntruncatedTrigger(name="never_truncated")]
