"""Reads of tiers."""

from tiers.queries.benefits import benefits

__all__ = ["benefits"]
