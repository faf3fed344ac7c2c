"""Static files without their sources: `*.src.css` is for the compiler of styles, never for a browser."""

from typing import Any

from django.contrib.staticfiles.apps import StaticFilesConfig


class ShopStaticFilesConfig(StaticFilesConfig):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.ignore_patterns = [*self.ignore_patterns, "*.src.css"]
