"""Import of cards (T-4): paste or file, then what would happen line by line, then just that."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from loyalty_site.kernel.backoffice import attempt, page, staff_page
from loyalty_site.kernel.texts import number_text
from tiers import services
from tiers.models import Card
from tiers.queries.card_import import Outcome, judged_cards
from tiers.rules.card_rows import MOST_LINES, CardRow, CardRowError, card_rows

MOST_BYTES = 1_500_000
LINES_SHOWN = 50


class ImportForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Cards"),
        help_text=gettext_lazy(
            "Copied from a spreadsheet or as lines: number; percent; customer. The customer, by e-mail, phone or "
            "external id, may be left out."
        ),
        required=False,
        max_length=MOST_BYTES,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=gettext_lazy("Or a CSV file"),
        help_text=gettext_lazy("Separated by commas, semicolons or tabs; UTF-8 or Windows-1251."),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("file"):
            values["text"] = self._read(values["file"])
        text = values.get("text") or ""
        if not self.errors and not text.strip():
            self.add_error("text", _("Paste lines or choose a file."))
        if text.count("\n") > MOST_LINES:
            most = _("At most %(most)s lines at a time.") % {"most": number_text(MOST_LINES)}
            self.add_error("file" if values.get("file") else "text", most)
        return values

    def _read(self, file: Any) -> str:
        if file.size > MOST_BYTES:
            self.add_error("file", _("The file is too large. Split it into parts."))
            return ""
        content = file.read()
        for encoding in ("utf-8-sig", "cp1251"):
            try:
                return str(content.decode(encoding))
            except UnicodeDecodeError:
                continue
        self.add_error("file", _("The file is no text. Save it as CSV."))
        return ""


@staff_page("tiers.add_card")
def show(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, ImportForm(label_suffix=""))
    form = ImportForm(request.POST, request.FILES, label_suffix="")
    if not form.is_valid() or "_edit" in request.POST:
        again = form if form.errors else ImportForm(initial={"text": form.cleaned_data["text"]}, label_suffix="")
        return _page(request, again, status=422 if form.errors else 200)
    text = form.cleaned_data["text"]
    found = list(card_rows(text))
    rows = [row for row in found if isinstance(row, CardRow)]
    if "_import" not in request.POST:
        return _page(request, form, text=text, preview=_preview(found, rows))
    by: Any = request.user
    done = attempt(request, lambda: services.import_cards(rows=rows, by=by, now=timezone.now()))
    if done is None:
        return _page(request, form, text=text, preview=_preview(found, rows), status=422)
    messages.success(request, _told(done))
    return redirect("admin:tiers_card_changelist")


def _preview(found: list[CardRow | CardRowError], rows: list[CardRow]) -> dict[str, Any]:
    judged = judged_cards(rows)
    unread = [(one.line, one.text) for one in found if isinstance(one, CardRowError)]
    wrong = sorted([*unread, *((one.row.line, one.text) for one in judged if one.outcome is Outcome.WRONG)])
    right = [one for one in judged if one.outcome is not Outcome.WRONG]
    counts = {outcome: sum(one.outcome is outcome for one in right) for outcome in Outcome}
    return {
        "new": counts[Outcome.NEW],
        "changed": counts[Outcome.CHANGED],
        "same": counts[Outcome.SAME],
        "wrong": len(wrong),
        "mistakes": wrong[:LINES_SHOWN],
        "rows": [one for one in right if one.outcome is not Outcome.SAME][:LINES_SHOWN],
        "to_do": counts[Outcome.NEW] + counts[Outcome.CHANGED],
    }


def _told(done: services.CardImport) -> str:
    parts = [
        ngettext("%(n)s card made", "%(n)s cards made", done.made) % {"n": number_text(done.made)},
        ngettext("%(n)s changed", "%(n)s changed", done.changed) % {"n": number_text(done.changed)},
        ngettext("%(n)s as it was", "%(n)s as they were", done.same) % {"n": number_text(done.same)},
    ]
    return ", ".join(parts) + "."


def _page(request: HttpRequest, form: ImportForm, status: int = 200, **context: Any) -> HttpResponse:
    return page(
        request,
        "tiers/admin/card_import.html",
        title=_("Import of cards"),
        status=status,
        opts=Card._meta,
        form=form,
        **context,
    )
