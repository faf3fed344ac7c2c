"""Admin of objects that are written by services: a plain form, one service call, refusals beside the fields."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from loyalty_site.kernel.backoffice import ShopAdmin, attempt_form, page
from loyalty_site.kernel.keys import key_of


class ServiceAdmin(ShopAdmin):
    """Give `service_form`, `initial_of` and `carry_out`. Without the right to change, the fields are shown disabled."""

    service_form: ClassVar[type[forms.Form]]
    page_template = "backoffice/object_form.html"
    fixed_names: ClassVar[frozenset[str]] = frozenset()
    # Fields that a link to the page of a new object may fill in beforehand.
    asked_names: ClassVar[frozenset[str]] = frozenset()

    def initial_of(self, obj: Any) -> dict[str, Any]:
        return {name: getattr(obj, name) for name in self.service_form.base_fields}

    def carry_out(self, request: HttpRequest, obj: Any, values: dict[str, Any]) -> Any:
        """The service call. `obj` is None for a new one. Returns the object made or changed."""
        raise NotImplementedError

    def page_context(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        return {}

    def queryset_for_page(self, request: HttpRequest) -> Any:
        return self.get_queryset(request)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        return self._form_view(request, None)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        if key_of(object_id) is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return self._form_view(request, get_object_or_404(self.queryset_for_page(request), pk=object_id))

    def _form_view(self, request: HttpRequest, obj: Any) -> HttpResponse:
        may_write = obj is None or self.has_change_permission(request, obj)
        if request.method == "POST" and not may_write:
            raise PermissionDenied
        form = self._form(request, obj, may_write)
        if request.method == "POST" and form.is_valid():
            saved = attempt_form(form, lambda: self.carry_out(request, obj, form.cleaned_data))
            if saved is not None:
                messages.success(request, _("Saved: %(name)s.") % {"name": saved})
                return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        return page(
            request,
            self.page_template,
            title=str(obj) if obj else _("New: %(name)s") % {"name": self.opts.verbose_name},
            status=422 if form.errors else 200,
            opts=self.opts,
            form=form,
            original=obj,
            may_write=may_write,
            **self.page_context(request, obj),
        )

    def _form(self, request: HttpRequest, obj: Model | None, may_write: bool) -> forms.Form:
        sent = request.POST if request.method == "POST" else None
        asked = {name: request.GET[name] for name in self.asked_names if name in request.GET}
        form = self.service_form(sent, initial=self.initial_of(obj) if obj else asked, label_suffix="")
        for name, field in form.fields.items():
            if not may_write or (obj is not None and name in self.fixed_names):
                field.disabled = True
        return form
