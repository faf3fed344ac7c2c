"""Orders and their lines, with every amount as it was when the order was placed (O-2)."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models import never_given_to_a_merged


@pghistory.track(pghistory.UpdateEvent(condition=pghistory.AnyChange("status", "customer", "total")))
class Order(models.Model):
    """`number` is the primary key as text; other apps remember the order as `ref` (`order:1042`).

    total = goods_total − discount_total − points_discount + delivery_total, held by the database.
    `delivery_price` is before, `delivery_total` after a free-delivery code. `membership_skus` are the lines that were
    fees of a membership when the order was placed (T-5).
    """

    class Status(models.TextChoices):
        NEW = "new", _("awaiting payment")
        PAID = "paid", _("paid")
        COMPLETED = "completed", _("completed")
        PARTIALLY_REFUNDED = "partially_refunded", _("partially refunded")
        REFUNDED = "refunded", _("refunded")
        CANCELLED = "cancelled", _("cancelled")

    class CancelledBy(models.TextChoices):
        """Reasons of the shop's own, kept as codes in `cancel_reason`."""

        TIME = "by:time", _("not paid in time")
        MOVE = "by:move", _("promo code moved to another order")
        ERASURE = "by:erasure", _("the customer asked to be forgotten")

    class Channel(models.TextChoices):
        SITE = "site", _("site")
        APP = "app", _("app")
        POS = "pos", _("till")
        MARKETPLACE = "marketplace", _("marketplace")

    status = models.CharField(_("status"), max_length=20, choices=Status.choices, default=Status.NEW)
    channel = models.CharField(_("channel"), max_length=16, choices=Channel.choices)
    external_number = models.CharField(_("external number"), max_length=64, null=True, blank=True)
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, null=True, blank=True, related_name="orders", verbose_name=_("customer")
    )
    access_token = models.UUIDField(_("guest's access"), null=True, blank=True, unique=True, editable=False)
    contact_name = models.CharField(_("contact name"), max_length=200, blank=True)
    contact_email = models.EmailField(_("contact e-mail"), blank=True)
    contact_phone = models.CharField(_("contact phone"), max_length=20, blank=True)
    delivery_method = models.CharField(_("delivery"), max_length=32, blank=True)
    delivery_address = models.CharField(_("address"), max_length=500, blank=True)
    # Where it was placed: the browser's or the app's own number, for telling one person's accounts.
    device = models.CharField(_("device"), max_length=64, blank=True, default="", db_default="")

    goods_total = models.DecimalField(_("goods"), max_digits=12, decimal_places=2)
    discount_total = models.DecimalField(_("discount"), max_digits=12, decimal_places=2, default=0)
    points_spent = models.PositiveIntegerField(_("points spent"), default=0)
    points_discount = models.DecimalField(_("paid with points"), max_digits=12, decimal_places=2, default=0)
    delivery_price = models.DecimalField(_("delivery price"), max_digits=12, decimal_places=2, default=0)
    delivery_total = models.DecimalField(_("delivery charged"), max_digits=12, decimal_places=2, default=0)
    total = models.DecimalField(_("total"), max_digits=12, decimal_places=2)
    points_to_earn = models.PositiveIntegerField(_("points to earn"), default=0)
    refunded_amount = models.DecimalField(_("refunded"), max_digits=12, decimal_places=2, default=0)

    promo_code = models.CharField(_("promo code"), max_length=32, blank=True)
    redemption = models.OneToOneField(
        "promocodes.Redemption", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("use of code")
    )
    membership_skus = ArrayField(
        models.CharField(max_length=64), verbose_name=_("fees of memberships"), default=list, blank=True
    )
    quote = models.JSONField(_("the quote as it was shown"), default=dict)

    placed_at = models.DateTimeField(_("placed"))
    placed_by = models.CharField(_("placed by"), max_length=100, blank=True)
    pay_until = models.DateTimeField(_("to be paid until"))
    paid_at = models.DateTimeField(_("paid"), null=True, blank=True)
    completed_at = models.DateTimeField(_("completed"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    cancel_reason = models.CharField(_("cancelled because"), max_length=200, blank=True)
    # Who placed it has been forgotten (CU-4): the amounts stay, nothing says any more whose they were.
    forgotten_at = models.DateTimeField(_("forgotten"), null=True, blank=True)

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        default_permissions = ("add", "change", "view")
        permissions = [
            ("pay_order", _("May record a payment by hand")),
            ("refund_order", _("May refund orders")),
            ("check_code", _("May ask why a code does not apply")),
        ]
        triggers = never_given_to_a_merged("customer_id")
        constraints = [
            models.CheckConstraint(
                condition=Q(total=F("goods_total") - F("discount_total") - F("points_discount") + F("delivery_total")),
                name="order_total_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(total__gte=0, discount_total__gte=0, delivery_total__gte=0, points_discount__gte=0),
                name="order_amounts_sign",
            ),
            models.CheckConstraint(
                condition=Q(refunded_amount__gte=0, refunded_amount__lte=F("total")), name="order_refunds_within_total"
            ),
            models.UniqueConstraint("channel", "external_number", name="order_external_number_once"),
            models.CheckConstraint(
                condition=Q(forgotten_at__isnull=True)
                | Q(contact_name="", contact_email="", contact_phone="", delivery_address="", device=""),
                name="order_forgotten_is_nobodys",
            ),
        ]
        indexes = [
            models.Index("customer", "placed_at", name="order_customer_placed"),
            models.Index("placed_at", name="order_placed"),
            models.Index("promo_code", name="order_promo_code", condition=~Q(promo_code="")),
            models.Index("contact_email", name="order_contact_email", condition=~Q(contact_email="")),
            models.Index("contact_phone", name="order_contact_phone", condition=~Q(contact_phone="")),
            models.Index("pay_until", name="order_unpaid_until", condition=Q(status="new")),
        ]

    def __str__(self) -> str:
        return f"№ {self.number}"

    @property
    def number(self) -> str:
        return str(self.pk)

    @property
    def cancelled_because(self) -> str:
        """The reason for people: in the active language where the shop itself had it, else as somebody typed it."""
        reasons = dict(self.CancelledBy.choices)
        return str(reasons.get(self.cancel_reason, self.cancel_reason))

    @property
    def ref(self) -> str:
        return f"order:{self.pk}"


class OrderLine(models.Model):
    """`total` = subtotal − discount − the points' share; `discounts` lists what `discount` is made of."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="lines", verbose_name=_("order"))
    position = models.PositiveSmallIntegerField(_("position"))
    sku = models.CharField(_("SKU"), max_length=64)
    name = models.CharField(_("name"), max_length=255)
    category = models.CharField(_("category"), max_length=100, blank=True)
    quantity = models.PositiveIntegerField(_("quantity"))
    unit_price = models.DecimalField(_("price"), max_digits=12, decimal_places=2)
    compare_at_price = models.DecimalField(_("old price"), max_digits=12, decimal_places=2, null=True, blank=True)
    subtotal = models.DecimalField(_("subtotal"), max_digits=12, decimal_places=2)
    discount = models.DecimalField(_("discount"), max_digits=12, decimal_places=2, default=0)
    points_spent = models.PositiveIntegerField(_("points spent"), default=0)
    points_discount = models.DecimalField(_("paid with points"), max_digits=12, decimal_places=2, default=0)
    total = models.DecimalField(_("total"), max_digits=12, decimal_places=2)
    earn_rate = models.DecimalField(_("earn rate, %"), max_digits=5, decimal_places=2, default=0)
    discounts = models.JSONField(_("discounts"), default=list)
    refunded_quantity = models.PositiveIntegerField(_("refunded quantity"), default=0)
    refunded_amount = models.DecimalField(_("refunded"), max_digits=12, decimal_places=2, default=0)

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        constraints = [
            models.UniqueConstraint("order", "position", name="order_line_position"),
            models.UniqueConstraint("order", "sku", name="order_line_sku"),
            models.CheckConstraint(
                condition=Q(total=F("subtotal") - F("discount") - F("points_discount"), total__gte=0),
                name="order_line_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=1, refunded_quantity__lte=F("quantity"), refunded_amount__lte=F("total")),
                name="order_line_refunds_within",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sku} × {self.quantity}"
