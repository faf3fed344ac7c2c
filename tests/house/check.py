"""`make check`: each check by name, all of them run, and a summary at the end."""

import subprocess
import sys
import time

PYTHON = sys.executable
PYTEST = (PYTHON, "-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider")

CHECKS: dict[str, tuple[str, ...]] = {
    "format": (PYTHON, "-m", "ruff", "format", "--check", "--output-format=concise", "."),
    "lint": (PYTHON, "-m", "ruff", "check", "--output-format=concise", "."),
    "types": (PYTHON, "-m", "mypy", "--no-error-summary"),
    "imports": (PYTHON, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"),
    "migrations": (PYTHON, "manage.py", "makemigrations", "--check", "--dry-run", "-v1"),
    "system checks": (PYTHON, "manage.py", "check", "--database", "default", "--fail-level", "WARNING"),
    "translations": (*PYTEST, "tests/house/test_translations.py"),
    "templates": (PYTHON, "-m", "djlint", "templates", "--lint", "--quiet"),
    "compose": (*PYTEST, "tests/house/test_compose.py"),
}


def main() -> int:
    failed = []
    for name, command in CHECKS.items():
        started = time.monotonic()
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        seconds = time.monotonic() - started
        verdict = "ok" if done.returncode == 0 else "FAILED"
        _say(f"{name:<14} {verdict} ({seconds:.1f} s)")
        if done.returncode:
            failed.append(name)
            _say((done.stdout + done.stderr).strip())
    _say(f"failed: {', '.join(failed)}" if failed else "all checks passed")
    return 1 if failed else 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
