"""Long arrays as the text that PostgreSQL reads: a driver that looks at every value twice takes its time over them."""

from collections.abc import Iterable


def numbers(values: Iterable[int]) -> str:
    """For a parameter `%(name)s::bigint[]`."""
    return "{" + ",".join(map(str, values)) + "}"


def texts(values: Iterable[str]) -> str:
    """For a parameter `%(name)s::text[]`; any text but NUL, which no text of PostgreSQL holds."""
    quoted = [value.replace("\\", "\\\\").replace('"', '\\"') for value in values]
    return '{"' + '","'.join(quoted) + '"}' if quoted else "{}"
