"""The editor's form: one field for each term. Which of them a type has, and what is frozen, is decided here."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.queries import find_customer
from loyalty_site.kernel.number_fields import DecimalField
from promocodes.models import Campaign, CodeType
from promocodes.rules import end_of, start_of
from promocodes.rules.spec import PERCENTS

TYPES_IN_ORDER = (CodeType.PERCENT, CodeType.FIXED, CodeType.FREE_SHIPPING, CodeType.CASHBACK)

# PC-5, PC-6: a fixed amount and free delivery have no scope, free delivery has no value.
FIELDS_OF_TYPE: dict[str, frozenset[str]] = {
    CodeType.PERCENT: frozenset({"value", "categories"}),
    CodeType.CASHBACK: frozenset({"value", "categories"}),
    CodeType.FIXED: frozenset({"value"}),
    CodeType.FREE_SHIPPING: frozenset(),
}
FIELDS_OF_SOME_TYPES = frozenset({"value", "categories"})


def _day_field(label: Any, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=help_text, widget=widget, input_formats=["%Y-%m-%d", "%d.%m.%Y"])


def _sum_field(label: Any, help_text: Any = "", *, required: bool = False) -> forms.DecimalField:
    return DecimalField(
        label=label,
        help_text=help_text,
        required=required,
        min_value=0,
        max_digits=12,
        decimal_places=2,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )


def _count_field(label: Any, help_text: Any = "") -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"min": 1})
    return forms.IntegerField(
        label=label, help_text=help_text, required=False, min_value=1, max_value=2_147_483_647, widget=widget
    )


class TermsForm(forms.Form):
    """Validates shapes; what makes sense together is the service's to refuse, beside the field it belongs to."""

    renamed = MappingProxyType({"starts_at": "starts_on", "ends_at": "ends_on"})

    type = forms.ChoiceField(label=_("Type"), choices=CodeType.choices, widget=forms.RadioSelect)
    value = _sum_field(_("Value"))
    categories = forms.MultipleChoiceField(
        label=_("On which goods"),
        help_text=_("Nothing ticked: on the whole order. A category includes those below it."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    required_categories = forms.MultipleChoiceField(
        label=_("The order must hold goods of"),
        help_text=_("At least one of the ticked categories. Nothing ticked: no condition."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    minimum_order = _sum_field(_("Order from, roubles"), _("Goods at current prices, without delivery."))
    starts_on = _day_field(_("First day"))
    ends_on = _day_field(_("Last day"), _("The code works on both days, in the shop's time zone."))
    max_uses = _count_field(_("Uses in all"), _("Empty: any number."))
    max_uses_per_customer = _count_field(_("Uses per customer"), _("Empty: any number."))
    first_order_only = forms.BooleanField(label=_("Only on a customer's first order"), required=False)
    segment = forms.ChoiceField(label=_("Only for the segment"), required=False)
    tier = forms.ChoiceField(label=_("From the tier up"), help_text=_("This tier and those above it."), required=False)
    customer = forms.CharField(
        label=_("For one customer only"),
        help_text=_("E-mail, phone or number. Empty: for everybody."),
        required=False,
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    campaign = forms.CharField(
        label=_("Campaign"),
        help_text=_("Choose one or type the name of a new one."),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"list": "campaigns", "autocomplete": "off"}),
    )

    def __init__(
        self,
        *args: Any,
        categories: Sequence[tuple[str, str]],
        segments: Sequence[tuple[str, str]],
        tiers: Sequence[tuple[str, str]] = (),
        frozen: frozenset[str] = frozenset(),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.frozen = frozen
        for name in ("categories", "required_categories"):
            kept = [slug for slug in self.initial.get(name) or () if slug not in dict(categories)]
            self.fields[name].choices = [*categories, *((slug, slug) for slug in kept)]  # type: ignore[attr-defined]
        self.fields["segment"].choices = [("", _("everybody")), *segments]  # type: ignore[attr-defined]
        # A tier taken off the ladder stays with the codes that ask for it.
        kept = self.initial.get("tier") or ""
        gone = [(kept, kept)] if kept and kept not in dict(tiers) else []
        self.fields["tier"].choices = [("", _("everybody")), *tiers, *gone]  # type: ignore[attr-defined]
        for name in frozen:
            # A disabled field takes its initial value whatever is sent (PC-19).
            self.fields[name].disabled = True
        self.fields["value"].label = _("Discount, roubles") if self.chosen_type == CodeType.FIXED else self._percent()

    @property
    def chosen_type(self) -> str:
        if "type" in self.frozen:
            return str(self.initial["type"])
        chosen = self.data.get("type") if self.is_bound else self.initial.get("type")
        return str(chosen) if chosen in CodeType.values else CodeType.PERCENT

    @property
    def hidden_names(self) -> frozenset[str]:
        """Fields the chosen type does not have."""
        return FIELDS_OF_SOME_TYPES - FIELDS_OF_TYPE[self.chosen_type]

    @property
    def campaign_names(self) -> list[str]:
        return list(Campaign.objects.order_by("-pk").values_list("name", flat=True)[:200])

    def clean_customer(self) -> Customer | None:
        typed = str(self.cleaned_data["customer"]).strip()
        if not typed:
            return None
        found = find_customer(typed)
        if found is None:
            raise forms.ValidationError(_("No customer has this e-mail, phone or number."))
        return found

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for name in self.hidden_names:
            values[name] = [] if name == "categories" else None
            self.errors.pop(name, None)
        if "value" not in self.hidden_names and "value" not in self.errors and values.get("value") is None:
            self.add_error("value", _("Please give a value."))
        if self.chosen_type in PERCENTS and (values.get("value") or 0) > 100:
            self.add_error("value", _("A percent cannot be above 100."))
        first, last = values.get("starts_on"), values.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day is before the first."))
        return values

    def known_values(self) -> Mapping[str, Any]:
        """What is typed so far and makes sense, dates as half-open moments (M-4)."""
        self.is_valid()
        values = dict(self.cleaned_data)
        zone = timezone.get_current_timezone()
        first, last = values.pop("starts_on", None), values.pop("ends_on", None)
        values["starts_at"] = start_of(first, zone) if first else None  # type: ignore[arg-type]
        values["ends_at"] = end_of(last, zone) if last else None  # type: ignore[arg-type]
        return values

    def _percent(self) -> Any:
        return _("Cashback, %") if self.chosen_type == CodeType.CASHBACK else _("Discount, %")


def default_days(today: date) -> dict[str, date]:
    """A new code is offered from today to the end of the month, or of the next where few days are left."""
    end_of_month = _last_of_month(today)
    if (end_of_month - today).days < 7:
        end_of_month = _last_of_month(date.fromordinal(end_of_month.toordinal() + 1))
    return {"starts_on": today, "ends_on": end_of_month}


def _last_of_month(day: date) -> date:
    first_of_next = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return date.fromordinal(first_of_next.toordinal() - 1)
