"""Packages are installed when, and only when, a lock changed."""

import subprocess
import sys
from pathlib import Path

import pytest

from loyalty_site.supervisor import install


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "requirements").mkdir()
    for lock in install.LOCKS.values():
        (tmp_path / "requirements" / lock).write_text(f"# {lock}\n")
    monkeypatch.setattr(install, "PROJECT", tmp_path)
    monkeypatch.setattr(install, "_works", lambda venv: True)
    (tmp_path / ".venv").mkdir()
    return tmp_path


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    kinds: list[str] = []
    monkeypatch.setattr(install, "_install", lambda venv, kind: kinds.append(kind))
    return kinds


@pytest.mark.usefixtures("project")
def test_unchanged_lock_is_not_installed_again(installed: list[str]) -> None:
    install.main("base")
    install.main("base")
    assert installed == ["base"]


def test_changed_lock_is_installed_again(project: Path, installed: list[str]) -> None:
    install.main("dev")
    (project / "requirements" / "dev.lock").write_text("# another\n")
    install.main("dev")
    assert installed == ["dev", "dev"]


@pytest.mark.usefixtures("project")
def test_full_lock_satisfies_the_smaller(installed: list[str]) -> None:
    install.main("dev")
    install.main("base")
    install.main("journey")
    assert installed == ["dev", "journey"]


@pytest.mark.slow
def test_unknown_package_is_named_and_not_taken_for_installed(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = "nothing-here @ file:///nowhere/nothing.whl --hash=sha256:" + "0" * 64
    (project / "requirements" / "base.lock").write_text(lock + "\n")
    (project / ".venv" / "bin").mkdir()
    (project / ".venv" / "bin" / "python").symlink_to(sys.executable)
    with pytest.raises(SystemExit, match="the packages could not be installed"):
        install.main("base")
    assert not install._is_installed(project / ".venv", "base")


def test_installer_needs_nothing_installed() -> None:
    script = Path(install.__file__)
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import runpy; runpy.run_path({str(script)!r}, run_name='looked_at')"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
