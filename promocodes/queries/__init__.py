"""Reads of promo codes."""

from promocodes.queries.exports import batch_codes_csv, write_batch_codes_xlsx
from promocodes.queries.find import FoundCode, code_by_id, find_code
from promocodes.queries.history import Change, FieldChange, batch_history, code_history
from promocodes.queries.invariants import INVARIANTS
from promocodes.queries.links import checkout_link, qr_svg
from promocodes.queries.personal import PersonalCode, PersonalState, personal_codes
from promocodes.queries.search import customers_of_code
from promocodes.queries.specs import has_shared_terms, spec_of, terms_spec
from promocodes.queries.states import with_state
from promocodes.queries.tiers import tier_names

__all__ = [
    "INVARIANTS",
    "Change",
    "FieldChange",
    "FoundCode",
    "PersonalCode",
    "PersonalState",
    "batch_codes_csv",
    "batch_history",
    "checkout_link",
    "code_by_id",
    "code_history",
    "customers_of_code",
    "find_code",
    "has_shared_terms",
    "personal_codes",
    "qr_svg",
    "spec_of",
    "terms_spec",
    "tier_names",
    "with_state",
    "write_batch_codes_xlsx",
]
