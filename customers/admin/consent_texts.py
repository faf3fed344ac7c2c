"""The texts of consents: administrators write a new version, the old ones stay to be read (CU-2)."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext_lazy

from customers.models import Consent, ConsentText
from customers.services import put_consent_text
from loyalty_site.kernel.service_admin import ServiceAdmin
from loyalty_site.kernel.texts import moment_text


class ConsentTextForm(forms.Form):
    purpose = forms.ChoiceField(label=gettext_lazy("What for"), choices=Consent.Purpose.choices)
    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("As the customer will read it. Consents given before keep the text they were given to."),
    )
    text_en = forms.CharField(
        label=gettext_lazy("Text in English"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 6})
    )


@admin.register(ConsentText)
class ConsentTextAdmin(ServiceAdmin):
    service_form = ConsentTextForm
    list_display = ["purpose", "version", "text", "since", "written_by"]
    list_filter = ["purpose"]
    ordering = ["purpose", "-version"]
    sortable_by = ()
    counted = ngettext_lazy("%(n)s text", "%(n)s texts", "n")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def carry_out(self, request: HttpRequest, obj: Any, values: dict[str, Any]) -> ConsentText:
        return put_consent_text(**values, by=request.user, now=timezone.now())  # type: ignore[arg-type]

    @admin.display(description=gettext_lazy("in force since"))
    def since(self, obj: ConsentText) -> str:
        return moment_text(obj.written_at)
