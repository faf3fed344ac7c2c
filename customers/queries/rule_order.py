"""Rules that ask for other segments: what is asked for is refreshed first, and no circle is ever saved (CU-8)."""

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from customers.models import Segment


def rules_in_order() -> list[int]:
    """Keys of the living rule segments, each after those that it asks for. One query."""
    rows = Segment.objects.filter(kind=Segment.Kind.RULE, archived_at=None).order_by("pk")
    rules = {code: (key, rule) for key, code, rule in rows.values_list("pk", "code", "rule")}
    wanted = {code: asked_segments(rule) & set(rules) for code, (_key, rule) in rules.items()}
    try:
        return [rules[code][0] for code in TopologicalSorter(wanted).static_order()]
    except CycleError:
        return [key for key, _rule in rules.values()]


def asked_segments(rule: Any) -> set[str]:
    """Codes of the segments that a rule asks for; of what cannot be read, none."""
    if isinstance(rule, Mapping):
        if rule.get("field") == "segment":
            value = rule.get("value")
            return {str(code) for code in value} if isinstance(value, list | tuple) else set()
        return {code for part in rule.values() for code in asked_segments(part)}
    return {code for part in rule for code in asked_segments(part)} if isinstance(rule, list | tuple) else set()


def makes_a_circle(code: str, rule: Any) -> bool:
    """Whether a rule saved as `code` would ask for itself, by others maybe. One query."""
    rows = Segment.objects.filter(kind=Segment.Kind.RULE).exclude(code=code).values_list("code", "rule")
    wanted = {other: asked_segments(its) for other, its in rows}
    seen: set[str] = set()
    ahead = asked_segments(rule)
    while ahead:
        if code in ahead:
            return True
        seen |= ahead
        ahead = {further for one in ahead for further in wanted.get(one, ())} - seen
    return False


def asking_for(code: str) -> list[Segment]:
    """The living rules that ask for this segment, by name. One query."""
    rows = Segment.objects.filter(kind=Segment.Kind.RULE, archived_at=None).exclude(code=code).order_by("name", "pk")
    return [row for row in rows if code in asked_segments(row.rule)]
