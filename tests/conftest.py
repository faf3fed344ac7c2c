"""What every test shares: databases of its own, and a browser where there is one."""

import atexit
import contextlib
import os
import shutil
from pathlib import Path

import django
import pytest
from django.conf import settings
from django.utils.translation.reloader import translation_file_changed

from loyalty_site.supervisor.assets import build_assets
from loyalty_site.supervisor.services import temporary_services

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NO_CHROMIUM = "no Chromium: install it (Debian: apt-get install chromium) or set CHROMIUM to its path"


def _start_services() -> None:
    """Plain `pytest` works too: it starts what `supervisor exec` would have started."""
    os.environ["LOYALTY_ENV"] = "test"
    if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        stack = contextlib.ExitStack()
        services = stack.enter_context(temporary_services(os.environ))
        os.environ.update(services.environ)
        atexit.register(stack.close)


build_assets()
# A plugin may have read the catalogues before they were built, as on a fresh checkout: read them anew.
translation_file_changed(sender=None, file_path=Path("django.mo"))
# Before Django is set up: the settings read where the databases are. pytest-django, told of no
# settings module by its own options, leaves the setting up to us.
_start_services()
os.environ["DJANGO_SETTINGS_MODULE"] = "loyalty_site.settings"
django.setup()
# The ledger refuses TRUNCATE; a test on committed rows ends with it.
settings.DATABASES["default"]["OPTIONS"]["options"] += " -c loyalty.may_truncate=on"


def find_chromium() -> str | None:
    """The path of the browser that the journeys are driven with."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium; without it the test is skipped, in CI it fails."""
    path = find_chromium()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail(NO_CHROMIUM)
        pytest.skip(NO_CHROMIUM)
    return path


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test marked `browser` asks for the browser, whether it says so or not."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.fixturenames.insert(0, "chromium")
