"""What a rule of a segment asks of customers: a tree of conditions, read strictly and told in words (CU-8, ADR 13).

A tree is {"all": […]}, {"any": […]}, {"not": {…}} or a leaf {"field", "op", "value"}. An operator without inputs has no
value, with one input the value stands by itself, with several it is an object by their names.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from loyalty_site.kernel.texts import day_text, money_text, number_text

Words = str | Promise
Choices = Callable[[], Sequence[tuple[str, str]]]
MAX_DEPTH, MAX_LEAVES, MAX_LIST = 5, 30, 100


class Kind(StrEnum):
    """What an input takes. CODES are of the condition's choices, WORDS are typed."""

    COUNT = "count"
    DAYS = "days"
    MONEY = "money"
    DAY = "day"
    CODES = "codes"
    WORDS = "words"


@dataclass(frozen=True)
class At:
    """When a rule is asked. Days are those of the shop."""

    now: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def start_of(self, day: date) -> datetime:
        return datetime.combine(day, time.min, self.zone)

    def after(self, day: date) -> datetime:
        """The end of that day, which is excluded itself."""
        return self.start_of(day + timedelta(days=1))

    def days_ago(self, days: int) -> datetime:
        """The beginning of that day: what is later lies within the last `days` days."""
        return self.start_of(self.today - timedelta(days=days))


class Source(StrEnum):
    """Where a condition looks: the customer's own row (`c`), his `Rfm` row (`r`), or a SELECT of `customer_id`."""

    CUSTOMER = "customer"
    RFM = "rfm"
    IDS = "ids"


@dataclass(frozen=True)
class Select:
    """SQL with its parameters apart: a predicate on `c` or `r`, or a SELECT that gives `customer_id`."""

    source: Source
    sql: str
    params: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Input:
    name: str
    kind: Kind
    label: Words = ""
    least: int = 0
    most: int = 1_000_000_000


@dataclass(frozen=True)
class Operator:
    """`sentence` takes the inputs by name, as texts. A negative one holds for everybody its `select` does not find."""

    key: str
    label: Words
    sentence: Any
    select: Callable[[Mapping[str, Any], At], Select]
    inputs: tuple[Input, ...] = ()
    is_negative: bool = False


@dataclass(frozen=True)
class Condition:
    """Something that can be asked. `is_slow`: it reads more than an index, and a count may take seconds."""

    key: str
    group: Words
    label: Words
    operators: tuple[Operator, ...]
    choices: Choices | None = None
    help_text: Words = ""
    is_slow: bool = False

    def operator(self, key: object) -> Operator | None:
        return next((operator for operator in self.operators if operator.key == key), None)


@dataclass(frozen=True)
class Leaf:
    condition: Condition
    operator: Operator
    values: Mapping[str, Any] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        names = [one.name for one in self.operator.inputs]
        plain = {name: _plain(self.values[name]) for name in names}
        document: dict[str, Any] = {"field": self.condition.key, "op": self.operator.key}
        if names:
            document["value"] = plain if len(names) > 1 else plain[names[0]]
        return document

    def sentence(self, names: "Names | None" = None) -> str:
        known = (names or Names()).of(self.condition)
        shown = {one.name: _shown(one.kind, self.values[one.name], known) for one in self.operator.inputs}
        return str(self.operator.sentence % shown) if shown else str(self.operator.sentence)


@dataclass(frozen=True)
class Not:
    part: "Node"

    def document(self) -> dict[str, Any]:
        return {"not": self.part.document()}

    def sentence(self, names: "Names | None" = None) -> str:
        return _("not (%(conditions)s)") % {"conditions": self.part.sentence(names)}


@dataclass(frozen=True)
class Group:
    """All of the parts hold, or any of them. An empty one is never read."""

    kind: str
    parts: tuple["Node", ...]

    def document(self) -> dict[str, Any]:
        return {self.kind: [part.document() for part in self.parts]}

    def sentence(self, names: "Names | None" = None) -> str:
        """Inner groups stand in brackets."""
        names = names or Names()
        told = [
            f"({part.sentence(names)})" if isinstance(part, Group) and len(part.parts) > 1 else part.sentence(names)
            for part in self.parts
        ]
        word = pgettext("conditions", "and") if self.kind == "all" else pgettext("conditions", "or")
        return f" {word} ".join(told)


Node = Leaf | Not | Group


class Names:
    """Names of choices, each condition's read once for a whole sentence."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, str]] = {}

    def of(self, condition: Condition) -> dict[str, str]:
        if condition.choices is None:
            return {}
        if condition.key not in self._known:
            self._known[condition.key] = {code: str(name) for code, name in condition.choices()}
        return self._known[condition.key]


def leaves(node: Node) -> list[Leaf]:
    """In the order they are read."""
    if isinstance(node, Leaf):
        return [node]
    if isinstance(node, Not):
        return leaves(node.part)
    return [leaf for part in node.parts for leaf in leaves(part)]


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else value


def _shown(kind: Kind, value: Any, names: Mapping[str, str]) -> Any:
    """Counts and days stay numbers: the sentence's plural form goes by them."""
    match kind:
        case Kind.COUNT | Kind.DAYS:
            return value
        case Kind.MONEY:
            return money_text(value) if isinstance(value, Decimal) else number_text(value)
        case Kind.DAY:
            return day_text(value)
        case _:
            named = [_quoted(names.get(code, code)) for code in value]
            return pgettext("conditions", " or ").join(named)


def _quoted(name: str) -> str:
    return _("“%(name)s”") % {"name": name.strip(" \N{NO-BREAK SPACE}")}
