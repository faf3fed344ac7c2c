"""The form staff ask the till with: for whom, which goods, which code. Shared by “why not?” and by a new order."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from customers.queries import find_customer
from customers.rules import normalised_email, normalised_phone
from orders.models import DeliveryMethod, Order, Product
from orders.queries import QuoteRequest

EMPTY_ROWS = 3
MOST_PRODUCTS = 300


class AskForm(forms.Form):
    """`lines` come from the lists `sku` and `quantity` beside the form's own fields."""

    customer = forms.CharField(
        label=gettext_lazy("Customer"),
        help_text=gettext_lazy("E-mail, phone or number. Empty: a guest."),
        required=False,
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = forms.EmailField(label=gettext_lazy("Guest's e-mail"), required=False)
    phone = forms.CharField(label=gettext_lazy("Guest's phone"), required=False, max_length=32)
    promo_code = forms.CharField(
        label=gettext_lazy("Promo code"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), choices=Order.Channel.choices, initial="site")
    delivery = forms.ChoiceField(label=gettext_lazy("Delivery"), required=False)

    def __init__(self, data: QueryDict | None = None, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)
        self.methods = {
            method.code: method for method in DeliveryMethod.objects.filter(is_active=True).order_by("position", "pk")
        }
        choices = [("", _("without delivery")), *((code, method.name) for code, method in self.methods.items())]
        self.fields["delivery"].choices = choices  # type: ignore[attr-defined]
        self.found: Customer | None = None

    @property
    def rows(self) -> list[dict[str, str]]:
        """Rows to draw: what was typed and a few empty ones."""
        data: Any = self.data
        skus = data.getlist("sku") if self.is_bound else []
        quantities = data.getlist("quantity") if self.is_bound else []
        typed = [
            {"sku": sku, "quantity": quantity}
            for sku, quantity in zip(skus, quantities, strict=False)
            if sku.strip() or quantity.strip() not in ("", "1")
        ]
        return [*typed, *({"sku": "", "quantity": "1"} for _row in range(EMPTY_ROWS))]

    @property
    def products(self) -> list[tuple[str, str]]:
        """The first goods on sale, as suggestions; any other SKU may be typed."""
        rows = Product.objects.filter(is_active=True).order_by("name", "pk")
        return list(rows.values_list("sku", "name")[:MOST_PRODUCTS])

    def clean_customer(self) -> str:
        typed = str(self.cleaned_data["customer"]).strip()
        if typed:
            self.found = find_customer(typed)
            if self.found is None:
                raise forms.ValidationError(_("No customer has this e-mail, phone or number."))
        return typed

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        values["lines"] = self._lines()
        return values

    def request(self) -> QuoteRequest:
        """Call when the form is valid."""
        values = self.cleaned_data
        method = self.methods.get(values["delivery"])
        extra = {"delivery_method": method.code, "delivery_price": method.price} if method else {}
        guest = self.found is None
        return QuoteRequest(
            channel=values["channel"],
            lines=values["lines"],
            customer_id=self.found.pk if self.found else None,
            contact_email=email_or_empty(values["email"]) if guest else "",
            contact_phone=phone_or_empty(values["phone"]) if guest else "",
            promo_code=values["promo_code"].strip() or None,
            **extra,
        )

    def _lines(self) -> tuple[tuple[str, int], ...]:
        lines = []
        for row in self.rows:
            sku, quantity = row["sku"].strip(), row["quantity"].strip()
            if not sku:
                continue
            if not (quantity.isdecimal() and len(quantity) <= 3 and int(quantity)):
                self.add_error(None, _("%(sku)s: the quantity is a whole number from 1 to 999.") % {"sku": sku})
                continue
            lines.append((sku, int(quantity)))
        if not lines and not self.errors:
            self.add_error(None, _("Put at least one product into the basket."))
        return tuple(lines)


def line_error_text(field: str, lines: tuple[tuple[str, int], ...]) -> str:
    """`lines.0.sku` → the SKU that was typed there; empty for other fields."""
    parts = field.split(".")
    if parts[0] != "lines" or len(parts) < 2 or not parts[1].isdecimal() or int(parts[1]) >= len(lines):
        return ""
    return lines[int(parts[1])][0]


def email_or_empty(typed: str) -> str:
    try:
        return normalised_email(typed) if typed else ""
    except ValueError:
        return ""


def phone_or_empty(typed: str) -> str:
    try:
        return normalised_phone(typed, settings.PHONENUMBER_DEFAULT_REGION) if typed else ""
    except ValueError:
        return ""
