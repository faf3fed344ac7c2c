"""Reads of promo codes."""

from promocodes.queries.find import FoundCode, code_by_id, find_code

__all__ = ["FoundCode", "code_by_id", "find_code"]
