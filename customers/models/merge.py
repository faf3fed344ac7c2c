"""Two records that were one person, and the trail of how they became one (CU-3, ADR 11)."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from customers.models.forgetting import only_erasure_blanks
from loyalty_site.kernel.guards import never_changed, never_lost


class Merge(models.Model):
    """`absorbed` was the same person as `survivor`: all he had is the survivor's now.

    The survivor is the older record, the lower key: so whoever brought a newcomer stays older than he. `steps` says
    what was moved: [{"part": "points", …counts…}], in the order it was done.
    """

    survivor = models.ForeignKey(Customer, models.PROTECT, related_name="merges", verbose_name=_("customer that stays"))
    absorbed = models.OneToOneField(
        Customer, models.PROTECT, related_name="merge", verbose_name=_("customer that was merged into it")
    )
    reason = models.CharField(_("reason"), max_length=200)
    kept = models.JSONField(_("details that stayed"), default=dict)
    steps = models.JSONField(_("what was moved"), default=list)
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("merged by")
    )
    merged_at = models.DateTimeField(_("merged"))

    class Meta:
        verbose_name = _("merge of customers")
        verbose_name_plural = _("merges of customers")
        default_permissions = ("view",)
        triggers = [
            *never_lost(),
            *never_changed("survivor_id", "absorbed_id", "merged_by_id", "merged_at"),
            *only_erasure_blanks("survivor_id", "reason"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(survivor__lt=F("absorbed")), name="customers_merge_into_the_older")
        ]

    def __str__(self) -> str:
        return f"{self.absorbed_id} → {self.survivor_id}"


class Duplicate(models.Model):
    """Two customers that may be one person, with the signs of it; staff merge them or say that they are not (CU-3)."""

    class State(models.TextChoices):
        OPEN = "open", _("to look at")
        MERGED = "merged", _("merged")
        DIFFERENT = "different", _("different people")

    first = models.ForeignKey(Customer, models.CASCADE, related_name="+", verbose_name=_("older customer"))
    second = models.ForeignKey(Customer, models.CASCADE, related_name="+", verbose_name=_("newer customer"))
    signs = models.JSONField(_("what they share"), default=list)
    score = models.PositiveSmallIntegerField(_("how sure"), default=0)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.OPEN)
    found_at = models.DateTimeField(_("found"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )

    class Meta:
        verbose_name = _("possible duplicate")
        verbose_name_plural = _("possible duplicates")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint("first", "second", name="customers_duplicate_pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="customers_duplicate_older_first"),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True) | Q(decided_at__isnull=False) & ~Q(state="open"),
                name="customers_duplicate_decided_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["-score", "id"], name="customers_duplicate_open", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} = {self.second_id}?"


def only_a_merge_moves(column: str, *others: str, was: str = "", forgets: str = "") -> list[pgtrigger.Trigger]:
    """`column` names a customer and never changes, but from a customer that was merged to the one that stayed.

    `others` never change at all; without them the whole row is as it was written. `was`, if there is such a column,
    then keeps whose the row was at first. The database itself asks `customers_merge`, so no setting opens this door.
    `forgets` is a text that may become empty, and nothing else may change, once the customer was erased (ADR 15).
    """
    operation = pgtrigger.UpdateOf(column, *others) if others else pgtrigger.Update
    return [MovedByMerge(column, was, operation, forgets)]


def never_of_a_merged(column: str) -> list[pgtrigger.Trigger]:
    """A new row of a customer who was merged while its writer waited for him is refused as a serialization failure:
    the writer runs again (`in_transaction`) and finds the one who stayed. Asked once for all rows of a statement.
    """
    return [
        pgtrigger.Trigger(
            name=f"of_who_stayed_{column}",
            when=pgtrigger.After,
            operation=pgtrigger.Insert,
            level=pgtrigger.Statement,
            referencing=pgtrigger.Referencing(new="of_somebody"),
            func=f"""
                IF EXISTS (SELECT FROM of_somebody a WHERE (
                    SELECT c.merged_into_id FROM customers_customer c WHERE c.id = a.{column}) IS NOT NULL)
                THEN
                    RAISE serialization_failure USING MESSAGE = 'the customer has been merged into another';
                END IF;
                RETURN NULL;
            """,  # noqa: S608 (a column of ours)
        )
    ]


def never_given_to_a_merged(column: str) -> list[pgtrigger.Trigger]:
    """Like `never_of_a_merged`, for rows that are few and may get their customer later."""
    return [
        pgtrigger.Trigger(
            name=f"of_who_stayed_{column}",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.UpdateOf(column),
            func=f"""
                IF EXISTS (SELECT FROM customers_customer c WHERE c.id = NEW.{column} AND c.merged_into_id IS NOT NULL)
                THEN
                    RAISE serialization_failure USING MESSAGE = 'the customer has been merged into another';
                END IF;
                RETURN NEW;
            """,
        )
    ]


class MovedByMerge(pgtrigger.Trigger):
    when = pgtrigger.Before

    def __init__(self, column: str, was: str, operation: pgtrigger.Operation, forgets: str = "") -> None:
        self.column, self.was, self.forgets = column, was, forgets
        super().__init__(name=f"only_merge_{column}", operation=operation)

    def get_func(self, model: models.Model) -> str:
        column, was = self.column, self.was
        moved = f"ARRAY['{column}', '{was}']" if was else f"'{column}'"
        stamped = f"AND NEW.{was} = COALESCE(OLD.{was}, OLD.{column})" if was else ""
        return f"""
            IF to_jsonb(NEW) - {moved} = to_jsonb(OLD) - {moved} {stamped} AND EXISTS (
                SELECT FROM customers_merge m WHERE m.absorbed_id = OLD.{column} AND m.survivor_id = NEW.{column})
            THEN RETURN NEW; END IF;{self._forgetting()}
            RAISE insufficient_privilege
                USING MESSAGE = 'pgtrigger: Cannot update {model._meta.db_table} but by a merge of customers';
        """

    def _forgetting(self) -> str:
        """Nothing where a table forgets nothing, so that its trigger is as it was."""
        column, text = self.column, self.forgets
        return (
            text
            and f"""
            IF to_jsonb(NEW) - '{text}' = to_jsonb(OLD) - '{text}' AND NEW.{text} = '' AND EXISTS (
                SELECT FROM customers_customer c WHERE c.id = OLD.{column} AND c.erased_at IS NOT NULL)
            THEN RETURN NEW; END IF;"""
        )
