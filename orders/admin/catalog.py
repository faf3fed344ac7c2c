"""The catalogue and the ways of delivery, written through services."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from unfold.contrib.filters.admin import RelatedDropdownFilter

from loyalty_site.kernel.number_fields import DecimalField
from loyalty_site.kernel.service_admin import ServiceAdmin
from loyalty_site.kernel.texts import money_text
from orders import services
from orders.models import Category, DeliveryMethod, Product
from orders.queries.for_promocodes import category_choices


def _money_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DecimalField:
    return DecimalField(
        label=label,
        required=required,
        help_text=help_text,
        min_value=0,
        max_digits=12,
        decimal_places=2,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )


class CategoryForm(forms.Form):
    slug = forms.SlugField(label=_("Slug"), max_length=100)
    name = forms.CharField(label=_("Name"), max_length=200)
    parent = forms.ChoiceField(label=_("Inside of"), required=False)
    earns_points = forms.BooleanField(label=_("Earns points"), required=False, initial=True)
    payable_with_points = forms.BooleanField(label=_("Payable with points"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].choices = [("", _("nothing, at the top")), *category_choices()]  # type: ignore[attr-defined]


class ProductForm(forms.Form):
    sku = forms.CharField(label=_("SKU"), max_length=64)
    name = forms.CharField(label=_("Name"), max_length=255)
    price = _money_field(_("Price, roubles"))
    compare_at_price = _money_field(
        _("Old price, roubles"), required=False, help_text=_("Shown struck through; it informs only.")
    )
    category = forms.ChoiceField(label=_("Category"), required=False)
    is_active = forms.BooleanField(label=_("On sale"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = [("", "—"), *category_choices()]  # type: ignore[attr-defined]


class DeliveryMethodForm(forms.Form):
    code = forms.SlugField(label=_("Code"), max_length=32)
    name = forms.CharField(label=_("Name"), max_length=100)
    price = _money_field(_("Price, roubles"))
    needs_address = forms.BooleanField(label=_("Asks for an address"), required=False, initial=True)
    position = forms.IntegerField(label=_("Position"), min_value=0, max_value=32767, initial=0)
    is_active = forms.BooleanField(label=_("Offered"), required=False, initial=True)


@admin.register(Category)
class CategoryAdmin(ServiceAdmin):
    service_form = CategoryForm
    fixed_names = frozenset({"slug"})
    list_display = ["indented", "slug", "earns_points", "payable_with_points"]
    search_fields = ["name", "slug"]
    search_help_text = _("Name or slug")
    ordering = ["ancestry", "pk"]
    sortable_by = ()
    counted = ngettext_lazy("%(n)s category", "%(n)s categories", "n")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("parent")

    def initial_of(self, obj: Any) -> dict[str, Any]:
        return {**super().initial_of(obj), "parent": obj.parent.slug if obj.parent else ""}

    def carry_out(self, request: HttpRequest, obj: Any, values: dict[str, Any]) -> Any:
        return services.put_category(**{**values, "parent": values["parent"] or None})

    @admin.display(description=_("name"))
    def indented(self, obj: Category) -> str:
        return "\N{NO-BREAK SPACE}" * 4 * max(len(obj.ancestry) - 1, 0) + obj.name


@admin.register(Product)
class ProductAdmin(ServiceAdmin):
    service_form = ProductForm
    fixed_names = frozenset({"sku"})
    list_display = ["name", "sku", "shown_price", "shown_old_price", "category", "is_active"]
    list_filter = ["is_active", ("category", RelatedDropdownFilter)]
    search_fields = ["sku", "name"]
    search_help_text = _("SKU or name")
    ordering = ["name", "pk"]
    sortable_by = ()
    counted = ngettext_lazy("%(n)s product", "%(n)s products", "n")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("category")

    def initial_of(self, obj: Any) -> dict[str, Any]:
        return {**super().initial_of(obj), "category": obj.category.slug if obj.category else ""}

    def carry_out(self, request: HttpRequest, obj: Any, values: dict[str, Any]) -> Any:
        return services.put_product(**{**values, "category": values["category"] or None})

    @admin.display(description=_("price"))
    def shown_price(self, obj: Product) -> str:
        return money_text(obj.price)

    @admin.display(description=_("old price"), empty_value="—")
    def shown_old_price(self, obj: Product) -> str | None:
        return money_text(obj.compare_at_price) if obj.compare_at_price is not None else None


@admin.register(DeliveryMethod)
class DeliveryMethodAdmin(ServiceAdmin):
    service_form = DeliveryMethodForm
    fixed_names = frozenset({"code"})
    list_display = ["name", "code", "shown_price", "needs_address", "position", "is_active"]
    ordering = ["position", "pk"]
    sortable_by = ()
    counted = ngettext_lazy("%(n)s delivery method", "%(n)s delivery methods", "n")

    def carry_out(self, request: HttpRequest, obj: Any, values: dict[str, Any]) -> DeliveryMethod:
        return services.put_delivery_method(**values)

    @admin.display(description=_("price"))
    def shown_price(self, obj: DeliveryMethod) -> str:
        return money_text(obj.price)
