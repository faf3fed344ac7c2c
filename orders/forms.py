"""Forms of the storefront: they check what was typed and hand over plain values."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.rules import normalised_email, normalised_phone
from orders.models import DeliveryMethod

LIVE = {"data-live": True}


class CheckoutForm(forms.Form):
    """Contact and delivery. With `is_placing` False nothing is required: the total is shown on the way, too."""

    name = forms.CharField(
        label=pgettext_lazy("person", "Name"),
        max_length=200,
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    email = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        widget=forms.EmailInput({"autocomplete": "email", "inputmode": "email", **LIVE}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel", "inputmode": "tel", **LIVE}),
    )
    delivery = forms.ChoiceField(error_messages={"required": _("Choose how to deliver.")})
    address = forms.CharField(
        label=_("Address"),
        max_length=500,
        required=False,
        widget=forms.TextInput({"autocomplete": "street-address"}),
    )

    def __init__(self, *args: Any, methods: list[DeliveryMethod], is_placing: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.methods = {method.code: method for method in methods}
        self.is_placing = is_placing
        delivery = self.fields["delivery"]
        if isinstance(delivery, forms.ChoiceField):
            delivery.choices = [(method.code, method.name) for method in methods]
        if not is_placing:
            for field in self.fields.values():
                field.required = False

    def clean_email(self) -> str:
        typed = self.cleaned_data["email"]
        try:
            return normalised_email(typed) if typed else ""
        except ValueError:
            raise forms.ValidationError(_("Check the address: it looks like name@example.com.")) from None

    def clean_phone(self) -> str:
        typed = self.cleaned_data["phone"]
        try:
            return normalised_phone(typed, settings.PHONENUMBER_DEFAULT_REGION) if typed else ""
        except ValueError:
            raise forms.ValidationError(_("Check the number: it looks like +7 912 345-67-89.")) from None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.is_placing:
            return cleaned
        if not self.errors.keys() & {"email", "phone"} and not cleaned.get("email") and not cleaned.get("phone"):
            self.add_error("email", _("Leave an e-mail address or a phone number."))
        method = self.methods.get(cleaned.get("delivery", ""))
        if method and method.needs_address and not cleaned.get("address", "").strip():
            self.add_error("address", _("Tell where to deliver."))
        return cleaned

    @property
    def method(self) -> DeliveryMethod | None:
        """The delivery chosen, or the first one offered."""
        typed = self["delivery"].value()
        return self.methods.get(typed) or next(iter(self.methods.values()), None)


class LineForm(forms.Form):
    """A quantity of one product in plain digits; 0 takes it out of the basket."""

    quantity = forms.RegexField(r"^[0-9]{1,3}$")
