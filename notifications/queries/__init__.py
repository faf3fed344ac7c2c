"""Reads of messages."""

from notifications.queries.addressees import Addressee, addressee
from notifications.queries.addresses import site_address
from notifications.queries.invariants import INVARIANTS
from notifications.queries.letters import known_kinds, language_of, letter_of
from notifications.queries.messages import State, in_state, state_of

__all__ = [
    "INVARIANTS",
    "Addressee",
    "State",
    "addressee",
    "in_state",
    "known_kinds",
    "language_of",
    "letter_of",
    "site_address",
    "state_of",
]
