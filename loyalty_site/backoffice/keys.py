"""Keys of integrations: made here and shown once, revoked here, never deleted."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from loyalty_site.apikeys import create_api_key, revoke_api_key
from loyalty_site.kernel.backoffice import attempt, attempt_form, page, staff_page
from loyalty_site.kernel.badges import badge
from loyalty_site.kernel.service_admin import ServiceAdmin
from loyalty_site.kernel.texts import moment_text
from loyalty_site.models import ApiKey, Scope


class ApiKeyForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=100, help_text=gettext_lazy("Which integration uses the key.")
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What the key may do"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )


@admin.register(ApiKey)
class ApiKeyAdmin(ServiceAdmin):
    service_form = ApiKeyForm
    page_template = "backoffice/api_key.html"
    list_display = ("name", "beginning", "scopes_shown", "created", "state")
    ordering = ("-pk",)
    sortable_by = ()
    counted = ngettext_lazy("%(n)s key", "%(n)s keys", "n")

    def get_urls(self) -> list[URLPattern]:
        return [path("<int:key_id>/revoke/", revoke, name="loyalty_site_apikey_revoke"), *super().get_urls()]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """The key is on the answer to the very request that makes it, and nowhere else."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ApiKeyForm(request.POST if request.method == "POST" else None, label_suffix="")
        made = None
        if request.method == "POST" and form.is_valid():
            values = form.cleaned_data
            made = attempt_form(form, lambda: create_api_key(name=values["name"], scopes=values["scopes"]))
        return page(
            request,
            self.page_template,
            title=_("New API key"),
            status=422 if form.errors else 200,
            form=form,
            may_write=True,
            made=made,
        )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A key does not change once made; revoking has an address of its own."""
        return False

    def page_context(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        may_revoke = request.user.has_perm("loyalty_site.change_apikey") and obj.revoked_at is None
        return {"may_revoke": may_revoke}

    @admin.display(description=gettext_lazy("begins with"))
    def beginning(self, obj: ApiKey) -> str:
        return f"{obj.prefix}…"

    @admin.display(description=gettext_lazy("may"))
    def scopes_shown(self, obj: ApiKey) -> str:
        return ", ".join(str(Scope(scope).label) for scope in obj.scopes)

    @admin.display(description=gettext_lazy("created"))
    def created(self, obj: ApiKey) -> str:
        return moment_text(obj.created_at)

    @admin.display(description=gettext_lazy("state"))
    def state(self, obj: ApiKey) -> SafeString:
        return badge("bad", _("revoked")) if obj.revoked_at else badge("good", _("works"))


@staff_page("loyalty_site.change_apikey")
def revoke(request: HttpRequest, key_id: int) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if attempt(request, lambda: revoke_api_key(pk=key_id, now=timezone.now())):
        messages.success(request, _("The key is revoked: requests with it are refused from now on."))
    return redirect("admin:loyalty_site_apikey_changelist")
