from django.apps import apps
from django.contrib.staticfiles.finders import get_finders

from loyalty_site.supervisor.assets import build_assets


def test_sources_of_styles_are_not_collected():
    build_assets()
    ignored = apps.get_app_config("staticfiles").ignore_patterns
    collected = {path for finder in get_finders() for path, _storage in finder.list(ignored)}
    assert "css/app.css" in collected
    assert [path for path in collected if path.endswith(".src.css")] == []
