"""Promo codes: what they give (terms), the strings people type (codes), their uses (redemptions).

Terms and codes are apart, as a coupon and its promotion codes are: a million codes of a batch share one row
of terms. Categories, segments and orders are remembered as text (slug, code, `order:1042`): this app does
not know the apps above it.
"""

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


def never_deleted() -> list[pgtrigger.Trigger]:
    """The database itself refuses to delete: codes and their history stay for ever (PC-3)."""
    return [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]


TRACKED = ("switch", "max_uses", "code", "terms")


class CodeType(models.TextChoices):
    """PC-5."""

    FIXED = "fixed", _("fixed amount")
    PERCENT = "percent", _("percent discount")
    CASHBACK = "cashback", _("cashback")
    FREE_SHIPPING = "free_shipping", _("free delivery")


def spending_follows_budget() -> pgtrigger.Trigger:
    """A campaign has its counter from the first moment, with the same budget, however the campaign was written."""
    return pgtrigger.Trigger(
        name="spending_follows_budget",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("budget"),
        func="""
            INSERT INTO promocodes_campaignspending AS s (campaign_id, budget, spent, warned_percent)
            VALUES (NEW.id, NEW.budget, 0, 0)
            ON CONFLICT (campaign_id) DO UPDATE SET budget = EXCLUDED.budget, warned_percent = 0
            WHERE s.budget IS DISTINCT FROM EXCLUDED.budget;
            RETURN NULL;
        """,
    )


