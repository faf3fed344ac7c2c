from io import StringIO
from pathlib import Path

from django.core.management import call_command

from loyalty_site.supervisor.assets import build_assets


def test_static_files_are_collected_as_production_serves_them(settings, tmp_path: Path):
    build_assets()
    settings.STATIC_ROOT = tmp_path
    backend = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": backend}}
    call_command("collectstatic", interactive=False, stdout=StringIO())
    assert (tmp_path / "css" / "app.css").exists()
    assert list(tmp_path.rglob("*.src.css")) == []
