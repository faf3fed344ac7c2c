"""What a customer has agreed to, and in which words (CU-2)."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language

from customers.models import Consent, ConsentText
from customers.rules.consent_texts import FIRST_TEXTS, FIRST_VERSION
from customers.rules.places import place_text


def live_consents(customer_id: int) -> set[str]:
    """The purposes of the consents that hold now. One query."""
    rows = Consent.objects.filter(customer=customer_id, withdrawn_at=None)
    return set(rows.values_list("purpose", flat=True))


@dataclass(frozen=True)
class Given:
    """One consent as it was given and, maybe, withdrawn; `text` as he saw it, in the reader's language.

    `text` is empty when the version came from elsewhere and is not kept here.
    """

    given_at: datetime
    source: str
    version: str
    text: str
    withdrawn_at: datetime | None
    withdrawn_source: str

    @property
    def place(self) -> str:
        return place_text(self.source)

    @property
    def withdrawn_place(self) -> str:
        return place_text(self.withdrawn_source)


@dataclass(frozen=True)
class PurposeRecord:
    """`live` is the consent that holds now; `history` all of them, the newest first. `text` is what is asked today."""

    purpose: str
    name: str
    text: str
    version: int
    live: Given | None
    history: tuple[Given, ...]


def consent_record(customer_id: int) -> list[PurposeRecord]:
    """His own record, a purpose each, all four of them. Two queries."""
    texts = {(text.purpose, text.version): text.words for text in ConsentText.objects.order_by("purpose", "version")}
    rows = list(Consent.objects.filter(customer=customer_id).order_by("-given_at", "-pk"))
    return [_record(purpose, rows, texts) for purpose in Consent.Purpose]


def consent_text(purpose: str) -> tuple[int, str]:
    """The version in force and its words in the reader's language. One query."""
    newest = ConsentText.objects.filter(purpose=purpose).order_by("-version").first()
    return (newest.version, newest.words) if newest else (FIRST_VERSION, _first(purpose))


def _record(purpose: Consent.Purpose, rows: list[Consent], texts: dict[tuple[str, int], str]) -> PurposeRecord:
    history = tuple(_given(row, texts) for row in rows if row.purpose == purpose)
    version = max((number for name, number in texts if name == purpose), default=FIRST_VERSION)
    live = next((given for given in history if given.withdrawn_at is None), None)
    words = texts.get((purpose.value, version)) or _first(purpose)
    return PurposeRecord(purpose.value, str(purpose.label), words, version, live, history)


def _given(row: Consent, texts: dict[tuple[str, int], str]) -> Given:
    number = int(row.text_version) if row.text_version.isdecimal() else 0
    words = texts.get((row.purpose, number)) or (_first(row.purpose) if number == FIRST_VERSION else "")
    return Given(row.given_at, row.source, row.text_version, words, row.withdrawn_at, row.withdrawn_source)


def _first(purpose: str) -> str:
    wording = FIRST_TEXTS[purpose]
    return wording.english if (get_language() or "").startswith("en") else wording.russian
