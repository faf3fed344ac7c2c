"""Forms of the pages of imports."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.imports.reading import ENCODINGS, XLSX, Header
from customers.imports.words import FIELD_NAMES
from customers.models import ImportRun
from customers.rules.imports import FIELDS, KNOWN_BY, REQUIRED
from customers.services.imports import Choice

SEPARATORS = (
    (";", gettext_lazy("semicolon ;")),
    (",", gettext_lazy("comma ,")),
    ("tab", gettext_lazy("tab")),
    ("|", gettext_lazy("bar |")),
)


MOST_BEFORE_TITLES = 1_000
LONGEST_CELL = 30


class UploadForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("What is in the file"), choices=ImportRun.Kind.choices, widget=forms.RadioSelect
    )
    file = forms.FileField(label=gettext_lazy("CSV or XLSX file"), allow_empty_file=True)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.IMPORT_MAX_MEGABYTES * 1_000_000:
            text = _("The file is larger than %(limit)s MB.") % {"limit": settings.IMPORT_MAX_MEGABYTES}
            raise forms.ValidationError(text)
        return file


class ChoiceForm(forms.Form):
    """How the file is written, which column is which, and what to do with what is known already."""

    renamed: dict[str, str]

    def __init__(self, run: ImportRun, *args: Any, first: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", initial=_initial(run), **kwargs)
        self.run, self.renamed = run, {"channel": "channel_word", "contact": f"column_{KNOWN_BY[run.kind][0]}"}
        if run.encoding != XLSX:
            self.fields["encoding"] = forms.ChoiceField(label=_("Encoding"), choices=tuple(ENCODINGS.items()))
            self.fields["delimiter"] = forms.ChoiceField(label=_("Separator"), choices=SEPARATORS)
        self.fields["header_line"] = forms.IntegerField(
            label=_("Line with the titles of the columns"),
            required=False,
            min_value=0,
            max_value=MOST_BEFORE_TITLES,
            help_text=_("What stands above it is not read. 0: the file has no titles."),
        )
        columns: list[Any] = [
            ("", "—"),
            *_titles(run.header, first),
        ]
        for name in FIELDS[run.kind]:
            self.renamed.setdefault(name, f"column_{name}")
            label = str(FIELD_NAMES[name]) + (" *" if name in REQUIRED[run.kind] else "")
            self.fields[f"column_{name}"] = forms.TypedChoiceField(
                label=label[:1].upper() + label[1:], choices=columns, coerce=int, empty_value=None, required=False
            )
        if run.kind == ImportRun.Kind.PURCHASES:
            self.fields["channel_word"] = forms.CharField(
                label=_("Channel where the file says none"), max_length=16, help_text=_("Latin letters.")
            )
            self.fields["makes_customers"] = forms.BooleanField(
                label=_("Register customers who are not known yet"), required=False
            )
        else:
            self.fields["match"] = forms.ChoiceField(
                label=_("Customers who are known already"), choices=ImportRun.Match.choices, widget=forms.RadioSelect
            )

    @property
    def header_line(self) -> int:
        """As typed; left empty, as it was."""
        typed = self.cleaned_data["header_line"]
        return self.run.header_line if typed is None else int(typed)

    @property
    def columns(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("column_")]

    @property
    def others(self) -> list[Any]:
        return [self[name] for name in self.fields if not name.startswith("column_")]

    def choice(self, header: Header) -> Choice:
        values = self.cleaned_data
        columns = {name: values[f"column_{name}"] for name in FIELDS[self.run.kind]}
        return Choice(
            encoding=values.get("encoding", self.run.encoding),
            delimiter=separator(values.get("delimiter", self.run.delimiter)),
            header=header.titles,
            header_line=header.line,
            columns={name: index for name, index in columns.items() if index is not None},
            channel=values.get("channel_word", self.run.channel),
            match=values.get("match", self.run.match),
            makes_customers=values.get("makes_customers", self.run.makes_customers),
        )


def separator(word: str) -> str:
    return "\t" if word == "tab" else word


def kept_name(name: str) -> str:
    """The name of an upload without its folders and what cannot be stored."""
    return "".join(character for character in Path(name).name if character.isprintable())[-200:] or "file"


def _titles(header: Sequence[str], first: Sequence[str]) -> list[tuple[int, str]]:
    """Columns to choose from; one without a title is known by its place and what stands in it."""
    found = []
    for index, title in enumerate(header):
        cell = " ".join(first[index].split())[:LONGEST_CELL] if index < len(first) else ""
        place = _("column %(n)s") % {"n": index + 1}
        found.append((index, title or (f"{place}: {cell}" if cell else place)))
    return found


def _initial(run: ImportRun) -> dict[str, Any]:
    return {
        "encoding": run.encoding,
        "header_line": run.header_line,
        "delimiter": "tab" if run.delimiter == "\t" else run.delimiter,
        "channel_word": run.channel,
        "match": run.match,
        "makes_customers": run.makes_customers,
        **{f"column_{name}": index for name, index in run.columns.items()},
    }
