"""What every page of the back office is built with: admin classes that never delete, pages, service calls.

An admin page is an edge: it opens one transaction around one service call and shows a refusal where the person looks.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from unfold.admin import ModelAdmin

from loyalty_site.kernel.errors import DomainError, InvalidInput
from loyalty_site.kernel.transactions import in_transaction

P = ParamSpec("P")
R = TypeVar("R")


class CappedPaginator(Paginator):
    """Counts no further than `cap` rows, so that a page of a million codes costs as much as one of a thousand."""

    cap = 10_000

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        if isinstance(rows, QuerySet):
            return rows.order_by().values("pk")[: self.cap + 1].count()
        return len(rows)


class ShopAdmin(ModelAdmin):
    """No deleting, capped counts, filters applied by a button. `counted` is a plural form taking `n`."""

    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 200
    list_filter_submit = True
    list_filter_sheet = True
    list_fullwidth = True
    warn_unsaved_form = True
    list_disable_select_all = True
    # Counting each choice of each filter would read the whole table.
    show_facets = admin.ShowFacets.NEVER
    empty_value_display = "—"
    actions: Any = None
    counted: Any = None

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The tab is called as the list is; Django's “select … to change” cannot be said in every language."""
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        raise PermissionDenied


class ReadOnlyAdmin(ShopAdmin):
    """People look; services and the database write."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def page(request: HttpRequest, template: str, *, title: Any, status: int = 200, **context: Any) -> TemplateResponse:
    """A page of our own inside the admin's frame."""
    request.current_app = admin.site.name  # type: ignore[attr-defined]
    frame = admin.site.each_context(request)
    return TemplateResponse(request, template, {**frame, "title": title, **context}, status=status)


def staff_page(
    *rights: str,
) -> Callable[
    [Callable[Concatenate[HttpRequest, P], HttpResponse]],
    Callable[Concatenate[HttpRequest, P], HttpResponse],
]:
    """Signed-in staff only, with all of `rights`; anybody else of the staff gets 403."""

    def decorate(
        view: Callable[Concatenate[HttpRequest, P], HttpResponse],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(view)
        def checked(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not request.user.has_perms(rights):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        wrapped: Any = admin.site.admin_view(checked)
        wrapped.rights = rights
        return wrapped  # type: ignore[no-any-return]

    return decorate


def attempt(request: HttpRequest, work: Callable[[], R]) -> R | None:
    """One service call in one transaction; a refusal becomes a message on the next page and None."""
    try:
        return in_transaction(work)
    except DomainError as refusal:
        for sentence in sentences(refusal):
            messages.error(request, sentence)
        return None


def attempt_form(form: BaseForm, work: Callable[[], R]) -> R | None:
    """One service call in one transaction; a refusal is put beside the fields it belongs to, and None returned.

    A form may call a service's field otherwise: `renamed` maps the service's name to its own.
    """
    try:
        return in_transaction(work)
    except InvalidInput as refusal:
        for error in refusal.errors:
            form.add_error(_own_field(form, error.field), str(error.detail))
    except DomainError as refusal:
        form.add_error(_own_field(form, refusal.field), str(refusal))
    return None


def _own_field(form: BaseForm, field: str | None) -> str | None:
    name = getattr(form, "renamed", {}).get(field, field)
    return name if name in form.fields else None


def sentences(refusal: DomainError) -> list[str]:
    """What to tell the person, one sentence for each wrong input."""
    if isinstance(refusal, InvalidInput) and refusal.errors:
        return [str(error.detail) for error in refusal.errors]
    return [str(refusal)]
