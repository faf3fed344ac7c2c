"""Charts as `static/js/admin-charts.js` draws them. Every chart has a table beside it."""

import json
from collections.abc import Sequence
from typing import Any

COLOURS = ("var(--color-primary-600)", "var(--color-base-400)", "var(--color-primary-300)")
DASHES: tuple[list[int], ...] = ([], [6, 4], [2, 3])


def chart_data(labels: Sequence[str], series: Sequence[tuple[str, Sequence[Any]]]) -> str:
    """`series` are (name, values); values are numbers or None. Lines differ by dashes too, not by colour alone."""
    datasets = [
        {
            "label": str(name),
            "data": [None if value is None else float(value) for value in values],
            "borderColor": colour,
            "backgroundColor": colour,
            "borderDash": dash,
            "borderWidth": 2,
            "pointRadius": 2,
            "maxBarThickness": 32,
        }
        for (name, values), colour, dash in zip(series, COLOURS, DASHES, strict=False)
    ]
    return json.dumps({"labels": list(labels), "datasets": datasets}, ensure_ascii=False)
