"""In production a missing address or secret is a refusal to start."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
PROJECT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "LOYALTY_ENV": "production",
    "DATABASE_URL": "postgres://a@127.0.0.1:1/a",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "SECRET_KEY": "x" * 60,
    "ALLOWED_HOSTS": "shop.example",
}
SHOW = "import django.conf; s = django.conf.settings; print(s.DEBUG, s.ALLOWED_HOSTS, s.SESSION_COOKIE_SECURE)"


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ALLOWED_HOSTS"])
def test_production_refuses_to_start_without(name: str) -> None:
    done = _start({key: value for key, value in PRODUCTION.items() if key != name})
    assert done.returncode == 1
    assert f"ImproperlyConfigured: {name} must be set when LOYALTY_ENV=production." in done.stderr


def test_production_starts_with_everything_named() -> None:
    done = _start(PRODUCTION)
    assert (done.returncode, done.stdout) == (0, "False ['shop.example'] True\n"), done.stderr


def _start(environ: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    inherited = {key: value for key, value in os.environ.items() if key in {"PATH", "HOME", "LANG"}}
    return subprocess.run(
        [sys.executable, "-c", SHOW],
        cwd=PROJECT,
        env={**inherited, "DJANGO_SETTINGS_MODULE": "loyalty_site.settings", **environ},
        capture_output=True,
        text=True,
        check=False,
    )
