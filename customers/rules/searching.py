"""What somebody may mean who types a few letters or digits into the search for customers (CU-10). Pure."""

import re
import unicodedata
from dataclasses import dataclass
from uuid import UUID

LONGEST = 100
MOST_WORDS = 4
PHONE = re.compile(r"[\d\s()+.\-/]+")


@dataclass(frozen=True)
class Asked:
    """`text` as typed, without spaces around; the rest empty or None where the text cannot be meant so.

    `number`: of a customer. `digits`: of a phone, without anything else. `phone_starts`: with which a phone begins that
    was typed in part. `words`: in small letters, `ё` as `е`. `email`: a whole address or a part of one.
    """

    text: str
    number: int | None = None
    public_id: UUID | None = None
    digits: str = ""
    phone_starts: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    email: str = ""


def asked(typed: str) -> Asked | None:
    """None for nothing at all and for what no row can hold."""
    text = unicodedata.normalize("NFC", typed).strip()[:LONGEST]
    if not text or any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        return None
    bare = text.lstrip("№#").strip()
    digits = "".join(character for character in text if character.isascii() and character.isdecimal())
    if bare.isascii() and bare.isdecimal() and bare != text:
        return Asked(text=bare, number=_number(bare))
    is_phone = bool(digits) and PHONE.fullmatch(text) is not None
    return Asked(
        text=text,
        number=_number(bare) if bare.isascii() else None,
        public_id=_uuid(text),
        digits=digits if is_phone else "",
        phone_starts=_starts(text, digits) if is_phone else (),
        words=() if "@" in text or is_phone else words_of(text),
        email=text.lower() if _may_be_email(text) else "",
    )


def words_of(text: str) -> tuple[str, ...]:
    return tuple(text.lower().replace("ё", "е").split()[:MOST_WORDS])


def _number(bare: str) -> int | None:
    return int(bare) if bare.isdecimal() and len(bare) < 10 else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if len(text) >= 32 else None
    except ValueError:
        return None


def _starts(text: str, digits: str) -> tuple[str, ...]:
    """`8 912 …`, `+7 912 …` and `912 …` are the same beginning of a Russian number."""
    if text.startswith("+"):
        return (f"+{digits}",)
    if digits[0] == "8":
        return (f"+7{digits[1:]}", f"+{digits}")
    return (f"+{digits}", f"+7{digits}")


def _may_be_email(text: str) -> bool:
    return " " not in text and all(character.isprintable() for character in text)
