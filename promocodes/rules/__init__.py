"""Decisions about promo codes on plain values: no database, no clock."""

from promocodes.rules.code_text import ALPHABET, normalised, readings
from promocodes.rules.conditions import allowed_discount, judge, lines_in_scope, per_customer_limit
from promocodes.rules.explain import CHECK_LABELS, explain
from promocodes.rules.facts import Check, CodeFacts, LineFacts, Reason, ShopperFacts, Verdict
from promocodes.rules.generation import code_length, random_code
from promocodes.rules.holders import holder_keys
from promocodes.rules.period import end_of, last_day, start_of
from promocodes.rules.spec import CodeSpec, period_from
from promocodes.rules.states import STATE_LABELS, State, effective_switch, state_of

__all__ = [
    "ALPHABET",
    "CHECK_LABELS",
    "STATE_LABELS",
    "Check",
    "CodeFacts",
    "CodeSpec",
    "LineFacts",
    "Reason",
    "ShopperFacts",
    "State",
    "Verdict",
    "allowed_discount",
    "code_length",
    "effective_switch",
    "end_of",
    "explain",
    "holder_keys",
    "judge",
    "last_day",
    "lines_in_scope",
    "normalised",
    "per_customer_limit",
    "period_from",
    "random_code",
    "readings",
    "start_of",
    "state_of",
]
