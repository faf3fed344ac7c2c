"""Who buys: sign-in accounts, customers, consents, purchase history, segments, programme settings."""

import uuid
from typing import ClassVar, cast

import pghistory
from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField


class UserManager(BaseUserManager):
    """Accounts are known by their e-mail address."""

    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **extra: object) -> "User":
        user = cast("User", self.model(email=self.normalize_email(email).lower(), **extra))
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: object) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **extra)


class User(AbstractUser):
    """A sign-in account of a customer or of staff (CU-1, S-1)."""

    username = None  # type: ignore[assignment,misc]
    email = models.EmailField(_("e-mail"), unique=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()  # type: ignore[assignment,misc]

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")


class Customer(models.Model):
    """A buyer, from whatever channel. `email` and `phone` are normalised, unique, and NULL when unknown."""

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
    registered_at = models.DateTimeField(_("registered"), default=timezone.now)

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints = [
            models.UniqueConstraint("email", name="customer_email_unique"),
            models.UniqueConstraint("phone", name="customer_phone_unique"),
            models.UniqueConstraint("external_id", name="customer_external_id_unique"),
            models.CheckConstraint(
                condition=Q(email__isnull=False) | Q(phone__isnull=False) | Q(external_id__isnull=False),
                name="customer_can_be_reached",
            ),
        ]
        indexes = [
            GinIndex(OpClass(Upper("email"), name="gin_trgm_ops"), name="customer_email_trgm"),
            GinIndex(OpClass(Upper("last_name"), name="gin_trgm_ops"), name="customer_last_name_trgm"),
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

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.UniqueConstraint(
                "customer", "purpose", condition=Q(withdrawn_at__isnull=True), name="consent_live_once"
            ),
        ]

    def __str__(self) -> str:
        return self.get_purpose_display()


class Purchase(models.Model):
    """One order of a customer, whatever the channel (CU-5). RFM, tiers and reports read this table.

    `ref` names the order as text (`order:1042`), `goods_amount` is what was paid for goods:
    after discounts and points, without delivery; `refunded_amount` is the part of it given back.
    """

    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="purchases", verbose_name=_("customer")
    )
    ref = models.CharField(_("order"), max_length=64, unique=True)
    channel = models.CharField(_("channel"), max_length=16)
    paid_at = models.DateTimeField(_("paid"))
    goods_amount = models.DecimalField(_("goods"), max_digits=12, decimal_places=2)
    discount_amount = models.DecimalField(_("discount"), max_digits=12, decimal_places=2, default=0)
    refunded_amount = models.DecimalField(_("refunded"), max_digits=12, decimal_places=2, default=0)
    is_first = models.BooleanField(_("first purchase"), default=False)

    class Meta:
        verbose_name = _("purchase")
        verbose_name_plural = _("purchases")
        constraints = [
            models.CheckConstraint(
                condition=Q(refunded_amount__gte=0, refunded_amount__lte=models.F("goods_amount")),
                name="purchase_refunds_within_goods",
            ),
            models.UniqueConstraint("customer", condition=Q(is_first=True), name="purchase_one_first_per_customer"),
        ]
        indexes = [
            models.Index("customer", "paid_at", name="purchase_customer_paid"),
            models.Index("paid_at", name="purchase_paid"),
        ]

    def __str__(self) -> str:
        return self.ref


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


@pghistory.track()
class Programme(models.Model):
    """The settings of the programme: one row. It lies at the bottom because every app reads it."""

    class PercentPolicy(models.TextChoices):
        REPLACE = "replace", _("a code replaces the current discount")
        BEST = "best", _("the better of the two")

    percent_policy = models.CharField(
        _("percent codes"), max_length=8, choices=PercentPolicy.choices, default=PercentPolicy.REPLACE
    )
    unpaid_order_ttl_minutes = models.PositiveIntegerField(_("unpaid orders live, minutes"), default=60)
    base_earn_percent = models.DecimalField(_("base cashback, %"), max_digits=5, decimal_places=2, default=10)
    sale_goods_excluded = models.BooleanField(_("codes skip goods with a struck-through price"), default=False)
    second_person_percent = models.DecimalField(
        _("a second person activates codes above, %"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    second_person_amount = models.DecimalField(
        _("a second person activates codes above, roubles"), max_digits=12, decimal_places=2, null=True, blank=True
    )

    point_value = models.DecimalField(_("a point pays, roubles"), max_digits=8, decimal_places=2, default=1)
    points_cap_percent = models.DecimalField(
        _("points pay at most, % of the goods"), max_digits=5, decimal_places=2, default=30
    )
    points_hold_days = models.PositiveSmallIntegerField(_("earned points wait, days"), default=0)
    points_life_days = models.PositiveSmallIntegerField(_("points live, days"), default=365)
    points_grace_days = models.PositiveSmallIntegerField(_("returned points live at least, days"), default=14)
    first_purchase_bonus = models.PositiveIntegerField(_("points for the first purchase"), default=300)
    second_person_points = models.PositiveIntegerField(
        _("a second person confirms corrections above, points"), null=True, blank=True
    )

    class Meta:
        verbose_name = _("programme settings")
        verbose_name_plural = _("programme settings")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="programme_one_row"),
            models.CheckConstraint(
                condition=Q(base_earn_percent__gte=0, base_earn_percent__lte=100), name="programme_earn_percent"
            ),
            models.CheckConstraint(condition=Q(unpaid_order_ttl_minutes__gte=1), name="programme_unpaid_ttl_positive"),
            models.CheckConstraint(condition=Q(point_value__gt=0), name="programme_point_value_positive"),
            models.CheckConstraint(
                condition=Q(points_cap_percent__gte=0, points_cap_percent__lte=100), name="programme_points_cap_percent"
            ),
            models.CheckConstraint(condition=Q(points_life_days__gte=1), name="programme_points_life_positive"),
        ]

    def __str__(self) -> str:
        return str(_("programme settings"))
