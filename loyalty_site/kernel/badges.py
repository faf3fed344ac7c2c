"""Coloured labels of the back office."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString


def badge(value: Any, text: Any) -> SafeString:
    """`value` names the colour: a state, or `good`, `warn`, `bad`, `info`. The text says what the colour says."""
    return format_html('<span class="bo-badge bo-badge--{}">{}</span>', value, text)
