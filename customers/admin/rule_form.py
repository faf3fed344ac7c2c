"""The tree of a rule as fields of a form, with and without JavaScript: what is half filled in is kept as typed (CU-8).

A node's place is its path, `0-1-2`: `how.PATH` of a group; `field.PATH`, `op.PATH` and `v.PATH.INPUT` of a condition.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.rules.conditions import Condition, Group, Input, Kind, Leaf, Node, Not, Operator
from loyalty_site.kernel.errors import FieldError

ROOT = "0"
HOW = {
    "all": _("all of these hold"),
    "any": _("any of these holds"),
    "none": _("none of these holds"),
    "not_all": _("not all of these hold"),
}
MOST_NODES = 60


@dataclass
class Entry:
    """One input of a condition, as it was typed: `values` has one text, or the codes that are chosen."""

    input: Input
    name: str
    values: list[str]
    options: Sequence[tuple[str, str]] = ()

    @property
    def value(self) -> str:
        return self.values[0] if self.values else ""

    @property
    def is_choice(self) -> bool:
        return self.input.kind == Kind.CODES

    @property
    def type(self) -> str:
        return "date" if self.input.kind == Kind.DAY else "text"

    @property
    def mode(self) -> str:
        return {Kind.MONEY: "decimal", Kind.COUNT: "numeric", Kind.DAYS: "numeric"}.get(self.input.kind, "text")

    def typed(self) -> Any:
        match self.input.kind:
            case Kind.CODES:
                return self.values
            case Kind.WORDS:
                return [word for part in self.value.replace("\n", ",").split(",") if (word := part.strip())]
            case _:
                return self.value.strip()


@dataclass
class Row:
    path: str
    condition: Condition | None = None
    operator: Operator | None = None
    entries: list[Entry] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def is_row(self) -> bool:
        return True

    def document(self, place: str, places: dict[str, str]) -> dict[str, Any]:
        places[place] = self.path
        if self.condition is None or self.operator is None:
            return {"field": "", "op": ""}
        told: dict[str, Any] = {"field": self.condition.key, "op": self.operator.key}
        typed = {entry.input.name: entry.typed() for entry in self.entries}
        if typed:
            told["value"] = typed if len(typed) > 1 else next(iter(typed.values()))
        return told


@dataclass
class Box:
    path: str
    how: str = "all"
    parts: list["Row | Box"] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def is_row(self) -> bool:
        return False

    @property
    def is_root(self) -> bool:
        return self.path == ROOT

    def document(self, place: str, places: dict[str, str]) -> dict[str, Any]:
        places[place] = self.path
        kind, is_denied = {"all": ("all", False), "any": ("any", False), "none": ("any", True)}.get(
            self.how, ("all", True)
        )
        inner = f"{place}.not" if is_denied else place
        parts = [part.document(f"{inner}.{kind}.{number}", places) for number, part in enumerate(self.parts)]
        return {"not": {kind: parts}} if is_denied else {kind: parts}


class RuleForm:
    """The tree as it is being edited, and what is wrong with it."""

    def __init__(self, root: Box, known: Mapping[str, Condition]) -> None:
        self.root, self.known = root, known
        self.places: dict[str, str] = {}
        self.document = root.document("rule", self.places)
        self.count = sum(1 for _node in nodes(root))

    @property
    def offered(self) -> list[tuple[str, list[Condition]]]:
        """Conditions under the headings of the choice, in their order."""
        grouped = groupby(self.known.values(), key=lambda condition: str(condition.group))
        found: dict[str, list[Condition]] = {}
        for group, conditions in grouped:
            found.setdefault(group, []).extend(conditions)
        return list(found.items())

    @property
    def hows(self) -> list[tuple[str, Any]]:
        return list(HOW.items())

    @property
    def has_room(self) -> bool:
        return self.count < MOST_NODES

    def tell(self, errors: Sequence[FieldError]) -> None:
        """Puts each refusal at the node it belongs to."""
        by_path = {node.path: node for node in nodes(self.root)}
        for error in errors:
            place = error.field
            while place and place not in self.places:
                place = place.rpartition(".")[0]
            by_path[self.places.get(place, ROOT)].errors.append(str(error.detail))


def nodes(node: Row | Box) -> Iterator[Row | Box]:
    yield node
    if isinstance(node, Box):
        for part in node.parts:
            yield from nodes(part)


def posted(given: Any, known: Mapping[str, Condition]) -> RuleForm:
    """The tree of a form that was sent, after the button that was pressed: `_add`, `_group` or `_remove`."""
    paths = sorted({tuple(map(int, path.split("-"))) for path in _paths(given)})[:MOST_NODES]
    root = Box(ROOT, given.get(f"how.{ROOT}", "all"))
    boxes: dict[tuple[int, ...], Box] = {(0,): root}
    removed = given.get("_remove", "")
    for path in paths:
        name, parent = "-".join(map(str, path)), boxes.get(path[:-1])
        if path == (0,) or parent is None or name == removed:
            continue
        if f"how.{name}" in given:
            boxes[path] = Box(name, given[f"how.{name}"])
            parent.parts.append(boxes[path])
        else:
            parent.parts.append(_row(given, name, known))
    for box in list(boxes.values()):
        if given.get("_add") == box.path:
            box.parts.append(Row(""))
        if given.get("_group") == box.path:
            box.parts.append(Box("", "any", [Row("")]))
    return RuleForm(_numbered(root), known)


def stored(node: Node | None, known: Mapping[str, Condition]) -> RuleForm:
    """The tree of a rule that was read; for a new one a group with one empty condition."""
    if node is None:
        return RuleForm(_numbered(Box(ROOT, "all", [Row("")])), known)
    read = _box(node)
    root = read if isinstance(read, Box) else Box(ROOT, "all", [read])
    root.path = ROOT
    return RuleForm(_numbered(root), known)


def _paths(given: Any) -> Iterator[str]:
    for key in given:
        kind, _dot, path = key.partition(".")
        if kind in {"how", "field"} and all(part.isdecimal() and len(part) < 4 for part in path.split("-")):
            yield path


def _row(given: Any, path: str, known: Mapping[str, Condition]) -> Row:
    condition = known.get(given.get(f"field.{path}", ""))
    if condition is None:
        return Row(path)
    operator = condition.operator(given.get(f"op.{path}")) or condition.operators[0]
    typed = {one.name: given.getlist(f"v.{path}.{one.name}") for one in operator.inputs}
    return Row(path, condition, operator, _entries(condition, operator, typed))


def _entries(condition: Condition, operator: Operator, typed: Mapping[str, list[str]]) -> list[Entry]:
    return [
        Entry(
            one,
            one.name,
            typed.get(one.name, []),
            [(code, str(name)) for code, name in condition.choices()]
            if one.kind == Kind.CODES and condition.choices
            else (),
        )
        for one in operator.inputs
    ]


def _box(node: Node) -> Row | Box:
    if isinstance(node, Group):
        return Box("", node.kind, [_box(part) for part in node.parts])
    if isinstance(node, Not):
        inner = _box(node.part)
        if isinstance(inner, Row):
            return Box("", "none", [inner])
        return Box("", {"all": "not_all", "any": "none", "none": "any", "not_all": "all"}[inner.how], inner.parts)
    return Row("", node.condition, node.operator, _entries(node.condition, node.operator, _texts(node)))


def _texts(leaf: Leaf) -> dict[str, list[str]]:
    """Values as they are typed."""
    told = {}
    for one in leaf.operator.inputs:
        value = leaf.values[one.name]
        if isinstance(value, tuple):
            told[one.name] = list(value) if one.kind == Kind.CODES else [", ".join(value)]
        else:
            told[one.name] = [str(value)]
    return told


def _numbered(root: Box) -> Box:
    """Paths anew from the root down, and the names of the inputs with them."""
    for number, part in enumerate(root.parts):
        part.path = f"{root.path}-{number}"
        if isinstance(part, Box):
            _numbered(part)
        else:
            for entry in part.entries:
                entry.name = f"v.{part.path}.{entry.input.name}"
    return root
