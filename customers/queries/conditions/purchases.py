"""Conditions on what a customer has bought and where he lies on the map (CU-7). Sums are roubles kept: less refunds."""

# ruff: noqa: S608 - the SQL is put together from our own constants; all that anybody typed is a parameter.

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from customers.models import Segment
from customers.queries.conditions.parts import (
    AMOUNT,
    AT_LEAST,
    AT_MOST,
    CODES,
    COUNT,
    DAYS,
    NEVER,
    Values,
    ids,
    moments,
    numbers,
    one_of,
    rfm,
    yes_no,
)
from customers.queries.rfm_figures import KEPT
from customers.rules.channels import CHANNELS
from customers.rules.conditions import At, Condition, Input, Kind, Operator, Select

PURCHASES = _("Purchases")
MAP = _("RFM map")
BUYERS_ONLY = _("Of those who have bought something and kept it.")
# The purchases that RFM counts, too: given back whole it is none, paid with points alone it is one.
BOUGHT = f"SELECT p.customer_id FROM customers_purchase p WHERE p.customer_id IS NOT NULL AND {KEPT}"
RECENTLY = f"{BOUGHT} AND p.paid_at >= %s"
SCORE = Input("score", Kind.COUNT, least=1, most=5)


def _map_segments() -> list[tuple[str, str]]:
    rows = Segment.objects.filter(kind=Segment.Kind.RFM).exclude(code__in=("rfm-vip", "rfm-starter"))
    return [(row.code.removeprefix("rfm-"), row.title) for row in rows.order_by("pk")]


def _channels() -> list[tuple[str, str]]:
    """Those that purchases come by (CU-5): orders of the shop, and history from elsewhere."""
    return [(code, str(name)) for code, name in CHANNELS.items()]


def _rfm(values: Values, at: At) -> Select:
    return rfm("{}")


def _score(key: str, label: Any, sentences: tuple[Any, Any, Any]) -> Condition:
    least, most, between = sentences
    return Condition(
        f"rfm_{key}", MAP, label, numbers(f"r.{key}", _rfm, SCORE, least=least, most=most, between=between)
    )


def _recent_sum(values: Values, at: At) -> tuple[str, tuple[Any, ...]]:
    having = "GROUP BY p.customer_id HAVING sum(p.goods_amount - p.refunded_amount)"
    return f"{RECENTLY} {having}", (at.days_ago(values["days"]),)


def _recent_at_least(values: Values, at: At) -> Select:
    sql, params = _recent_sum(values, at)
    return ids(f"{sql} >= %s", *params, values["amount"])


def _recent_at_most(values: Values, at: At) -> Select:
    sql, params = _recent_sum(values, at)
    return ids(f"{sql} <= %s", *params, values["amount"])


def _recent_orders(values: Values, at: At) -> Select:
    return ids(f"{RECENTLY} GROUP BY p.customer_id HAVING count(*) >= %s", at.days_ago(values["days"]), values["count"])


def _by_channel(values: Values, at: At) -> Select:
    return ids(f"{BOUGHT} AND p.channel = ANY(%s)", list(values["codes"]))


def _recently_by_channel(values: Values, at: At) -> Select:
    return ids(f"{RECENTLY} AND p.channel = ANY(%s)", at.days_ago(values["days"]), list(values["codes"]))


