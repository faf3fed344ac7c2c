"""The site's own part of the admin: staff accounts, API keys, the schedule, the doctor's reports."""

from datetime import timedelta
from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.forms import CheckboxSelectMultiple, ModelForm, ModelMultipleChoiceField
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, ngettext_lazy
from django_celery_beat.admin import PeriodicTaskAdmin as BeatPeriodicTaskAdmin
from django_celery_beat.models import PeriodicTask
from unfold.forms import AdminPasswordChangeForm

from customers.models import User
from loyalty_site.backoffice.keys import ApiKeyAdmin
from loyalty_site.kernel.backoffice import ReadOnlyAdmin, ShopAdmin
from loyalty_site.kernel.badges import badge
from loyalty_site.kernel.texts import moment_text
from loyalty_site.models import DoctorReport
from loyalty_site.roles import ROLE_NAMES

__all__ = ["ApiKeyAdmin", "DoctorReportAdmin", "ScheduleAdmin", "StaffAdmin"]

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

# Only what staff are meant to see stays registered; the libraries' own pages look and behave otherwise.
for _model, _registered in list(admin.site._registry.items()):
    if not isinstance(_registered, ShopAdmin):
        admin.site.unregister(_model)


class RoleField(ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(ROLE_NAMES.get(obj.name, obj.name))


class StaffForm(ModelForm):
    groups = RoleField(
        label=_("Roles"),
        queryset=Group.objects.filter(name__in=ROLE_NAMES).order_by("pk"),
        widget=CheckboxSelectMultiple,
        required=False,
        help_text=_("Without a role the account belongs to a customer and has no access to the back office."),
    )

    class Meta:
        model = User
        fields = ["email", "first_name", "last_name", "is_active", "groups"]
        labels = {"first_name": _("First name"), "last_name": _("Last name")}


@admin.register(User)
class StaffAdmin(ShopAdmin):
    """Accounts with a role. Signing in, passwords and second factors are allauth's."""

    form = StaffForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["email", "full_name", "roles", "is_active", "signed_in"]
    list_filter = [("groups", admin.RelatedOnlyFieldListFilter), "is_active"]
    search_fields = ["email", "first_name", "last_name"]
    search_help_text = _("E-mail or name")
    ordering = ["email", "pk"]
    counted = ngettext_lazy("%(n)s account", "%(n)s accounts", "n")
    fieldsets = [(None, {"fields": ["email", "first_name", "last_name", "is_active", "groups"]})]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(is_staff=True).prefetch_related("groups")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody without all rights may touch an account that has them."""
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        buttons = {"show_save_and_add_another": False, "show_save_and_continue": False}
        title = {} if object_id else {"title": _("New account of staff")}
        return super().changeform_view(request, object_id, form_url, {**buttons, **title, **(extra_context or {})})

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        obj.is_staff = bool(form.cleaned_data["groups"]) or obj.is_superuser
        super().save_model(request, obj, form, change)

    @admin.display(description=_("name"))
    def full_name(self, obj: User) -> str:
        return obj.get_full_name() or "—"

    @admin.display(description=_("roles"))
    def roles(self, obj: User) -> str:
        names = [str(ROLE_NAMES.get(group.name, group.name)) for group in obj.groups.all()]
        return ", ".join(names) or (str(_("everything")) if obj.is_superuser else "—")

    @admin.display(description=_("last sign-in"), ordering="last_login")
    def signed_in(self, obj: User) -> str:
        return moment_text(obj.last_login) if obj.last_login else "—"


@admin.register(DoctorReport)
class DoctorReportAdmin(ReadOnlyAdmin):
    list_display = ["ran", "took", "result"]
    ordering = ["-ran_at", "-pk"]
    counted = ngettext_lazy("%(n)s report", "%(n)s reports", "n")
    change_form_template = "backoffice/doctor_report.html"

    @admin.display(description=_("ran"), ordering="ran_at")
    def ran(self, obj: DoctorReport) -> str:
        return moment_text(obj.ran_at)

    @admin.display(description=_("took, s"))
    def took(self, obj: DoctorReport) -> str:
        return f"{obj.seconds:.1f}"

    @admin.display(description=_("result"))
    def result(self, obj: DoctorReport) -> SafeString:
        return badge("bad", _("there are findings")) if obj.findings else badge("good", _("all is well"))


def every_text(period: timedelta) -> str:
    """`every 5 minutes`, `every 24 hours`: the scheduler's own words have no Russian plurals."""
    minutes = max(1, round(period.total_seconds() / 60))
    if minutes % 60:
        return ngettext("every %(n)s minute", "every %(n)s minutes", minutes) % {"n": minutes}
    return ngettext("every %(n)s hour", "every %(n)s hours", minutes // 60) % {"n": minutes // 60}


@admin.register(PeriodicTask)
class ScheduleAdmin(BeatPeriodicTaskAdmin, ShopAdmin):
    """When the worker does what. Tasks come from the code; here they are paused and moved in time."""

    list_display = ["name", "when", "enabled", "last_run"]
    list_filter = ["enabled"]
    search_fields = ["name", "task"]
    search_help_text = _("Name")
    actions = None
    ordering = ["name", "pk"]
    counted = ngettext_lazy("%(n)s task", "%(n)s tasks", "n")
    fieldsets = [
        (None, {"fields": ["name", "description", "enabled"]}),
        (_("When"), {"fields": ["interval", "crontab", "start_time"]}),
    ]
    readonly_fields = ["name"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return ShopAdmin.get_form(self, request, obj, change, **kwargs)

    form = ModelForm

    @admin.display(description=_("when"))
    def when(self, obj: PeriodicTask) -> str:
        return every_text(obj.schedule.run_every) if obj.interval else str(obj.crontab or obj.scheduler)

    @admin.display(description=_("last run"), ordering="last_run_at")
    def last_run(self, obj: PeriodicTask) -> str:
        return moment_text(obj.last_run_at) if obj.last_run_at else "—"
