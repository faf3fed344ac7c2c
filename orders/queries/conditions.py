"""What rules of segments may ask of the goods that were bought (CU-8). Lines given back whole do not count."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from customers.queries.conditions.parts import CODES, DAYS, WORDS, Values, ids
from customers.rules.conditions import At, Condition, Input, Operator, Select
from orders.queries.for_promocodes import category_choices

GOODS = _("Goods")
LINES = """
SELECT o.customer_id FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
WHERE o.customer_id IS NOT NULL AND o.paid_at IS NOT NULL AND l.refunded_quantity < l.quantity
"""
IN_CATEGORY = " AND l.category IN (SELECT slug FROM orders_category WHERE ancestry && %s::varchar[])"
OF_SKU = " AND l.sku = ANY(%s)"
SINCE = " AND o.paid_at >= %s"
SKUS = Input("words", WORDS.kind, pgettext_lazy("unit", "SKU, by commas"))


def _category(values: Values, at: At) -> Select:
    return ids(LINES + IN_CATEGORY, list(values["codes"]))


def _category_lately(values: Values, at: At) -> Select:
    return ids(LINES + IN_CATEGORY + SINCE, list(values["codes"]), at.days_ago(values["days"]))


def _product(values: Values, at: At) -> Select:
    return ids(LINES + OF_SKU, list(values["words"]))


def _product_lately(values: Values, at: At) -> Select:
    return ids(LINES + OF_SKU + SINCE, list(values["words"]), at.days_ago(values["days"]))


EVER, NEVER = pgettext_lazy("bought", "ever"), pgettext_lazy("bought", "never")
LATELY, NOT_LATELY = pgettext_lazy("bought", "within the last … days"), pgettext_lazy("bought", "not within … days")

CONDITIONS = (
    Condition(
        "bought_category",
        GOODS,
        _("bought of a category"),
        (
            Operator("ever", EVER, _("has bought of %(codes)s"), _category, (CODES,)),
            Operator(
                "within",
                LATELY,
                ngettext_lazy(
                    "bought of %(codes)s within the last %(days)s day",
                    "bought of %(codes)s within the last %(days)s days",
                    "days",
                ),
                _category_lately,
                (CODES, DAYS),
            ),
            Operator("never", NEVER, _("has never bought of %(codes)s"), _category, (CODES,), True),
            Operator(
                "not_within",
                NOT_LATELY,
                ngettext_lazy(
                    "bought nothing of %(codes)s within the last %(days)s day",
                    "bought nothing of %(codes)s within the last %(days)s days",
                    "days",
                ),
                _category_lately,
                (CODES, DAYS),
                True,
            ),
        ),
        choices=category_choices,
        help_text=_("With all categories below it."),
        is_slow=True,
    ),
    Condition(
        "bought_product",
        GOODS,
        _("bought a product"),
        (
            Operator("ever", EVER, _("has bought %(words)s"), _product, (SKUS,)),
            Operator(
                "within",
                LATELY,
                ngettext_lazy(
                    "bought %(words)s within the last %(days)s day",
                    "bought %(words)s within the last %(days)s days",
                    "days",
                ),
                _product_lately,
                (SKUS, DAYS),
            ),
            Operator("never", NEVER, _("has never bought %(words)s"), _product, (SKUS,), True),
        ),
        is_slow=True,
    ),
)