CONDITIONS = (
    Condition(
        "last_purchase",
        PURCHASES,
        _("last purchase"),
        (
            *moments(
                "r.last_paid_at",
                rfm,
                within=ngettext_lazy(
                    "bought within the last %(days)s day", "bought within the last %(days)s days", "days"
                ),
                longer=ngettext_lazy(
                    "last bought more than %(days)s day ago", "last bought more than %(days)s days ago", "days"
                ),
                between=_("last bought from %(least)s to %(most)s"),
            ),
            Operator("never", NEVER, _("has never bought"), lambda v, at: rfm("TRUE"), is_negative=True),
        ),
        help_text=_("Orders given back whole do not count."),
    ),
    Condition(
        "first_purchase",
        PURCHASES,
        _("first purchase"),
        moments(
            "r.first_paid_at",
            rfm,
            within=ngettext_lazy(
                "first bought within the last %(days)s day", "first bought within the last %(days)s days", "days"
            ),
            longer=ngettext_lazy(
                "first bought more than %(days)s day ago", "first bought more than %(days)s days ago", "days"
            ),
            between=_("first bought from %(least)s to %(most)s"),
        ),
    ),
    Condition(
        "spent",
        PURCHASES,
        _("spent in all"),
        numbers(
            "r.spent",
            _rfm,
            AMOUNT,
            least=_("has spent at least %(amount)s"),
            most=_("has spent at most %(amount)s"),
            between=_("has spent from %(least)s to %(most)s"),
        ),
        help_text=BUYERS_ONLY,
    ),
    Condition(
        "orders",
        PURCHASES,
        _("orders in all"),
        numbers(
            "r.orders",
            _rfm,
            COUNT,
            least=ngettext_lazy("has at least %(count)s order", "has at least %(count)s orders", "count"),
            most=ngettext_lazy("has at most %(count)s order", "has at most %(count)s orders", "count"),
            between=_("has from %(least)s to %(most)s orders"),
        ),
        help_text=BUYERS_ONLY,
    ),
    Condition(
        "average_order",
        PURCHASES,
        _("average order"),
        numbers(
            "r.spent / r.orders",
            _rfm,
            AMOUNT,
            least=_("average order of at least %(amount)s"),
            most=_("average order of at most %(amount)s"),
            between=_("average order from %(least)s to %(most)s"),
        ),
        help_text=BUYERS_ONLY,
    ),
    Condition(
        "spent_recently",
        PURCHASES,
        _("spent lately"),
        (
            Operator(
                "at_least",
                AT_LEAST,
                ngettext_lazy(
                    "has spent at least %(amount)s in the last %(days)s day",
                    "has spent at least %(amount)s in the last %(days)s days",
                    "days",
                ),
                _recent_at_least,
                (AMOUNT, DAYS),
            ),
            Operator(
                "at_most",
                AT_MOST,
                ngettext_lazy(
                    "bought, and for at most %(amount)s, in the last %(days)s day",
                    "bought, and for at most %(amount)s, in the last %(days)s days",
                    "days",
                ),
                _recent_at_most,
                (AMOUNT, DAYS),
            ),
        ),
        help_text=_("Of those who have bought in these days."),
        is_slow=True,
    ),
    Condition(
        "orders_recently",
        PURCHASES,
        _("orders lately"),
        (
            Operator(
                "at_least",
                AT_LEAST,
                ngettext_lazy(
                    "orders in the last %(days)s day: at least %(count)s",
                    "orders in the last %(days)s days: at least %(count)s",
                    "days",
                ),
                _recent_orders,
                (COUNT, DAYS),
            ),
        ),
        is_slow=True,
    ),
    Condition(
        "channel",
        PURCHASES,
        _("channel of purchases"),
        (
            *one_of(_by_channel, is_in=_("bought by the channel %(codes)s"), is_out=_("never bought by %(codes)s")),
            Operator(
                "within",
                _("within the last … days, one of"),
                ngettext_lazy(
                    "bought by the channel %(codes)s in the last %(days)s day",
                    "bought by the channel %(codes)s in the last %(days)s days",
                    "days",
                ),
                _recently_by_channel,
                (CODES, DAYS),
            ),
        ),
        choices=_channels,
        is_slow=True,
    ),
    Condition(
        "rfm_segment",
        MAP,
        _("segment of the map"),
        one_of(
            lambda values, at: rfm("r.segment = ANY(%s)", list(values["codes"])),
            is_in=_("RFM: %(codes)s"),
            is_out=_("not RFM: %(codes)s"),
        ),
        choices=_map_segments,
    ),
    _score(
        "r",
        _("recency score (R)"),
        (_("R of at least %(score)s"), _("R of at most %(score)s"), _("R from %(least)s to %(most)s")),
    ),
    _score(
        "f",
        _("frequency score (F)"),
        (_("F of at least %(score)s"), _("F of at most %(score)s"), _("F from %(least)s to %(most)s")),
    ),
    _score(
        "m",
        _("monetary score (M)"),
        (_("M of at least %(score)s"), _("M of at most %(score)s"), _("M from %(least)s to %(most)s")),
    ),
    Condition("vip", MAP, _("VIP"), yes_no(lambda v, at: rfm("r.is_vip"), yes=_("VIP"), no=_("not VIP"))),
    Condition(
        "starter",
        MAP,
        _("starter"),
        yes_no(
            lambda v, at: rfm("r.orders = 1"),
            yes=_("has bought exactly once"),
            no=_("has not bought exactly once"),
        ),
    ),
)
