"""The form of an ambassador: who, on what terms, within which limits."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from customers.queries import find_customer
from loyalty_site.kernel.number_fields import DecimalField, IntegerField
from referrals.models import Ambassador
from referrals.rules import AmbassadorTerms


def _count(label: Any, help_text: Any, least: int = 0) -> forms.IntegerField:
    return IntegerField(
        label=label,
        help_text=help_text,
        required=False,
        min_value=least,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )


class AmbassadorForm(forms.Form):
    """`found` is the customer that was named, when the form is valid."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=200,
        help_text=gettext_lazy(
            "A partner's is shown on the page that the link leads to; a customer's own name is not."
        ),
    )
    customer = forms.CharField(
        label=gettext_lazy("Customer"),
        help_text=gettext_lazy("E-mail, phone or number. Empty: a partner without an account, paid in money."),
        required=False,
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = forms.CharField(
        label=gettext_lazy("E-mail of the partner"),
        help_text=gettext_lazy("For yourselves: nothing is sent to it."),
        required=False,
        max_length=254,
    )
    code = forms.CharField(
        label=gettext_lazy("Code of the link"),
        help_text=gettext_lazy(
            "6 to 20 Latin letters and digits, but not 8. Empty: one is drawn. It stays once people have come by it."
        ),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    rate_type = forms.ChoiceField(label=gettext_lazy("Earns"), choices=Ambassador.RateType.choices)
    rate = DecimalField(
        label=gettext_lazy("How much"),
        help_text=gettext_lazy("Points or roubles for an order, or a percent of its goods."),
        max_digits=12,
        decimal_places=2,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    paid_in = forms.ChoiceField(
        label=gettext_lazy("Paid in"),
        choices=Ambassador.PaidIn.choices,
        help_text=gettext_lazy("Points come to the account by themselves. Money you settle by the monthly statement."),
    )
    every_order = forms.BooleanField(
        label=gettext_lazy("For every order of a friend, not only for the first"), required=False
    )
    period_days = _count(
        gettext_lazy("For how long, days"),
        gettext_lazy("From the friend's registration; for every order only."),
        least=1,
    )
    day_limit = _count(gettext_lazy("Friends a day"), gettext_lazy("Empty: as in the programme."))
    month_limit = _count(gettext_lazy("Friends a month"), gettext_lazy("Empty: as in the programme."))
    is_active = forms.BooleanField(
        label=gettext_lazy("Active"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Otherwise the link brings nobody any more; what friends of before earn goes on."),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    renamed = {"customer_id": "customer"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.found: Customer | None = None

    @property
    def parts(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields under their headings."""
        names = [
            (_("Who"), ("name", "customer", "email", "code")),
            (_("What is earned"), ("rate_type", "rate", "paid_in", "every_order", "period_days")),
            (_("Limits"), ("day_limit", "month_limit", "is_active", "note")),
        ]
        return [(title, [self[name] for name in fields]) for title, fields in names]

    def clean_customer(self) -> str:
        typed = str(self.cleaned_data["customer"]).strip()
        if typed:
            self.found = find_customer(typed)
            if self.found is None:
                raise forms.ValidationError(_("No customer has this e-mail, phone or number."))
        return typed

    def terms(self) -> AmbassadorTerms:
        """Call when the form is valid."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "customer"}
        text = {name: str(values[name]).strip() for name in ("name", "email", "note")}
        return AmbassadorTerms(**{**values, **text}, customer_id=self.found.pk if self.found else None)


def initial_of(ambassador: Ambassador) -> dict[str, Any]:
    customer = ambassador.customer
    named = (customer.email or customer.phone or f"№{customer.pk}") if customer else ""
    names = [name for name in AmbassadorForm.base_fields if name != "customer"]
    return {**{name: getattr(ambassador, name) for name in names}, "customer": named}
