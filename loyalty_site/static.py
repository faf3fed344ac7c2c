"""Static files without their sources: `*.src.css` is for the compiler of styles, never for a browser."""

from typing import ClassVar

from django.contrib.staticfiles.apps import StaticFilesConfig


class ShopStaticFilesConfig(StaticFilesConfig):
    ignore_patterns: ClassVar[list[str]] = [*StaticFilesConfig.ignore_patterns, "*.src.css"]
