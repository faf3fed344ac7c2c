"""The arrows of movement on the RFM map, as coordinates of an SVG: segments stand where their cells are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import hypot

from customers.queries.rfm_map import RfmFlow, RfmPart
from customers.rules.rfm import SEGMENTS
from loyalty_site.kernel.texts import number_text

WIDTH, HEIGHT = 1000, 560
COLUMN, ROW = WIDTH / 5, HEIGHT / 5
BOX_WIDTH, BOX_HEIGHT = 184, 52
THINNEST, THICKEST = 1.5, 9.0
MOST_ARROWS = 12
# How far the middle of an arrow is drawn aside, so that the two ways between segments do not lie on each other.
BEND = 0.14


@dataclass(frozen=True)
class Box:
    """A segment: the corner and the middle of its box."""

    code: str
    name: str
    count: str
    x: int
    y: int
    middle_x: int
    middle_y: int


@dataclass(frozen=True)
class Arrow:
    """A curve from box to box with its number; `is_better`: towards a better segment."""

    path: str
    width: str
    count: str
    x: int
    y: int
    is_better: bool


@dataclass(frozen=True)
class Drawing:
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    width: int = WIDTH
    height: int = HEIGHT
    box_width: int = BOX_WIDTH
    box_height: int = BOX_HEIGHT


def drawing(parts: Sequence[RfmPart], flows: Sequence[RfmFlow]) -> Drawing | None:
    """The broadest flows between segments; None when nobody has moved from one to another."""
    boxes = {part.code: _box(part) for part in parts}
    chosen = [flow for flow in flows if flow.source in boxes and flow.target in boxes and flow.customers][:MOST_ARROWS]
    if not chosen:
        return None
    most = max(flow.customers for flow in chosen)
    return Drawing(tuple(boxes.values()), tuple(_arrow(flow, boxes, most) for flow in chosen))


def _box(part: RfmPart) -> Box:
    x = COLUMN * (sum(r for r, _f in part.cells) / len(part.cells) - 0.5)
    y = ROW * (5.5 - sum(f for _r, f in part.cells) / len(part.cells))
    x = min(max(x, BOX_WIDTH / 2 + 4), WIDTH - BOX_WIDTH / 2 - 4)
    corner = (round(x - BOX_WIDTH / 2), round(y - BOX_HEIGHT / 2))
    return Box(part.code, part.name, number_text(part.group.customers), *corner, round(x), round(y))


def _arrow(flow: RfmFlow, boxes: Mapping[str, Box], most: int) -> Arrow:
    source, target = boxes[flow.source], boxes[flow.target]
    x1, y1, x2, y2 = source.middle_x, source.middle_y, target.middle_x, target.middle_y
    bend_x, bend_y = (x1 + x2) / 2 - (y2 - y1) * BEND, (y1 + y2) / 2 + (x2 - x1) * BEND
    start, end = _edge(source, bend_x, bend_y, 0), _edge(target, bend_x, bend_y, 7)
    width = THINNEST + (THICKEST - THINNEST) * flow.customers / most
    return Arrow(
        path=f"M{start[0]:.0f} {start[1]:.0f} Q{bend_x:.0f} {bend_y:.0f} {end[0]:.0f} {end[1]:.0f}",
        width=f"{width:.1f}",
        count=number_text(flow.customers),
        x=round(start[0] / 4 + bend_x / 2 + end[0] / 4),
        y=round(start[1] / 4 + bend_y / 2 + end[1] / 4),
        is_better=SEGMENTS.index(flow.target) < SEGMENTS.index(flow.source),
    )


def _edge(box: Box, x: float, y: float, gap: float) -> tuple[float, float]:
    """Where the way from the middle of the box to the point leaves the box, `gap` further on for the arrow's head."""
    dx, dy = x - box.middle_x, y - box.middle_y
    length = hypot(dx, dy) or 1.0
    scale = min(BOX_WIDTH / 2 / abs(dx) if dx else 9e9, BOX_HEIGHT / 2 / abs(dy) if dy else 9e9)
    return box.middle_x + dx * (scale + gap / length), box.middle_y + dy * (scale + gap / length)