@pghistory.track()
class Campaign(models.Model):
    """What codes belong to, with an optional budget of discount shared by all of them (PC-15, PC-17)."""

    class BudgetPolicy(models.TextChoices):
        REFUSE = "refuse", _("refuse the use that would pass the budget")
        CUT = "cut", _("cut the discount to what is left")

    name = models.CharField(_("name"), max_length=200, unique=True)
    note = models.TextField(_("note"), blank=True)
    budget = models.DecimalField(
        _("budget of discount"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    budget_policy = models.CharField(
        _("when the budget runs out"), max_length=8, choices=BudgetPolicy.choices, default=BudgetPolicy.REFUSE
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("created by"),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        default_permissions = ("add", "change", "view")
        triggers = [*never_deleted(), spending_follows_budget()]
        constraints = [
            models.CheckConstraint(
                condition=Q(budget__isnull=True) | Q(budget__gte=0), name="campaign_budget_sign"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CampaignSpending(models.Model):
    """The counter behind a campaign's budget: its own narrow row, so that redemptions do not write history.

    `budget` repeats the campaign's, so that the database can hold `spent <= budget`.
    """

    campaign = models.OneToOneField(
        Campaign, models.PROTECT, primary_key=True, related_name="spending", verbose_name=_("campaign")
    )
    budget = models.DecimalField(_("budget"), max_digits=12, decimal_places=2, null=True, blank=True)
    spent = models.DecimalField(_("spent"), max_digits=12, decimal_places=2, default=0)
    warned_percent = models.PositiveSmallIntegerField(_("warned at, %"), default=0)

    class Meta:
        verbose_name = _("campaign spending")
        verbose_name_plural = _("campaign spending")
        constraints = [
            models.CheckConstraint(
                condition=Q(spent__gte=0) & (Q(budget__isnull=True) | Q(spent__lte=F("budget"))),
                name="campaign_spent_within_budget",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id}: {self.spent}"


@pghistory.track()
class Terms(models.Model):
    """What a code gives, to whom and when. Shared by all codes of a batch.

    `starts_at`/`ends_at` are half-open (M-4). `value` is roubles for `fixed`, percent for `percent` and
    `cashback`, NULL for `free_shipping`.
    """

    campaign = models.ForeignKey(
        Campaign, models.PROTECT, null=True, blank=True, related_name="terms", verbose_name=_("campaign")
    )
    type = models.CharField(_("type"), max_length=16, choices=CodeType.choices)
    value = models.DecimalField(_("value"), max_digits=12, decimal_places=2, null=True, blank=True)
    categories = ArrayField(
        models.CharField(max_length=100), verbose_name=_("categories"), default=list, blank=True
    )
    required_categories = ArrayField(
        models.CharField(max_length=100), verbose_name=_("required categories"), default=list, blank=True
    )
    minimum_order = models.DecimalField(
        _("minimum order"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    max_uses_per_customer = models.PositiveIntegerField(_("uses per customer"), null=True, blank=True)
    first_order_only = models.BooleanField(_("first order only"), default=False)
    segment = models.CharField(_("segment"), max_length=64, null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("created by"),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("terms")
        verbose_name_plural = _("terms")
        default_permissions = ("add", "change", "view")
        triggers = never_deleted()
        constraints = [
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="terms_period"),
            models.CheckConstraint(
                condition=(
                    Q(type="fixed", value__isnull=False, value__gt=0)
                    | Q(type__in=["percent", "cashback"], value__isnull=False, value__gt=0, value__lte=100)
                    | Q(type="free_shipping", value__isnull=True)
                ),
                name="terms_value_fits_type",
            ),
            models.CheckConstraint(
                condition=Q(type__in=["percent", "cashback"]) | Q(categories=[]), name="terms_scope_fits_type"
            ),
            models.CheckConstraint(
                condition=Q(minimum_order__isnull=True) | Q(minimum_order__gt=0),
                name="terms_minimum_positive",
            ),
            models.CheckConstraint(
                condition=Q(max_uses_per_customer__isnull=True) | Q(max_uses_per_customer__gte=1),
                name="terms_per_customer_positive",
            ),
        ]
        indexes = [models.Index("ends_at", name="terms_ends")]

    def __str__(self) -> str:
        return f"{self.get_type_display()} {self.value or ''}".strip()


@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(condition=pghistory.AnyChange("switch", "max_uses"))
)
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
    `uses <= max_uses` (PC-13). The state people see is derived (PC-14).
    """

    code = models.CharField(_("code"), max_length=32)
    terms = models.ForeignKey(Terms, models.PROTECT, related_name="codes", verbose_name=_("terms"))
    switch = models.BooleanField(_("activated"), null=True, blank=True)
    max_uses = models.PositiveIntegerField(_("maximum of uses"), null=True, blank=True)
    uses = models.PositiveIntegerField(_("uses"), default=0, db_default=0)

    class Meta:
        verbose_name = _("promo code")
        verbose_name_plural = _("promo codes")
        permissions = [
            ("activate_promocode", _("May activate and deactivate promo codes")),
            ("view_report", _("May see the usage report")),
        ]
        default_permissions = ("add", "change", "view")
        triggers = never_deleted()
        constraints = [
            models.UniqueConstraint("code", name="promocode_code_unique"),
            models.CheckConstraint(
                condition=Q(max_uses__isnull=True) | Q(uses__lte=F("max_uses")),
                name="promocode_uses_within_limit",
            ),
            models.CheckConstraint(
                condition=Q(max_uses__isnull=True) | Q(max_uses__gte=1), name="promocode_max_uses_positive"
            ),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[A-Z0-9]{6,32}$"), name="promocode_code_alphabet"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Redemption(models.Model):
    """One use of a code, bound to its order (PC-12). Live until `released_at` is set; never deleted."""

    promo_code = models.ForeignKey(
        PromoCode, models.PROTECT, related_name="redemptions", verbose_name=_("promo code")
    )
    order_ref = models.CharField(_("order"), max_length=64)
    customer = models.ForeignKey(
        "customers.Customer",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("customer"),
    )
    holders = ArrayField(models.CharField(max_length=80), verbose_name=_("counted against"), default=list)
    channel = models.CharField(_("channel"), max_length=16)
    discount = models.DecimalField(_("discount"), max_digits=12, decimal_places=2)
    order_total = models.DecimalField(_("order total"), max_digits=12, decimal_places=2)
    redeemed_at = models.DateTimeField(_("used"))
    released_at = models.DateTimeField(_("released"), null=True, blank=True)
    release_reason = models.CharField(_("released because"), max_length=32, blank=True)

    class Meta:
        verbose_name = _("use of a code")
        verbose_name_plural = _("uses of codes")
        default_permissions = ("view",)
        triggers = never_deleted()
        constraints = [
            models.UniqueConstraint(
                "order_ref", condition=Q(released_at__isnull=True), name="redemption_one_live_per_order"
            ),
            models.CheckConstraint(
                condition=Q(discount__gte=0, order_total__gte=0), name="redemption_amounts"
            ),
        ]
        indexes = [
            models.Index("promo_code", "redeemed_at", name="redemption_code_time"),
            models.Index("redeemed_at", name="redemption_time"),
            models.Index("customer", name="redemption_customer"),
            models.Index("order_ref", name="redemption_order"),
        ]

    def __str__(self) -> str:
        return f"{self.promo_code_id} {self.order_ref}"


class HolderUse(models.Model):
    """How many live uses of a code one person has (PC-9, PC-18).

    `holder` is `customer:<id>`, or a keyed hash of the normalised e-mail or phone (`email:…`, `phone:…`),
    so that a guest is counted without keeping who it was. `last_order_ref` names the order that took the last one.
    """

    promo_code = models.ForeignKey(PromoCode, models.PROTECT, related_name="+", verbose_name=_("promo code"))
    holder = models.CharField(_("holder"), max_length=80)
    uses = models.PositiveIntegerField(_("uses"), default=0)
    last_order_ref = models.CharField(_("last order"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("uses by one customer")
        verbose_name_plural = _("uses by one customer")
        constraints = [models.UniqueConstraint("promo_code", "holder", name="holder_use_once")]

    def __str__(self) -> str:
        return f"{self.promo_code_id} {self.holder}: {self.uses}"


class QuoteTally(models.Model):
    """How often a code was tried in quotes, by day, channel and outcome (PC-21).

    `outcome` is `applied` or the reason it was not. `promo_code` is NULL for strings that are no code.
    Counted in Redis while people shop, rolled up by the worker: a quote itself writes nothing (Q-7).
    """

    promo_code = models.ForeignKey(
        PromoCode, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("promo code")
    )
    day = models.DateField(_("day"))
    channel = models.CharField(_("channel"), max_length=16)
    outcome = models.CharField(_("outcome"), max_length=32)
    count = models.PositiveIntegerField(_("quotes"), default=0)

    class Meta:
        verbose_name = _("quotes of a code")
        verbose_name_plural = _("quotes of codes")
        constraints = [
            models.UniqueConstraint(
                "promo_code", "day", "channel", "outcome", name="quote_tally_once", nulls_distinct=False
            ),
        ]
        indexes = [models.Index("day", name="quote_tally_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.outcome}: {self.count}"
