"""Actions that earn: what each gives, how often, and what it has given so far (PT-5)."""

import json
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from loyalty_site.kernel.badges import badge
from loyalty_site.kernel.number_fields import IntegerField
from loyalty_site.kernel.service_admin import ServiceAdmin
from loyalty_site.kernel.texts import number_text
from points import services
from points.models import EarningAction
from points.queries import ActionUse, action_uses


class ActionForm(forms.Form):
    code = forms.SlugField(
        label=gettext_lazy("Code"),
        max_length=40,
        help_text=gettext_lazy("The shop reports the action by it, so it does not change: profile, review, share."),
    )
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=200, help_text=gettext_lazy("Customers see it in their points history.")
    )
    amount = IntegerField(label=gettext_lazy("Points for each"), min_value=1)
    life_days = forms.IntegerField(
        label=gettext_lazy("Points live, days"),
        required=False,
        min_value=1,
        help_text=gettext_lazy("Empty: as long as points for purchases."),
    )
    limit_per_customer = forms.IntegerField(
        label=gettext_lazy("Times per customer"),
        required=False,
        min_value=1,
        initial=1,
        help_text=gettext_lazy("Empty: every time."),
    )
    is_active = forms.BooleanField(label=gettext_lazy("Earns points now"), required=False, initial=True)


@admin.register(EarningAction)
class ActionAdmin(ServiceAdmin):
    service_form = ActionForm
    fixed_names = frozenset({"code"})
    page_template = "points/admin/action.html"
    search_fields = ["name", "code"]
    search_help_text = gettext_lazy("Name or code")
    ordering = ["name", "pk"]
    sortable_by = ()
    counted = ngettext_lazy("%(n)s action", "%(n)s actions", "n")

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return ["name", "code", "amount_shown", "limit", "state", *_use_columns()]

    def carry_out(self, request: HttpRequest, obj: Any, values: dict[str, Any]) -> EarningAction:
        return services.put_action(**values, is_new=obj is None)

    def page_context(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        if obj is None:
            return {}
        body = json.dumps({"action": obj.code, "reference": f"{obj.code}:77"})
        return {
            "use": action_uses().get(obj.code, ActionUse()),
            "call": (
                f"curl -X POST {settings.PUBLIC_URL}/api/v1/customers/CUSTOMER_ID/actions \\\n"
                f'  -H "Authorization: Bearer KEY" -H "Idempotency-Key: {obj.code}-77" \\\n'
                f"  -H \"Content-Type: application/json\" -d '{body}'"
            ),
        }

    @admin.display(description=gettext_lazy("points for each"))
    def amount_shown(self, obj: EarningAction) -> str:
        return number_text(obj.amount)

    @admin.display(description=gettext_lazy("times per customer"))
    def limit(self, obj: EarningAction) -> str:
        return _("no limit") if obj.limit_per_customer is None else number_text(obj.limit_per_customer)

    @admin.display(description=gettext_lazy("state"))
    def state(self, obj: EarningAction) -> SafeString:
        return badge("good", _("earns")) if obj.is_active else badge("", _("off"))


def _use_columns() -> list[Any]:
    """Columns made for one page, so that the uses of all actions are read once."""
    found: dict[str, ActionUse] = {}

    def use(obj: EarningAction) -> ActionUse:
        if not found:
            found.update(action_uses() or {"": ActionUse()})
        return found.get(obj.code, ActionUse())

    @admin.display(description=gettext_lazy("times earned"))
    def times(obj: EarningAction) -> str:
        return number_text(use(obj).times)

    @admin.display(description=gettext_lazy("points given"))
    def given(obj: EarningAction) -> str:
        return number_text(use(obj).points)

    return [times, given]
