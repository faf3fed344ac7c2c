"""What staff type about a customer."""

from datetime import timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy

from customers.models import Consent, Customer, CustomerTag, Tag, User
from loyalty_site.kernel.number_fields import DecimalField
from promocodes.rules import CodeSpec, period_from

MOST_CHOICES = 500
CODE_TYPES = [
    ("percent", gettext_lazy("percent off the order")),
    ("fixed", gettext_lazy("roubles off the order")),
    ("free_shipping", gettext_lazy("free delivery")),
    ("cashback", gettext_lazy("percent in points")),
]
CODE_DAYS = 30


def _day(label: Any, **given: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, input_formats=["%Y-%m-%d", "%d.%m.%Y"], **given)


class CustomerForm(forms.Form):
    first_name = forms.CharField(label=gettext_lazy("First name"), max_length=100, required=False)
    last_name = forms.CharField(label=gettext_lazy("Last name"), max_length=100, required=False)
    email = forms.CharField(label=gettext_lazy("E-mail"), max_length=254, required=False)
    phone = forms.CharField(
        label=gettext_lazy("Phone"), max_length=32, required=False, help_text=gettext_lazy("In any spelling.")
    )
    birthday = _day(gettext_lazy("Birthday"), required=False)
    external_id = forms.CharField(label=gettext_lazy("External id"), max_length=64, required=False)
    consents = forms.MultipleChoiceField(
        label=gettext_lazy("Consents"),
        choices=Consent.Purpose.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Tick only what the customer has agreed to."),
    )


class NoteForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("New note"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Write the note.")},
    )
    is_pinned = forms.BooleanField(label=gettext_lazy("Keep on top"), required=False)


class TagForm(forms.Form):
    tag = forms.TypedChoiceField(
        label=gettext_lazy("Tag"),
        coerce=int,
        error_messages={"required": gettext_lazy("Choose a tag.")},
    )

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        worn = CustomerTag.objects.filter(customer=customer).values("tag")
        free = Tag.objects.exclude(pk__in=worn).order_by("name").values_list("pk", "name")[:MOST_CHOICES]
        self.fields["tag"].choices = [("", gettext_lazy("Add a tag…")), *free]  # type: ignore[attr-defined]


class ManagerForm(forms.Form):
    manager = forms.TypedChoiceField(
        label=gettext_lazy("Personal manager"), coerce=int, empty_value=None, required=False
    )

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", initial={"manager": customer.manager_id}, **kwargs)
        staff = User.objects.filter(is_staff=True, is_active=True).order_by("email")[:MOST_CHOICES]
        known = {user.pk: str(user) for user in staff}
        if customer.manager:
            # Somebody who has left stays until another is chosen.
            known.setdefault(customer.manager.pk, str(customer.manager))
        self.fields["manager"].choices = [("", gettext_lazy("nobody")), *known.items()]  # type: ignore[attr-defined]


class CodeForm(forms.Form):
    renamed = MappingProxyType({"ends_at": "ends_on", "starts_at": "ends_on"})

    type = forms.ChoiceField(label=gettext_lazy("What it gives"), choices=CODE_TYPES, initial="percent")
    value = DecimalField(
        label=gettext_lazy("How much"),
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=2,
        localize=True,
        help_text=gettext_lazy("Per cent or roubles; free delivery has none."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    minimum_order = DecimalField(
        label=gettext_lazy("Order from, roubles"),
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=2,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    ends_on = _day(gettext_lazy("Last day"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        last = timezone.localdate() + timedelta(days=CODE_DAYS)
        super().__init__(*args, label_suffix="", initial={"ends_on": last}, **kwargs)

    def spec(self, customer: Customer) -> CodeSpec:
        """Good from today, for one use. Raises `InvalidInput` for a last day that is over. Call when valid."""
        values = self.cleaned_data
        zone = ZoneInfo(settings.TIME_ZONE)
        starts_at, ends_at = period_from(starts_on=timezone.localdate(), ends_on=values["ends_on"], zone=zone)
        return CodeSpec(
            type=values["type"],
            value=values["value"],
            minimum_order=values["minimum_order"],
            starts_at=starts_at,
            ends_at=ends_at,
            max_uses=1,
            customer=customer.public_id,
        )
