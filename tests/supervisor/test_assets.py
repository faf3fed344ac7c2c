"""The style sheet and the catalogues are built when, and only when, their sources changed."""

import gettext
import os
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest

from loyalty_site.supervisor.assets import build_catalogues, build_css
from loyalty_site.supervisor.errors import SupervisorError

CATALOGUE = r"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=4; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : n%10==0 || (n%10>=5 && n%10<=9) || (n%100>=11 && n%100<=14)? 2 : 3);\n"

msgid "Paid"
msgstr "Оплачен"

#, fuzzy
msgid "Draft"
msgstr "Сквозняк"

msgid "%(n)d point"
msgid_plural "%(n)d points"
msgstr[0] "%(n)d балл"
msgstr[1] "%(n)d балла"
msgstr[2] "%(n)d баллов"
msgstr[3] "%(n)d балла"
"""  # noqa: E501


@pytest.fixture
def steps() -> list[str]:
    return []


def _note(steps: list[str]):  # type: ignore[no-untyped-def]
    def say(text: str) -> AbstractContextManager[None]:
        steps.append(text)
        return nullcontext()

    return say


def test_catalogue_is_compiled_with_its_plurals(tmp_path: Path, steps: list[str]) -> None:
    po = _catalogue(tmp_path)
    build_catalogues(tmp_path, say=_note(steps))
    with po.with_suffix(".mo").open("rb") as file:
        russian = gettext.GNUTranslations(file)
    assert [russian.ngettext("%(n)d point", "%(n)d points", n) for n in (1, 2, 5, 21)] == [
        "%(n)d балл",
        "%(n)d балла",
        "%(n)d баллов",
        "%(n)d балл",
    ]
    assert (russian.gettext("Paid"), russian.gettext("Draft")) == ("Оплачен", "Draft")


def test_catalogue_is_compiled_only_when_it_changed(tmp_path: Path, steps: list[str]) -> None:
    po = _catalogue(tmp_path)
    build_catalogues(tmp_path, say=_note(steps))
    build_catalogues(tmp_path, say=_note(steps))
    assert len(steps) == 1
    later = po.with_suffix(".mo").stat().st_mtime + 10
    os.utime(po, (later, later))
    build_catalogues(tmp_path, say=_note(steps))
    assert len(steps) == 2


@pytest.mark.slow
def test_style_sheet_follows_the_templates(tmp_path: Path, steps: list[str]) -> None:
    template = _style_sheet(tmp_path, '@import "tailwindcss" source(none); @source "../../templates";')
    built = tmp_path / "static_built" / "css" / "app.css"
    build_css(tmp_path, say=_note(steps))
    build_css(tmp_path, say=_note(steps))
    assert (len(steps), ".underline" in built.read_text()) == (1, False)
    template.write_text('<p class="underline">')
    build_css(tmp_path, say=_note(steps))
    assert (len(steps), ".underline" in built.read_text()) == (2, True)


@pytest.mark.slow
def test_broken_style_sheet_is_named(tmp_path: Path) -> None:
    _style_sheet(tmp_path, '@import "./missing.css";')
    with pytest.raises(SupervisorError, match=r"(?s)the style sheet could not be built:\n.*missing\.css"):
        build_css(tmp_path)


def _catalogue(project: Path) -> Path:
    po = project / "locale" / "ru" / "LC_MESSAGES" / "django.po"
    po.parent.mkdir(parents=True)
    po.write_text(CATALOGUE.lstrip())
    return po


def _style_sheet(project: Path, text: str) -> Path:
    for folder in ("static/css", "templates"):
        (project / folder).mkdir(parents=True)
    (project / "static" / "css" / "app.src.css").write_text(text)
    template = project / "templates" / "page.html"
    template.write_text("<p>")
    return template
