"""Who buys, and what he has agreed to."""

import uuid

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Func, Q
from django.db.models.functions import ExtractDay, ExtractMonth, Reverse, Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from customers.models.account import User


class SearchedName(Func):
    """Names as they are searched by, joined by spaces: small letters, `ё` as `е`."""

    template = "REPLACE(LOWER(%(expressions)s), 'ё', 'е')"
    arg_joiner = " || ' ' || "
    output_field = models.TextField()


# A letter for a letter: a database of the locale C takes none of these for a letter and makes no trigram of them.
CYRILLIC, LATIN = "абвгдежзийклмнопрстуфхцчшщъыьэюяё", "abvgdejziyklmnoprstufhc4wxq89376e"


class LatinName(Func):
    """Names joined by spaces, in small Latin letters, for a trigram index that works whatever the locale is."""

    template = f"TRANSLATE(LOWER(%(expressions)s), '{CYRILLIC}', '{LATIN}')"
    arg_joiner = " || ' ' || "
    output_field = models.TextField()


TOLD = ("email", "phone", "external_id", "first_name", "last_name", "birthday", "manager", "merged_into")


# Customers are not tracked when they are made, a million at a time: what was before a change is kept with the change.
@pghistory.track(
    pghistory.UpdateEvent("before", row=pghistory.Old, condition=pghistory.AnyChange(*TOLD)),
    pghistory.UpdateEvent(condition=pghistory.AnyChange(*TOLD)),
    exclude=["user", "public_id", "registered_at", "birthday_set_at", "import_run"],
)
class Customer(models.Model):
    """A buyer, from whatever channel. `email` and `phone` are normalised, unique, and NULL when unknown.

    A record that was merged has `merged_into`, always the one that stays (CU-3); one that was erased has `erased_at`
    and nothing that says who it was (CU-4). Both stay for the ledger's sake and are shown in no list.
    """

    public_id = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    user = models.OneToOneField(
        User, models.SET_NULL, null=True, blank=True, related_name="customer", verbose_name=_("account")
    )
    external_id = models.CharField(_("external id"), max_length=64, null=True, blank=True)
    email = models.EmailField(_("e-mail"), null=True, blank=True)
    phone = PhoneNumberField(_("phone"), null=True, blank=True)
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    birthday = models.DateField(_("birthday"), null=True, blank=True)
    # NULL: since he registered. The database writes it, whoever changes the birthday (CU-9).
    birthday_set_at = models.DateTimeField(_("birthday known since"), null=True, blank=True, editable=False)
    registered_at = models.DateTimeField(_("registered"), default=timezone.now)
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="looked_after",
        verbose_name=_("personal manager"),
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, db_index=False, related_name="+", verbose_name=_("merged into")
    )
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)
    import_run = models.ForeignKey(
        "customers.ImportRun",
        models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("import that made it"),
    )

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        default_permissions = ("add", "change", "view")
        permissions = [
            ("merge_customer", _("May merge customers")),
            ("export_customer", _("May download what is held of customers")),
            ("erase_customer", _("May have customers forgotten")),
            ("import_customer", _("May import customers and purchases")),
            ("view_reports", _("May see reports on customers")),
        ]
        constraints = [
            models.UniqueConstraint("email", name="customer_email_unique"),
            models.UniqueConstraint("phone", name="customer_phone_unique"),
            models.UniqueConstraint("external_id", name="customer_external_id_unique"),
            models.CheckConstraint(
                condition=Q(email__isnull=False)
                | Q(phone__isnull=False)
                | Q(external_id__isnull=False)
                | Q(merged_into__isnull=False)
                | Q(erased_at__isnull=False),
                name="customer_can_be_reached",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(email__isnull=True, phone__isnull=True, user__isnull=True),
                name="customer_merged_is_empty",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True)
                | Q(
                    email__isnull=True,
                    phone__isnull=True,
                    external_id__isnull=True,
                    user__isnull=True,
                    birthday__isnull=True,
                    first_name="",
                    last_name="",
                ),
                name="customer_erased_is_nobody",
            ),
        ]
        indexes = [
            GinIndex(OpClass(Upper("email"), name="gin_trgm_ops"), name="customer_email_trgm"),
            GinIndex(OpClass(Upper("last_name"), name="gin_trgm_ops"), name="customer_last_name_trgm"),
            # What `customers.queries.search` stands on: its SQL says the same expressions.
            GinIndex(
                OpClass(LatinName("last_name", "first_name", "last_name"), name="gin_trgm_ops"),
                name="customer_names_trgm",
            ),
            models.Index(
                OpClass(SearchedName("last_name"), name="text_pattern_ops"),
                OpClass(SearchedName("first_name"), name="text_pattern_ops"),
                name="customer_last_first",
            ),
            models.Index(
                OpClass(SearchedName("first_name"), name="text_pattern_ops"),
                OpClass(SearchedName("last_name"), name="text_pattern_ops"),
                name="customer_first_last",
            ),
            models.Index(OpClass("email", name="text_pattern_ops"), name="customer_email_start"),
            models.Index(OpClass("phone", name="text_pattern_ops"), name="customer_phone_start"),
            models.Index(OpClass(Reverse("phone"), name="text_pattern_ops"), name="customer_phone_end"),
            models.Index("merged_into", name="customer_merged_into", condition=Q(merged_into__isnull=False)),
            models.Index("import_run", name="customer_import_run", condition=Q(import_run__isnull=False)),
            # Hardly anybody: rules of segments leave these out of everybody else without looking at the rows.
            models.Index(
                "id", name="customer_gone", condition=Q(merged_into__isnull=False) | Q(erased_at__isnull=False)
            ),
            models.Index("registered_at", name="customer_registered"),
            # Who has a birthday on a day: 612 is 12 June. Reads say `customers.queries.birthday_key()` to meet it.
            models.Index(
                ExtractMonth("birthday") * 100 + ExtractDay("birthday"),
                name="customer_birthday",
                condition=Q(birthday__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="birthday_known_since",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("birthday"),
                condition=pgtrigger.Q(old__birthday__df=pgtrigger.F("new__birthday")),
                func="NEW.birthday_set_at = now(); RETURN NEW;",
            )
        ]

    def __str__(self) -> str:
        return self.full_name or self.email or str(self.phone or self.external_id)

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Consent(models.Model):
    """Permission for one purpose, with its time, source and text version (CU-2)."""

    class Purpose(models.TextChoices):
        PROGRAMME = "programme", _("programme")
        EMAIL = "email", _("e-mail")
        SMS = "sms", _("SMS")
        MESSENGER = "messenger", _("messenger")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="consents", verbose_name=_("customer"))
    purpose = models.CharField(_("purpose"), max_length=16, choices=Purpose.choices)
    given_at = models.DateTimeField(_("given"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=64)
    text_version = models.CharField(_("text version"), max_length=32)
    withdrawn_source = models.CharField(_("withdrawn in"), max_length=64, blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.UniqueConstraint(
                "customer", "purpose", condition=Q(withdrawn_at__isnull=True), name="consent_live_once"
            ),
        ]
        indexes = [
            models.Index("purpose", "customer", name="consent_live", condition=Q(withdrawn_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.get_purpose_display()
