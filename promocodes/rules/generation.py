"""Codes are drawn, never chosen (PC-4), and long enough not to be guessed (PC-20)."""

import secrets

from promocodes.rules.code_text import ALPHABET, MAX_LENGTH

SHORT_LENGTH, LONG_LENGTH = 10, 12
MAX_COUNT_OF_SHORT = 10_000
POSSIBLE_PER_ISSUED = 1_000_000

# A byte below the largest multiple of the alphabet's size picks a character without bias; the rest are thrown away.
FAIR_LIMIT = 256 - 256 % len(ALPHABET)
PICK = bytes(ord(ALPHABET[byte % len(ALPHABET)]) for byte in range(256))
UNFAIR_BYTES = bytes(range(FAIR_LIMIT, 256))


def code_length(count: int, *, issued: int = 0) -> int | None:
    """Characters for `count` new codes when at most `issued` exist already; None when no length is enough."""
    shortest = SHORT_LENGTH if count <= MAX_COUNT_OF_SHORT else LONG_LENGTH
    return next((length for length in range(shortest, MAX_LENGTH + 1) if is_long_enough(length, count, issued)), None)


def is_long_enough(length: int, count: int, issued: int = 0) -> bool:
    """A million possible codes for each one issued."""
    if length < SHORT_LENGTH or (length < LONG_LENGTH and count > MAX_COUNT_OF_SHORT):
        return False
    possible: int = len(ALPHABET) ** length
    return possible >= POSSIBLE_PER_ISSUED * (issued + count)


def random_characters(count: int) -> bytes:
    """`count` characters of the alphabet, each equally likely, from the system's cryptographic source."""
    drawn = bytearray()
    while len(drawn) < count:
        missing = count - len(drawn)
        raw = secrets.token_bytes(missing + missing // 16 + 16)
        drawn += raw.translate(PICK, UNFAIR_BYTES)
    return bytes(drawn[:count])


def random_code(length: int = SHORT_LENGTH) -> str:
    return random_characters(length).decode()


def random_codes(count: int, length: int) -> list[str]:
    """`count` different codes, sorted: neighbours in an index are quicker to add than strangers."""
    codes: set[str] = set()
    while len(codes) < count:
        drawn = random_characters((count - len(codes)) * length).decode()
        codes.update(drawn[start : start + length] for start in range(0, len(drawn), length))
    return sorted(codes)
