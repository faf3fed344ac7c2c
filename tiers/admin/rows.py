"""Rows of a form that grow by a button, without JavaScript: what was typed so far stays."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict

from loyalty_site.kernel.errors import DomainError, InvalidInput
from loyalty_site.kernel.keys import key_of
from loyalty_site.kernel.number_fields import DecimalField

MOST_ROWS = 50
ROW_FIELD = re.compile(r"\.(?P<row>\d+)(?:\.(?P<name>\w+))?$")


class SumField(DecimalField):
    """Roubles."""

    def __init__(self, label: Any, *, required: bool = True, help_text: Any = "") -> None:
        super().__init__(
            label=label,
            help_text=help_text,
            required=required,
            min_value=0,
            max_digits=12,
            decimal_places=2,
            localize=True,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        )


class PercentField(DecimalField):
    def __init__(self, label: Any, *, required: bool = True, help_text: Any = "") -> None:
        super().__init__(
            label=label,
            help_text=help_text,
            required=required,
            min_value=0,
            max_value=100,
            max_digits=5,
            decimal_places=2,
            localize=True,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        )


class RowSet(forms.BaseFormSet):
    """Rows left empty are no rows."""

    absolute_max = MOST_ROWS * 2

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "label_suffix": ""}

    @property
    def given(self) -> list[forms.Form]:
        """The valid rows that hold something."""
        return [form for form in self.forms if form.is_valid() and form.has_changed() and form.cleaned_data]


def row_set(form: type[forms.Form], *, extra: int = 0) -> Any:
    return forms.formset_factory(form, formset=RowSet, extra=extra, max_num=MOST_ROWS, validate_max=True)


def plain(value: Any) -> Any:
    """A sum or a percent as people type it: without zeros behind the comma."""
    if isinstance(value, Decimal):
        return value.quantize(Decimal(1)) if value == value.to_integral_value() else value
    return value


def typed_rows(form: type[forms.Form], data: QueryDict, prefix: str) -> list[dict[str, Any]]:
    """What stands in the fields of each row, as text, however wrong."""
    rows = range(min(key_of(data.get(f"{prefix}-TOTAL_FORMS")) or 0, MOST_ROWS))
    return [{name: data.get(f"{prefix}-{row}-{name}", "") for name in form.base_fields} for row in rows]


def place(refusal: DomainError, rows: Sequence[forms.Form], whole: forms.Form | None = None) -> list[str]:
    """Put each sentence beside the field of the row it names (`tiers.2.name`), or of the form `whole` (`basis`).

    What names no field is returned. `rows` are in the order the service was asked.
    """
    errors = refusal.errors if isinstance(refusal, InvalidInput) else []
    unplaced = [] if errors else [str(refusal)]
    for error in errors:
        found = ROW_FIELD.search(error.field)
        form = rows[int(found["row"])] if found and int(found["row"]) < len(rows) else whole
        name = str(found["name"]) if found else error.field
        if form is not None and name in form.fields:
            form.add_error(name, str(error.detail))
        else:
            unplaced.append(str(error.detail))
    return unplaced
