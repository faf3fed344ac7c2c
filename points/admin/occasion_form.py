"""The form of an occasion: what it gives, when, to whom, and what the letter says."""

from datetime import date
from typing import Any

from babel.dates import get_month_names
from django import forms
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext_lazy as _

from customers.models import Segment
from loyalty_site.kernel.number_fields import IntegerField
from points.admin.correction_form import MOST
from points.models import Occasion
from points.rules.occasions import MOST_BEFORE, MOST_KNOWN, MOST_LATE, OccasionTerms


def _months() -> list[tuple[Any, Any]]:
    """January to December as they stand after a day."""
    names = get_month_names("wide", context="format", locale=to_locale(get_language() or "ru").partition("_")[0])
    return [("", "—"), *names.items()]


def _whole(label: Any, least: int, most: int, help_text: Any = "", **given: Any) -> IntegerField:
    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    return IntegerField(label=label, min_value=least, max_value=most, help_text=help_text, widget=widget, **given)


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget, help_text=help_text)


class OccasionForm(forms.Form):
    renamed = {"segment_id": "segment", "month": "day"}

    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("Customers see it in their points history and in the letter.")
    )
    kind = forms.ChoiceField(label=_("Occasion"), choices=Occasion.Kind.choices)
    holiday = forms.ChoiceField(
        label=_("Holiday"), required=False, choices=[("", "—"), *Occasion.PublicHoliday.choices]
    )
    day = _whole(_("Day of the month"), 1, 31, required=False)
    month = forms.TypedChoiceField(label=_("Month"), required=False, choices=_months, coerce=int, empty_value=None)
    on_date = _day(_("Or one date only"), _("Then it comes once. Empty: every year on the day and month."))
    amount = _whole(_("Points for each customer"), 1, MOST)
    life_days = _whole(_("Points live, days"), 1, 3650, _("Empty: as long as points for purchases."), required=False)
    segment = forms.ModelChoiceField(
        label=_("For whom"),
        required=False,
        empty_label=_("all customers"),
        queryset=Segment.objects.filter(archived_at=None).order_by("name", "pk"),
    )
    days_before = _whole(
        _("Given so many days before"), 0, MOST_BEFORE, _("0: on the day itself."), required=False, initial=0
    )
    days_late = _whole(
        _("May be late by, days"),
        0,
        MOST_LATE,
        _("What the worker has missed it gives until so many days after the day, and nothing later."),
        required=False,
        initial=7,
    )
    known_days = _whole(
        _("The birthday is known for, days"),
        0,
        MOST_KNOWN,
        _(
            "Some people enter today as their birthday when they register. With 14 the gift comes this year only"
            " to those who told it two weeks before; 0 asks for nothing."
        ),
        required=False,
        initial=0,
    )
    starts_on = _day(_("First day"), _("Days of the occasion before it bring nothing."))
    ends_on = _day(_("Last day"), _("Empty: until it is switched off."))
    subject = forms.CharField(
        label=_("Heading of the letter"), max_length=120, required=False, help_text=_("Empty: the usual words.")
    )
    greeting = forms.CharField(
        label=_("Greeting"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Plain text, as you write it; how many points and until when is added by itself."),
    )

    @property
    def of_kinds(self) -> dict[str, str]:
        """Kinds that ask for the field."""
        return {"holiday": "public", "day": "own", "month": "own", "on_date": "own", "known_days": "birthday"}

    @property
    def values(self) -> dict[str, Any]:
        """What the service is given."""
        values = dict(self.cleaned_data)
        segment = values.pop("segment", None)
        return {**values, "segment_id": segment.pk if segment else None}

    def terms(self) -> OccasionTerms | None:
        """As far as what is typed makes sense, for the preview."""
        values = self.cleaned_data
        kind, month, day, on_date = (values.get(name) for name in ("kind", "month", "day", "on_date"))
        if not kind or (kind == "public" and not values.get("holiday")) or not values.get("amount"):
            return None
        if kind == "own" and not on_date:
            try:
                date(2028, month or 0, day or 0)
            except ValueError:
                return None
        return OccasionTerms(
            kind=kind,
            amount=values["amount"],
            holiday=values.get("holiday") or "" if kind == "public" else "",
            month=month if kind == "own" and not on_date else None,
            day=day if kind == "own" and not on_date else None,
            on_date=on_date if kind == "own" else None,
            segment_id=values["segment"].pk if values.get("segment") else None,
            days_before=values.get("days_before") or 0,
            days_late=values.get("days_late") or 0,
            known_days=(values.get("known_days") or 0) if kind == "birthday" else 0,
            starts_on=values.get("starts_on"),
            ends_on=values.get("ends_on"),
        )
