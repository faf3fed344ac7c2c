"""Every string of the product has a Russian translation; English is the language of the sources."""

import pytest

from tests.house.translations import Message, placeholders, translated_messages, wanted_messages

# Text that reads the same in every language.
SAME_EVERYWHERE: set[str] = set()


@pytest.fixture(scope="module")
def russian() -> dict[Message, list[str]]:
    return translated_messages("ru")


def test_every_string_is_translated(russian: dict[Message, list[str]]) -> None:
    missing = {
        f"{place}: {message[1]!r}"
        for message, place in wanted_messages().items()
        if not all(russian.get(message, [])) or message not in russian
    }
    assert sorted(missing) == []


def test_translations_keep_their_placeholders(russian: dict[Message, list[str]]) -> None:
    """A missing field would show the reader nothing, a made-up one would fail at run time."""
    wrong = [
        f"{text!r} → {translation!r}"
        for (_, text), translations in russian.items()
        for translation in translations
        if translation and not placeholders(translation) <= placeholders(text) | {"%(count)d", "%(n)d"}
    ]
    assert wrong == []
