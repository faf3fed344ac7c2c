"""Keys of rows as they come in addresses and forms."""

MOST_DIGITS = 18


def key_of(typed: object) -> int | None:
    """The key that is meant; None for what cannot be one: signs, other digits than 0–9, more of them than a key has."""
    text = str(typed or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None
