"""Customers and purchases from files: upload, columns, check, import, take back (CU-6)."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from customers.admin import import_files
from customers.admin.import_forms import ChoiceForm, UploadForm, kept_name
from customers.imports import store, words
from customers.imports.errors import UnreadableFile
from customers.imports.reading import XLSX, Header, Shape, header_of, recognise
from customers.imports.work import progress
from customers.imports.workbook import sheet_names
from customers.models import Customer, ImportRun
from customers.queries.imports import chosen_fields, first_cells, preview, share_read, wrong_lines
from customers.services import imports as services
from loyalty_site.kernel.backoffice import ReadOnlyAdmin, attempt, attempt_form, page, staff_page
from loyalty_site.kernel.badges import badge
from loyalty_site.kernel.texts import number_text

MAY = "customers.import_customer"
COLOURS = {"done": "good", "failed": "bad", "undone": "deactivated", "stopped": "deactivated", "choosing": "scheduled"}
WRONG_SHOWN = 50


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyAdmin):
    list_display = ("run_link", "file_name", "kind", "state_badge", "new_count", "wrong_count", "made_at", "made_by")
    list_display_links = None
    ordering = ("-pk",)
    sortable_by = ()
    list_select_related = ("made_by",)
    counted = ngettext_lazy("%(n)s import", "%(n)s imports", "n")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(MAY))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm(MAY))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(MAY))

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return upload(request)

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("<int:run_id>/change/", show, name="customers_importrun_page"),
            path("<int:run_id>/columns/", choose, name="customers_importrun_columns"),
            path("<int:run_id>/start/", start, name="customers_importrun_start"),
            path("<int:run_id>/stop/", stop, name="customers_importrun_stop"),
            path("<int:run_id>/undo/", undo, name="customers_importrun_undo"),
            path("<int:run_id>/progress/", tell_progress, name="customers_importrun_progress"),
            path("<int:run_id>/wrong.csv", import_files.wrong_csv, name="customers_importrun_wrong"),
            path("sample/<slug:kind>.csv", import_files.sample_csv, name="customers_importrun_sample_csv"),
            path("sample/<slug:kind>.xlsx", import_files.sample_xlsx, name="customers_importrun_sample_xlsx"),
        ]
        return own + super().get_urls()

    @admin.display(description=gettext_lazy("import"))
    def run_link(self, obj: ImportRun) -> SafeString:
        return format_html('<a class="bo-row-link bo-nowrap" href="{}/change/">№ {}</a>', obj.pk, obj.pk)

    @admin.display(description=gettext_lazy("state"))
    def state_badge(self, obj: ImportRun) -> SafeString:
        return state_badge(obj)

    @admin.display(description=gettext_lazy("added"))
    def new_count(self, obj: ImportRun) -> str | None:
        return number_text(obj.counts["new"]) if obj.imported_at and not obj.undone_at else None

    @admin.display(description=gettext_lazy("wrong lines"))
    def wrong_count(self, obj: ImportRun) -> str | None:
        return number_text(obj.counts["wrong"]) if "wrong" in obj.counts else None


def state_badge(run: ImportRun) -> SafeString:
    return badge(COLOURS.get(run.state, "info"), run.get_state_display())


@staff_page(MAY)
def upload(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None, label_suffix="", initial={"kind": "purchases"})
    if request.method == "POST" and form.is_valid():
        run = _begun(request, form)
        if run is not None:
            return redirect("admin:customers_importrun_page", run.pk)
    status = 422 if request.method == "POST" else 200
    title = _("Import from a file")
    return page(request, "customers/admin/import_upload.html", title=title, status=status, form=form)


def _begun(request: HttpRequest, form: UploadForm) -> ImportRun | None:
    """The file kept and recognised; what cannot be read is removed again, and said beside the field."""
    file = form.cleaned_data["file"]
    key = store.keep_chunks(file.chunks())
    path, run = store.path_of(key), None
    try:
        shape = recognise(path)
        header = header_of(path, shape)
        given = services.Upload(
            kept_name(file.name), key, file.size, shape.encoding, shape.delimiter, header.titles, header.line
        )
        kind, by = form.cleaned_data["kind"], request.user
        run = attempt_form(
            form,
            lambda: services.begin_import(kind=kind, upload=given, by=by, now=timezone.now()),  # type: ignore[arg-type]
        )
        _tell_of_sheets(request, sheet_names(path) if shape.encoding == XLSX else [])
    except UnreadableFile as error:
        form.add_error("file", words.unreadable_text(error))
    finally:
        if run is None:
            store.forget(key)
    return run


def _tell_of_sheets(request: HttpRequest, names: list[str]) -> None:
    if len(names) > 1:
        text = _("Several sheets are filled, and only “%(name)s” is read. Save the others as files of their own.")
        messages.warning(request, text % {"name": names[0]})


@staff_page(MAY)
def show(request: HttpRequest, run_id: int) -> HttpResponse:
    run = get_object_or_404(ImportRun.objects.select_related("made_by", "undone_by"), pk=run_id)
    return _page(request, run, ChoiceForm(run, first=_first(run)))


@staff_page(MAY)
def choose(request: HttpRequest, run_id: int) -> HttpResponse:
    """Saves the choice and shows the rows anew; `check` goes on to the whole file."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    run = get_object_or_404(ImportRun, pk=run_id)
    form = ChoiceForm(run, request.POST, first=_first(run))
    if form.is_valid() and (chosen := _chosen(run, form)):
        if (chosen.header, chosen.header_line) != (run.header, run.header_line):
            messages.info(request, _("The titles are others now: look whether the columns are recognised rightly."))
        elif "check" in request.POST:
            attempt(request, lambda: services.check_import(run_id=run_id, now=timezone.now()))
        return redirect("admin:customers_importrun_page", run_id)
    return _page(request, run, form, status=422)


