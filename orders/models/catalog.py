"""What is sold."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Category(models.Model):
    """A node of the catalogue's tree.

    `ancestry` holds the slugs from the root down to this category itself, so that one array overlap
    answers “in this category or below” without walking the tree.
    """

    slug = models.SlugField(_("slug"), max_length=100, unique=True)
    name = models.CharField(_("name"), max_length=200)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent")
    )
    ancestry = ArrayField(models.CharField(max_length=100), verbose_name=_("path"), default=list, editable=False)
    earns_points = models.BooleanField(_("earns points"), default=True)
    payable_with_points = models.BooleanField(_("payable with points"), default=True)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    sku = models.CharField(_("SKU"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=255)
    description = models.TextField(_("description"), blank=True)
    price = models.DecimalField(_("price"), max_digits=12, decimal_places=2)
    compare_at_price = models.DecimalField(_("old price"), max_digits=12, decimal_places=2, null=True, blank=True)
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="products", verbose_name=_("category")
    )
    is_active = models.BooleanField(_("on sale"), default=True)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [
            models.CheckConstraint(condition=Q(price__gte=0), name="product_price_sign"),
            models.CheckConstraint(
                condition=Q(compare_at_price__isnull=True) | Q(compare_at_price__gte=0), name="product_old_price_sign"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DeliveryMethod(models.Model):
    """How the shop's own site delivers, and for how much. Integrations state their price themselves."""

    code = models.SlugField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=100)
    price = models.DecimalField(_("price"), max_digits=12, decimal_places=2)
    needs_address = models.BooleanField(_("asks for an address"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("offered"), default=True)

    class Meta:
        verbose_name = _("delivery method")
        verbose_name_plural = _("delivery methods")
        constraints = [models.CheckConstraint(condition=Q(price__gte=0), name="delivery_price_sign")]

    def __str__(self) -> str:
        return self.name
