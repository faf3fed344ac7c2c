"""A rule as it came, from a form or the database, becomes a tree; what is wrong is named with its place (CU-8)."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _

from customers.rules.conditions import (
    MAX_DEPTH,
    MAX_LEAVES,
    MAX_LIST,
    Condition,
    Group,
    Input,
    Kind,
    Leaf,
    Names,
    Node,
    Not,
    Words,
    leaves,
)
from loyalty_site.kernel.errors import FieldError, InvalidInput

GROUPS = ("all", "any")
N = TypeVar("N", int, Decimal)
LONGEST_TEXT = 100
# Days that somebody may mean, and that can be added to and taken from.
FIRST_YEAR, LAST_YEAR = 1900, 2199
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
SUM = re.compile(r"[-+]?\d{1,15}(\.\d{1,15})?", re.ASCII)
# Neither stored nor shown.
UNREADABLE = re.compile("[\x00\ud800-\udfff]")


def read_tree(document: object, known: Mapping[str, Condition], *, place: str = "rule") -> Node:
    """The tree of `document`. Raises InvalidInput with every wrong place, `rule.all.1.value.days`."""
    reading = _Reading(known)
    node: Node | None = reading.node(document, place, 1)
    if reading.count > MAX_LEAVES:
        reading.wrong(place, "too_many", _("At most %(count)d conditions.") % {"count": MAX_LEAVES})
    if reading.errors or node is None:
        raise InvalidInput(*reading.errors)
    return node


def unknown_choices(node: Node, *, place: str = "rule") -> list[FieldError]:
    """What the tree names and is not there, a tier or a tag. For saving; a stored rule outlives them."""
    names, errors = Names(), []
    for leaf in leaves(node):
        if leaf.condition.choices is None:
            continue
        known = names.of(leaf.condition)
        for one in leaf.operator.inputs:
            missing = [code for code in leaf.values[one.name] if code not in known] if one.kind == Kind.CODES else []
            if missing:
                said = _("%(label)s: there is no “%(code)s”.") % {"label": leaf.condition.label, "code": missing[0]}
                errors.append(FieldError(place, "unknown", said))
    return errors


@dataclass
class _Reading:
    known: Mapping[str, Condition]
    errors: list[FieldError] = field(default_factory=list)
    count: int = 0

    def wrong(self, place: str, code: str, detail: Words) -> Any:
        """Notes it; there is nothing to read then."""
        self.errors.append(FieldError(place, code, detail))
        return None

    def node(self, document: object, place: str, depth: int) -> Any:
        if depth > MAX_DEPTH:
            return self.wrong(place, "too_deep", _("Groups lie at most %(count)d deep.") % {"count": MAX_DEPTH})
        if not isinstance(document, Mapping):
            return self.wrong(place, "invalid", _("This is no condition."))
        if set(document) == {"not"}:
            part = self.node(document["not"], f"{place}.not", depth + 1)
            return Not(part) if part is not None else None
        if len(document) == 1 and next(iter(document)) in GROUPS:
            return self.group(document, place, depth)
        return self.leaf(document, place)

    def group(self, document: Mapping[str, Any], place: str, depth: int) -> Any:
        ((kind, given),) = document.items()
        place = f"{place}.{kind}"
        if not isinstance(given, list | tuple) or not given:
            return self.wrong(place, "empty", _("Add at least one condition to this group."))
        if len(given) > MAX_LEAVES:
            return self.wrong(place, "too_many", _("At most %(count)d conditions.") % {"count": MAX_LEAVES})
        parts = [self.node(one, f"{place}.{number}", depth + 1) for number, one in enumerate(given)]
        return Group(kind, tuple(part for part in parts if part is not None))

    def leaf(self, document: Mapping[str, Any], place: str) -> Any:
        self.count += 1
        if not {"field", "op"} <= set(document) <= {"field", "op", "value"}:
            return self.wrong(place, "invalid", _("This is no condition."))
        name = document["field"]
        condition = self.known.get(name) if isinstance(name, str) else None
        if condition is None:
            return self.wrong(f"{place}.field", "unknown", _("There is no such condition."))
        operator = condition.operator(document["op"])
        if operator is None:
            return self.wrong(f"{place}.op", "unknown", _("Choose how to compare."))
        values = self.values(operator.inputs, document.get("value"), f"{place}.value")
        return Leaf(condition, operator, values) if values is not None else None

    def values(self, inputs: tuple[Input, ...], given: Any, place: str) -> Any:
        if not inputs:
            return {} if given is None else self.wrong(place, "invalid", _("Nothing is entered here."))
        if len(inputs) == 1:
            given, places = {inputs[0].name: given}, [place]
        else:
            places = [f"{place}.{one.name}" for one in inputs]
        if not isinstance(given, Mapping) or set(given) - {one.name for one in inputs}:
            return self.wrong(place, "invalid", _("Fill in all of the fields."))
        before = len(self.errors)
        values = {one.name: self.value(one, given.get(one.name), at) for one, at in zip(inputs, places, strict=True)}
        if len(self.errors) == before and _is_turned(values):
            self.wrong(place, "invalid", _("The first value is above the second."))
        return values if len(self.errors) == before else None

    def value(self, one: Input, given: Any, place: str) -> Any:
        try:
            return READERS[one.kind](one, given)
        except _Refused as refusal:
            return self.wrong(place, "invalid", str(refusal))


class _Refused(Exception):
    """With a sentence for people."""


def _is_turned(values: Mapping[str, Any]) -> bool:
    return "least" in values and "most" in values and values["least"] > values["most"]


def _count(one: Input, given: Any) -> int:
    if isinstance(given, str) and given.strip().isascii() and given.strip().isdigit():
        given = int(given.strip()[:12])
    if not isinstance(given, int) or isinstance(given, bool):
        raise _Refused(_("Enter a whole number."))
    return _within(one, given)


def _money(one: Input, given: Any) -> Decimal:
    if not isinstance(given, str | int | Decimal) or isinstance(given, bool):
        raise _Refused(_("Enter a sum."))
    text = "".join(str(given)[:100].split()).replace(",", ".")
    if not SUM.fullmatch(text):
        raise _Refused(_("Enter a sum."))
    amount = Decimal(text)
    if amount != round(amount, 2):
        raise _Refused(_("Enter a sum in roubles and kopecks."))
    return _within(one, amount)


def _within(one: Input, number: N) -> N:
    if not one.least <= number <= one.most:
        raise _Refused(_("From %(least)s to %(most)s.") % {"least": one.least, "most": one.most})
    return number


def _day(one: Input, given: Any) -> date:
    if isinstance(given, str) and DAY.fullmatch(given) and FIRST_YEAR <= int(given[:4]) <= LAST_YEAR:
        with suppress(ValueError):
            return date.fromisoformat(given)
    raise _Refused(_("Enter a date."))


def _list(one: Input, given: Any) -> tuple[str, ...]:
    if not isinstance(given, list | tuple) or not given:
        raise _Refused(_("Choose at least one.") if one.kind == Kind.CODES else _("Enter at least one."))
    if len(given) > MAX_LIST:
        raise _Refused(_("At most %(count)d here.") % {"count": MAX_LIST})
    if not all(isinstance(text, str) and _is_readable(text) for text in given):
        raise _Refused(_("This cannot be read."))
    return tuple(dict.fromkeys(given))


def _is_readable(text: str) -> bool:
    return 0 < len(text) <= LONGEST_TEXT and not UNREADABLE.search(text)


READERS: dict[Kind, Any] = {
    Kind.COUNT: _count,
    Kind.DAYS: _count,
    Kind.MONEY: _money,
    Kind.DAY: _day,
    Kind.CODES: _list,
    Kind.WORDS: _list,
}
