"""Forms of the account."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.services.errors import ConsentTextChanged


class ProfileForm(forms.Form):
    """Name, phone, birthday and the consent to e-mails; the service checks and normalises them.

    `words` are those of the consent, in `version`: what is agreed to is what stands beside the tick (CU-2).
    """

    first_name = forms.CharField(
        label=_("First name"),
        max_length=100,
        required=False,
        widget=forms.TextInput({"autocomplete": "given-name"}),
    )
    last_name = forms.CharField(
        label=_("Last name"),
        max_length=100,
        required=False,
        widget=forms.TextInput({"autocomplete": "family-name"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    birthday = forms.DateField(
        label=_("Birthday"),
        required=False,
        widget=forms.DateInput({"type": "date", "autocomplete": "bday"}, format="%Y-%m-%d"),
    )
    takes_emails = forms.BooleanField(required=False)

    def __init__(self, *args: Any, words: str, version: str, **options: Any) -> None:
        super().__init__(*args, **options)
        show_words(self, "takes_emails", words, version)

    def clean(self) -> dict[str, Any] | None:
        refuse_old_words(self, "takes_emails")
        return super().clean()


def show_words(form: forms.Form, name: str, words: str, version: str) -> None:
    """The tick `name` stands beside these words of a consent; its value says which version they are (CU-2)."""
    form.fields[name].label = words
    form.fields[name].widget.attrs["value"] = version


def refuse_old_words(form: forms.Form, name: str) -> None:
    """Who ticked other words than those in force is shown these, without his tick. An error of the field."""
    if form.data.get(name, "") not in {"", "on", form.fields[name].widget.attrs["value"]}:
        form.data = form.data.copy()
        form.data.pop(name)
        form.add_error(name, str(ConsentTextChanged.message))
