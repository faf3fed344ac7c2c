"""Reads of promo codes."""

from promocodes.queries.find import FoundCode, code_by_id, find_code
from promocodes.queries.invariants import INVARIANTS
from promocodes.queries.specs import spec_of, terms_spec
from promocodes.queries.states import with_state

__all__ = ["INVARIANTS", "FoundCode", "code_by_id", "find_code", "spec_of", "terms_spec", "with_state"]
