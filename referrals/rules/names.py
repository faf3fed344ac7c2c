"""A first name that strangers may be shown."""

import unicodedata

LONGEST = 40
MARKS = frozenset(" -'’")


def shown_name(first_name: str) -> str:
    """The name as it stands, empty for what is no name: an advertisement or an address would speak for the shop."""
    name = " ".join(first_name.split())
    is_name = all(unicodedata.category(sign)[0] in "LM" or sign in MARKS for sign in name)
    return name if is_name and len(name) <= LONGEST else ""
