"""What conditions are put together from. Higher apps build theirs of it too (CU-8)."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.rules.conditions import At, Input, Kind, Operator, Select, Source

LONGEST_DAYS = 3650
MOST_MONEY = 1_000_000_000

CODES = Input("codes", Kind.CODES)
WORDS = Input("words", Kind.WORDS)
DAYS = Input("days", Kind.DAYS, pgettext_lazy("unit", "days"), least=1, most=LONGEST_DAYS)
AMOUNT = Input("amount", Kind.MONEY, pgettext_lazy("unit", "roubles"), most=MOST_MONEY)
COUNT = Input("count", Kind.COUNT)
FIRST = Input("least", Kind.DAY, pgettext_lazy("days", "from"))
LAST = Input("most", Kind.DAY, pgettext_lazy("days", "to"))

Values = Mapping[str, Any]
Make = Callable[[Values, At], Select]

IS_ONE_OF, IS_NONE_OF = _("is one of"), _("is none of")
YES, NO = pgettext_lazy("condition", "yes"), pgettext_lazy("condition", "no")
WITHIN, LONGER_AGO = _("within the last … days"), _("more than … days ago")
BETWEEN_DAYS = _("between two days")
AT_LEAST, AT_MOST, BETWEEN = _("at least"), _("at most"), _("between")
NEVER = _("never")


def ids(sql: str, *params: Any) -> Select:
    """A SELECT of `customer_id`, each as often as it comes."""
    return Select(Source.IDS, sql, params)


def customer(sql: str, *params: Any) -> Select:
    """A predicate on the customer's row, `c`."""
    return Select(Source.CUSTOMER, sql, params)


def rfm(sql: str, *params: Any) -> Select:
    """A predicate on the row of purchases and scores, `r`: it finds buyers only."""
    return Select(Source.RFM, sql, params)


def yes_no(select: Make, *, yes: Any, no: Any) -> tuple[Operator, Operator]:
    return (
        Operator("yes", YES, yes, select),
        Operator("no", NO, no, select, is_negative=True),
    )


def one_of(select: Make, *, is_in: Any, is_out: Any) -> tuple[Operator, Operator]:
    """`select` finds those who have any of `codes`."""
    return (
        Operator("in", IS_ONE_OF, is_in, select, (CODES,)),
        Operator("not_in", IS_NONE_OF, is_out, select, (CODES,), is_negative=True),
    )


def numbers(column: str, source: Make, one: Input, *, least: Any, most: Any, between: Any) -> tuple[Operator, ...]:
    """Comparisons of `column`, which is ours and never anybody's input; `source` wraps the predicate."""
    low = Input("least", one.kind, pgettext_lazy("numbers", "from"), one.least, one.most)
    high = Input("most", one.kind, pgettext_lazy("numbers", "to"), one.least, one.most)

    def wrapped(comparison: str, *names: str) -> Make:
        def select(values: Values, at: At) -> Select:
            kind = source({}, at)
            asked = [values[name] for name in names]
            return Select(kind.source, kind.sql.replace("{}", f"{column} {comparison}"), (*kind.params, *asked))

        return select

    return (
        Operator("at_least", AT_LEAST, least, wrapped(">= %s", one.name), (one,)),
        Operator("at_most", AT_MOST, most, wrapped("<= %s", one.name), (one,)),
        Operator("between", BETWEEN, between, wrapped("BETWEEN %s AND %s", "least", "most"), (low, high)),
    )


def moments(
    column: str, wrap: Callable[..., Select], *, within: Any, longer: Any, between: Any
) -> tuple[Operator, ...]:
    """Comparisons of a moment by days of the shop: `within` and `longer` leave nobody out and take nobody twice."""

    def recent(values: Values, at: At) -> Select:
        return wrap(f"{column} >= %s", at.days_ago(values["days"]))

    def old(values: Values, at: At) -> Select:
        return wrap(f"{column} < %s", at.days_ago(values["days"]))

    def inside(values: Values, at: At) -> Select:
        first, after = at.start_of(values["least"]), at.after(values["most"])
        return wrap(f"{column} >= %s AND {column} < %s", first, after)

    return (
        Operator("within", WITHIN, within, recent, (DAYS,)),
        Operator("longer_ago", LONGER_AGO, longer, old, (DAYS,)),
        Operator("between", BETWEEN_DAYS, between, inside, (FIRST, LAST)),
    )
