"""The settings of the programme: one form, one row."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import customers.queries
from customers import services
from customers.models import Programme
from loyalty_site.kernel.backoffice import attempt_form, page, staff_page
from loyalty_site.kernel.number_fields import DecimalField, IntegerField


def _count(label: Any, help_text: Any = "", *, required: bool = True, least: int = 0) -> forms.IntegerField:
    return IntegerField(
        label=label,
        help_text=help_text,
        required=required,
        min_value=least,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )


def _number(label: Any, help_text: Any = "", *, required: bool = True, digits: int = 5) -> forms.DecimalField:
    return DecimalField(
        label=label,
        help_text=help_text,
        required=required,
        min_value=0,
        max_digits=digits,
        decimal_places=2,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )


class ProgrammeForm(forms.Form):
    percent_policy = forms.ChoiceField(
        label=gettext_lazy("A percent code and the discount the customer already has"),
        choices=Programme.PercentPolicy.choices,
    )
    sale_goods_excluded = forms.BooleanField(
        label=gettext_lazy("Codes skip goods with a struck-through price"), required=False
    )
    unpaid_order_ttl_minutes = forms.IntegerField(
        label=gettext_lazy("Unpaid orders live, minutes"),
        help_text=gettext_lazy("Then they are cancelled and the use of their code is free again."),
        min_value=1,
        max_value=100_000,
    )
    base_earn_percent = _number(gettext_lazy("Base cashback, %"))
    second_person_percent = _number(
        gettext_lazy("A second person activates percent codes above, %"),
        gettext_lazy("Empty: one person may make and activate any code."),
        required=False,
    )
    second_person_amount = _number(
        gettext_lazy("A second person activates fixed codes above, roubles"),
        gettext_lazy("Empty: one person may make and activate any code."),
        required=False,
        digits=12,
    )
    point_value = _number(
        gettext_lazy("A point pays, roubles"),
        gettext_lazy(
            "A change counts for orders placed from now on; what customers have is worth more or less at once."
        ),
        digits=8,
    )
    points_cap_percent = _number(
        gettext_lazy("Points pay at most, % of the goods"),
        gettext_lazy("After discounts; never the delivery. 0: points pay nothing."),
    )
    first_purchase_bonus = _count(
        gettext_lazy("Points for the first purchase"), gettext_lazy("Once per customer. 0: none.")
    )
    points_hold_days = _count(
        gettext_lazy("Earned points wait, days"),
        gettext_lazy("So that goods can come back first. 0: they may be spent at once."),
    )
    points_life_days = _count(
        gettext_lazy("Points live, days"),
        gettext_lazy("Points that are there already keep their end."),
        least=1,
    )
    points_grace_days = _count(
        gettext_lazy("Returned points live at least, days"),
        gettext_lazy("When an order is given back and the points it was paid with have expired meanwhile."),
    )
    second_person_points = _count(
        gettext_lazy("A second person confirms corrections above, points"),
        gettext_lazy("Empty: one person may correct any number."),
        required=False,
    )

    @property
    def parts(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields under their headings."""
        points = [name for name in self.fields if "point" in name or name in POINTS_TOO]
        rest = [name for name in self.fields if name not in points]
        return [
            (_("Promo codes and orders"), [self[name] for name in rest]),
            (_("Points"), [self[name] for name in points]),
        ]


POINTS_TOO = frozenset({"base_earn_percent", "first_purchase_bonus"})


@staff_page("customers.view_programme")
def settings_page(request: HttpRequest) -> HttpResponse:
    current = customers.queries.programme()
    initial = {name: getattr(current, name) for name in ProgrammeForm.base_fields}
    may_write = request.user.has_perm("customers.change_programme")
    form = ProgrammeForm(request.POST if request.method == "POST" else None, initial=initial, label_suffix="")
    if request.method == "POST":
        if not may_write:
            raise PermissionDenied
        if form.is_valid() and attempt_form(form, lambda: services.update_programme(changes=form.cleaned_data)):
            messages.success(request, _("The settings are saved."))
            return redirect("admin_programme")
    return page(
        request,
        "backoffice/programme.html",
        title=_("Programme settings"),
        status=422 if form.errors else 200,
        form=form,
        may_write=may_write,
    )
