"""Charts as the skin's script takes them: Chart.js data in an attribute. Every chart has a table beside it."""

import json
from collections.abc import Sequence
from typing import Any

COLOURS = ("var(--color-primary-600)", "var(--color-base-400)", "var(--color-primary-300)")


def line_chart(labels: Sequence[str], series: Sequence[tuple[str, Sequence[Any]]]) -> str:
    """`series` are (name, values); values are numbers or None."""
    datasets = [
        {
            "label": name,
            "data": [None if value is None else float(value) for value in values],
            "borderColor": colour,
            "backgroundColor": colour,
            "displayYAxis": True,
            "maxTicksXLimit": 8,
            "tension": 0.2,
            "pointStyle": "circle",
            "pointRadius": 2,
        }
        for (name, values), colour in zip(series, COLOURS, strict=False)
    ]
    return json.dumps({"labels": list(labels), "datasets": datasets}, ensure_ascii=False)


def bar_chart(labels: Sequence[str], series: Sequence[tuple[str, Sequence[Any]]]) -> str:
    datasets = [
        {
            "label": name,
            "data": [None if value is None else float(value) for value in values],
            "backgroundColor": colour,
            "displayYAxis": True,
            "maxBarThickness": 28,
            "grouped": True,
        }
        for (name, values), colour in zip(series, COLOURS, strict=False)
    ]
    return json.dumps({"labels": list(labels), "datasets": datasets}, ensure_ascii=False)
