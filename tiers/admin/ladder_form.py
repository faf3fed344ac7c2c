"""The form of the whole ladder: its settings and a row for each tier."""

from dataclasses import fields
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.errors import DomainError
from tiers.admin.rows import PercentField, SumField, place, plain, row_set, typed_rows
from tiers.models import Ladder, Tier
from tiers.rules import Basis, LadderSpec, TierSpec

PREFIX = "tier"
COUNTED = {Basis.SPEND: "threshold_amount", Basis.ORDERS: "threshold_orders"}


class LadderForm(forms.Form):
    basis = forms.ChoiceField(label=_("Tiers are reached by"), choices=Ladder.Basis.choices, widget=forms.RadioSelect)
    window_days = forms.IntegerField(
        label=_("Counted over the last, days"),
        help_text=_("Purchases older than this no longer count."),
        min_value=1,
        max_value=3660,
    )
    grace_days = forms.IntegerField(
        label=_("Grace, days"),
        help_text=_("Whoever no longer reaches his tier is told and keeps it for so long."),
        min_value=0,
        max_value=366,
    )


class TierForm(forms.Form):
    """`saved` marks a tier that is there already: its code is fixed. `leaves` takes it off the ladder."""

    saved = forms.BooleanField(required=False, widget=forms.HiddenInput)
    code = forms.SlugField(
        label=_("Code"), max_length=40, help_text=_("Small Latin letters and digits. Fixed once saved.")
    )
    name = forms.CharField(label=_("Name"), max_length=60)
    name_en = forms.CharField(label=_("Name in English"), max_length=60, required=False)
    threshold_amount = SumField(_("From, roubles"), required=False)
    threshold_orders = forms.IntegerField(
        label=_("From, orders"),
        required=False,
        min_value=0,
        max_value=1_000_000,
        widget=forms.NumberInput(attrs={"min": 0}),
    )
    cashback_percent = PercentField(_("Cashback, %"), required=False)
    discount_percent = PercentField(_("Discount, %"), required=False)
    ships_free = forms.BooleanField(label=_("Free delivery"), required=False)
    has_manager = forms.BooleanField(label=_("Personal manager"), required=False)
    has_early_access = forms.BooleanField(label=_("Early access to closed sales"), required=False)
    leaves = forms.BooleanField(label=_("Take off the ladder"), required=False)

    @property
    def is_saved(self) -> bool:
        return str(self["saved"].value()) in {"True", "on", "1"}

    @property
    def title(self) -> str:
        return str(self["name"].value() or "")


TierRows = row_set(TierForm)


class LadderEditor:
    """The settings' form and the tiers' rows together, as loaded or as typed."""

    def __init__(self, settings: LadderForm, rows: Any) -> None:
        self.settings, self.rows = settings, rows
        self.unplaced: list[str] = []

    @classmethod
    def loaded(cls, ladder: Any) -> "LadderEditor":
        initial = {name: getattr(ladder, name) for name in LadderForm.base_fields}
        return cls(LadderForm(initial=initial, label_suffix=""), _rows([tier_initial(tier) for tier in ladder.tiers]))

    @classmethod
    def sent(cls, data: QueryDict) -> "LadderEditor":
        return cls(LadderForm(data, label_suffix=""), TierRows(data, prefix=PREFIX))

    @classmethod
    def grown(cls, data: QueryDict, row: dict[str, Any]) -> "LadderEditor":
        """Everything typed, unjudged, and one row more."""
        typed = {name: data.get(name, "") for name in LadderForm.base_fields}
        rows = _rows([*typed_rows(TierForm, data, PREFIX), row])
        return cls(LadderForm(initial=typed, label_suffix=""), rows)

    def is_valid(self) -> bool:
        # Both are asked, so that all faults are shown at once.
        valid = [self.settings.is_valid(), self.rows.is_valid()]
        return all(valid)

    @property
    def has_errors(self) -> bool:
        return bool(self.settings.errors or self.rows.total_error_count())

    def spec(self) -> LadderSpec:
        """What a valid form asks for, lowest tier first by what counts."""
        values = self.settings.cleaned_data
        return LadderSpec(
            basis=values["basis"],
            window_days=values["window_days"],
            grace_days=values["grace_days"],
            tiers=tuple(_tier_spec(row.cleaned_data) for row in self._asked()),
        )

    def place(self, refusal: DomainError) -> None:
        """Put what a service refuses beside its field."""
        self.unplaced = place(refusal, self._asked(), self.settings)

    def _asked(self) -> list[TierForm]:
        """The rows that shall be on the ladder, in the order of the spec; who has no threshold comes last."""
        counted = COUNTED[Basis(self.settings.cleaned_data["basis"])]
        rows = [row for row in self.rows.given if not row.cleaned_data["leaves"]]

        def height(row: TierForm) -> tuple[bool, Decimal]:
            value = row.cleaned_data[counted]
            return value is None, Decimal(value or 0)

        return sorted(rows, key=height)


def tier_initial(tier: Tier) -> dict[str, Any]:
    values = {name: plain(getattr(tier, name)) for name in TierForm.base_fields if hasattr(tier, name)}
    return {**values, "saved": True}


def _rows(initial: list[dict[str, Any]]) -> Any:
    return TierRows(prefix=PREFIX, initial=initial)


def _tier_spec(values: dict[str, Any]) -> TierSpec:
    terms = {field.name: values[field.name] for field in fields(TierSpec)}
    return TierSpec(**{**terms, "discount_percent": values["discount_percent"] or Decimal(0)})