def _first(run: ImportRun) -> list[str]:
    """What columns without titles are known by."""
    return first_cells(run) if run.file_key and not all(run.header) else []


def _chosen(run: ImportRun, form: ChoiceForm) -> ImportRun | None:
    try:
        asked, line = form.choice(Header(run.header_line, run.header)), form.header_line
        shape = Shape(asked.encoding, asked.delimiter)
        if run.file_key and (shape, line) != (Shape(run.encoding, run.delimiter), run.header_line):
            asked = form.choice(header_of(store.path_of(run.file_key), shape, line=line))
    except (UnreadableFile, FileNotFoundError) as error:
        is_known = isinstance(error, UnreadableFile)
        form.add_error(None, words.unreadable_text(error if is_known else UnreadableFile("gone")))  # type: ignore[arg-type]
        return None
    return attempt_form(form, lambda: services.choose_columns(run_id=run.pk, choice=asked, now=timezone.now()))


@staff_page(MAY)
def start(request: HttpRequest, run_id: int) -> HttpResponse:
    skips = "skip" in request.POST
    return _act(request, run_id, lambda: services.start_import(run_id=run_id, skips_wrong=skips, now=timezone.now()))


@staff_page(MAY)
def stop(request: HttpRequest, run_id: int) -> HttpResponse:
    return _act(request, run_id, lambda: services.stop_import(run_id=run_id, now=timezone.now()))


@staff_page(MAY)
def undo(request: HttpRequest, run_id: int) -> HttpResponse:
    by: Any = request.user
    return _act(request, run_id, lambda: services.undo_import(run_id=run_id, by=by, now=timezone.now()))


def _act(request: HttpRequest, run_id: int, work: Callable[[], ImportRun]) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    get_object_or_404(ImportRun, pk=run_id)
    attempt(request, work)
    return redirect("admin:customers_importrun_page", run_id)


@staff_page(MAY)
def tell_progress(request: HttpRequest, run_id: int) -> JsonResponse:
    """Asked by the page while the worker is at it; `is_finished` when the page should be loaded anew."""
    run = get_object_or_404(ImportRun, pk=run_id)
    is_over = not run.is_busy or run.state != request.GET.get("state", run.state)
    return JsonResponse({"made": _share(run), "count": 100, "is_finished": is_over, "text": _progress_text(run)})


def _share(run: ImportRun) -> int | None:
    """Hundredths that are done; None where nobody can tell."""
    if run.state == ImportRun.State.CHECKING:
        return share_read(run)
    return progress(run.pk) if run.state == ImportRun.State.IMPORTING else None


def _progress_text(run: ImportRun) -> str:
    if run.state == ImportRun.State.CHECKING:
        return _("Rows read: %(count)s") % {"count": number_text(run.position)}
    return {
        ImportRun.State.IMPORTING: _("Rows are being written; nobody sees them before all are there."),
        ImportRun.State.SETTLING: _("First purchases, RFM and segments are being put right."),
        ImportRun.State.UNDOING: _("The import is being taken back."),
    }.get(run.state, run.get_state_display())  # type: ignore[call-overload, no-any-return]


def _page(request: HttpRequest, run: ImportRun, form: ChoiceForm, status: int = 200) -> HttpResponse:
    is_open = run.state in ("choosing", "checked", "stopped", "failed") and bool(run.file_key)
    rows, fields, unreadable = [], chosen_fields(run), ""
    if is_open and run.columns:
        try:
            rows = preview(run)
        except (UnreadableFile, FileNotFoundError) as error:
            unreadable = words.unreadable_text(error if isinstance(error, UnreadableFile) else UnreadableFile("gone"))
    wrong = wrong_lines(run, limit=WRONG_SHOWN) if run.counts.get("wrong") else []
    return page(
        request,
        "customers/admin/import_run.html",
        title=_("Import No. %(number)s") % {"number": run.pk},
        status=status,
        opts=ImportRun._meta,
        run=run,
        state=state_badge(run),
        form=form if is_open else None,
        titles=[words.FIELD_NAMES[name] for name in fields],
        has_problems=any(row.problems for row in rows),
        rows=[
            (
                row.line,
                [words.cell_text(name, cell) for name, cell in zip(fields, row.cells, strict=True)],
                words.problems_text(row.problems),
            )
            for row in rows
        ],
        failure=words.failure_text(run.failure) or unreadable,
        wrong=[words.line_text(line.line, line.problems) for line in wrong],
        kept=Customer.objects.filter(pk__in=run.kept_customers).order_by("pk"),
        share=_share(run) if run.is_busy else 0,
        progress_text=_progress_text(run),
    )
