"""The table that a run of the benchmarks prints."""

from collections.abc import Iterable, Sequence

from bench.floor import Measurement

HEADINGS = ("what", "count", "seconds", "a second", "SQL", "floor", "floor, s", "ratio", "target", "")


def row(measurement: Measurement) -> tuple[str, ...]:
    target = "" if measurement.target is None else f"≤ {measurement.target:g}"
    verdict = "" if measurement.is_within_target else "OVER"
    return (
        measurement.name,
        f"{measurement.count:,}",
        f"{measurement.seconds:.4f}",
        f"{measurement.per_second:,.1f}",
        "" if measurement.statements is None else str(measurement.statements),
        measurement.floor_name,
        f"{measurement.floor_seconds:.6f}",
        f"{measurement.ratio:.2f}",
        target,
        " ".join(filter(None, (verdict, measurement.note))),
    )


def table(measurements: Iterable[Measurement]) -> str:
    """Aligned columns, text to the left, figures to the right."""
    rows: Sequence[tuple[str, ...]] = [HEADINGS, *(row(measurement) for measurement in measurements)]
    widths = [max(len(cells[column]) for cells in rows) for column in range(len(HEADINGS))]
    texts = {0, 5, 9}
    lines = [
        "  ".join(
            cell.ljust(width) if column in texts else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ).rstrip()
        for cells in rows
    ]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])
