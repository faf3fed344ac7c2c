"""What a customer typed → the codes it may stand for (PC-4)."""

import unicodedata

ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
MIN_LENGTH, MAX_LENGTH = 6, 32
# Longer input is no code: what follows is not even looked at.
MAX_TYPED = 200

LOOK_ALIKES = str.maketrans("АВЕКМНОРСТУХ", "ABEKMHOPCTYX")
# The keys of a Russian keyboard and what is printed on them in Latin.
OTHER_LAYOUT = str.maketrans("ЙЦУКЕНГШЩЗФЫВАПРОЛДЯЧСМИТЬ", "QWERTYUIOPASDFGHJKLZXCVBNM")
READABLE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")


def readings(text: str) -> tuple[str, ...]:
    """Normalised spellings worth looking up, the likeliest first; empty when `text` can be no code.

    Case, spaces, hyphens and other punctuation are ignored. Cyrillic look-alikes are read as Latin; then the whole
    is read as typed with the wrong keyboard layout (`Л7ЧЙ4Ь` is `K7XQ4M`).
    """
    typed = _letters_and_digits(text[:MAX_TYPED])
    found = (typed.translate(LOOK_ALIKES), typed.translate(OTHER_LAYOUT))
    return tuple(dict.fromkeys(reading for reading in found if _is_possible(reading)))


def normalised(text: str) -> str:
    """The first reading of `text`, or an empty string."""
    return next(iter(readings(text)), "")


def _letters_and_digits(text: str) -> str:
    upper = unicodedata.normalize("NFKC", text).upper()
    return "".join(char for char in upper if unicodedata.category(char)[0] in "LN")


def _is_possible(reading: str) -> bool:
    return MIN_LENGTH <= len(reading) <= MAX_LENGTH and READABLE.issuperset(reading)
