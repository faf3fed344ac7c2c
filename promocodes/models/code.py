"""The strings people type, made one by one or in batches."""

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _

from promocodes.models.kept import never_deleted
from promocodes.models.terms import Terms


def terms_exist() -> list[pgtrigger.Trigger]:
    """A code always has terms. Checked once for all rows of a statement: a million rows are a million look-ups else.

    Terms are never deleted, so nothing needs to be watched from their side.
    """
    missing = "RAISE foreign_key_violation USING MESSAGE = 'a promo code without terms', CONSTRAINT = '{}'"
    name = "promocode_terms_exist"
    return [
        pgtrigger.Trigger(
            name="terms_exist_insert",
            when=pgtrigger.After,
            operation=pgtrigger.Insert,
            level=pgtrigger.Statement,
            referencing=pgtrigger.Referencing(new="added"),
            func=f"""
                IF EXISTS (
                    SELECT FROM (SELECT DISTINCT terms_id FROM added) a
                    WHERE NOT EXISTS (SELECT FROM promocodes_terms t WHERE t.id = a.terms_id)
                ) THEN {missing.format(name)}; END IF;
                RETURN NULL;
            """,  # noqa: S608 (nothing but constants)
        ),
        pgtrigger.Trigger(
            name="terms_exist_update",
            when=pgtrigger.After,
            operation=pgtrigger.UpdateOf("terms_id"),
            func=f"""
                IF NOT EXISTS (SELECT FROM promocodes_terms t WHERE t.id = NEW.terms_id)
                THEN {missing.format(name)}; END IF;
                RETURN NULL;
            """,
        ),
    ]


def owner_exists() -> pgtrigger.Trigger:
    """A personal code's customer exists. A foreign key would ask this of every row, and nearly all have none (ADR 3).

    That such a customer stays is refused from the other side, by a trigger on `customers_customer`.
    """
    return pgtrigger.Trigger(
        name="owner_exists",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("customer_id"),
        condition=pgtrigger.Q(new__customer__isnull=False),
        func="""
            PERFORM FROM customers_customer WHERE id = NEW.customer_id FOR KEY SHARE;
            IF NOT FOUND THEN RAISE foreign_key_violation USING
                MESSAGE = 'a promo code for no customer', CONSTRAINT = 'promocode_owner_exists';
            END IF;
            RETURN NULL;
        """,
    )


TRACKED = ("switch", "max_uses", "code", "terms", "customer")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(condition=pghistory.AnyChange("switch", "max_uses")))
class Batch(models.Model):
    """N codes with the same terms, made by the worker in chunks; a kill loses at most one chunk (PC-15)."""

    terms = models.OneToOneField(Terms, models.PROTECT, related_name="batch", verbose_name=_("terms"))
    count = models.PositiveIntegerField(_("codes asked for"))
    created_count = models.PositiveIntegerField(_("codes made"), default=0)
    code_length = models.PositiveSmallIntegerField(_("code length"))
    max_uses = models.PositiveIntegerField(_("uses per code"), null=True, blank=True)
    switch = models.BooleanField(_("activated"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("created by"),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("batch of codes")
        verbose_name_plural = _("batches of codes")
        default_permissions = ("add", "change", "view")
        triggers = never_deleted()
        constraints = [
            models.CheckConstraint(
                condition=Q(count__gte=1, count__lte=1_000_000, created_count__lte=F("count")),
                name="batch_counts",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


# Codes are not tracked when they are made, a million at a time: what was before a change is kept with the change.
@pghistory.track(
    pghistory.UpdateEvent("before", row=pghistory.Old, condition=pghistory.AnyChange(*TRACKED)),
    pghistory.UpdateEvent("after", condition=pghistory.AnyChange(*TRACKED)),
)
class PromoCode(models.Model):
    """One string a customer may type.

    `switch` is None until somebody turns this very code on or off: then a code of a batch follows its
    batch, and a lone code is a draft (PC-2). `uses` counts live redemptions; the database holds
    `uses <= max_uses` (PC-13). The state people see is derived (PC-14). A personal code has a `customer`.
    """

    code = models.CharField(_("code"), max_length=32)
    # Two triggers stand for the foreign key, once per statement (ADR 3).
    terms = models.ForeignKey(Terms, models.PROTECT, related_name="codes", verbose_name=_("terms"), db_constraint=False)
    switch = models.BooleanField(_("activated"), null=True, blank=True)
    max_uses = models.PositiveIntegerField(_("maximum of uses"), null=True, blank=True)
    uses = models.PositiveIntegerField(_("uses"), default=0, db_default=0)
    # Of a million codes of a batch none is personal: only those that are pay for the key and its index (ADR 3).
    customer = models.ForeignKey(
        "customers.Customer",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("for the customer"),
        db_index=False,
        db_constraint=False,
    )

    class Meta:
        verbose_name = _("promo code")
        verbose_name_plural = _("promo codes")
        permissions = [
            ("activate_promocode", _("May activate and deactivate promo codes")),
            ("view_report", _("May see the usage report")),
        ]
        default_permissions = ("add", "change", "view")
        triggers = [*never_deleted(), *terms_exist(), owner_exists()]
        constraints = [
            models.UniqueConstraint("code", name="promocode_code_unique"),
            models.CheckConstraint(
                condition=Q(max_uses__isnull=True) | Q(uses__lte=F("max_uses")),
                name="promocode_uses_within_limit",
            ),
            models.CheckConstraint(
                condition=Q(max_uses__isnull=True) | Q(max_uses__gte=1), name="promocode_max_uses_positive"
            ),
            # Four times as cheap as one pattern with a repetition: a batch writes a million rows.
            models.CheckConstraint(
                condition=~Q(code__regex="[^A-Z0-9]") & Q(GreaterThanOrEqual(Length("code"), 6)),
                name="promocode_code_alphabet",
            ),
        ]
        indexes = [models.Index("customer", name="promocode_customer", condition=Q(customer__isnull=False))]

    def __str__(self) -> str:
        return self.code
