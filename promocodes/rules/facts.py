"""What the judgement of a code is made of: plain values, filled in by the caller."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

FIXED, PERCENT, CASHBACK, FREE_SHIPPING = "fixed", "percent", "cashback", "free_shipping"
TYPES = (FIXED, PERCENT, CASHBACK, FREE_SHIPPING)
SCOPED_TYPES = frozenset({PERCENT, CASHBACK})
# Cashback costs points later, not a discount now: it does not touch a budget of discount.
DISCOUNT_TYPES = frozenset({FIXED, PERCENT, FREE_SHIPPING})
CUT = "cut"


class Reason(StrEnum):
    """Why a code does not apply: part of the HTTP contract."""

    NOT_FOUND = "not_found"
    NOT_STARTED = "not_started"
    EXPIRED = "expired"
    EXHAUSTED = "exhausted"
    CUSTOMER_LIMIT = "customer_limit"
    FIRST_ORDER_ONLY = "first_order_only"
    NOT_FOR_CUSTOMER = "not_for_customer"
    BELOW_MINIMUM = "below_minimum"
    NO_MATCHING_ITEMS = "no_matching_items"
    BUDGET_SPENT = "budget_spent"
    HELD_BY_OWN_ORDER = "held_by_own_order"
    TOO_MANY_ATTEMPTS = "too_many_attempts"


@dataclass(frozen=True, kw_only=True)
class CodeFacts:
    """A code with its terms. `switch`: True active, False deactivated, None draft; its batch's where it has none.

    `budget_left` is None where the campaign has no budget. `tier` asks for that tier or one above it, `owner_id` is the
    one customer a personal code works for.
    """

    type: str
    value: Decimal | None = None
    categories: tuple[str, ...] = ()
    required_categories: tuple[str, ...] = ()
    minimum_order: Decimal | None = None
    starts_at: datetime
    ends_at: datetime
    max_uses: int | None = None
    uses: int = 0
    max_uses_per_customer: int | None = None
    first_order_only: bool = False
    segment: str | None = None
    tier: str | None = None
    owner_id: int | None = None
    switch: bool | None = True
    budget_left: Decimal | None = None
    budget_policy: str = "refuse"


@dataclass(frozen=True)
class LineFacts:
    """One line of a basket. `categories` are its category and all above it; `subtotal` is price × quantity."""

    sku: str
    categories: frozenset[str]
    subtotal: Decimal
    is_on_sale: bool = False


@dataclass(frozen=True, kw_only=True)
class ShopperFacts:
    """Who shops. `is_known` is False for an anonymous visitor: nothing per customer is judged then (Q-10).

    `uses` are live uses of this code by the shopper, `held_by_order` the number of his own unpaid order that
    holds one. `tiers` are all tiers the customer has reached, `customer_id` is None for a guest.
    """

    is_known: bool = False
    has_bought: bool = False
    segments: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()
    customer_id: int | None = None
    uses: int = 0
    held_by_order: str | None = None


@dataclass(frozen=True, kw_only=True)
class Check:
    """One condition and its verdict. `passed` is None when the condition is not asked.

    `text` is the sentence for people, in the language active when it was judged; empty unless the check failed.
    """

    name: str
    passed: bool | None
    reason: Reason | None = None
    text: str = ""
    missing_amount: Decimal | None = None
    available_from: datetime | None = None
    held_by_order: str | None = None


@dataclass(frozen=True)
class Verdict:
    """All checks in their fixed order; the first that failed is the reason given."""

    checks: tuple[Check, ...]

    @property
    def failed(self) -> Check | None:
        return next((check for check in self.checks if check.passed is False), None)

    @property
    def applies(self) -> bool:
        return self.failed is None

    @property
    def reason(self) -> Reason | None:
        return self.failed.reason if self.failed else None
