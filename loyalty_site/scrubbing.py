"""Keeps personal data, codes and keys out of logs and error reports."""

import re
from typing import Any

HIDDEN = "[hidden]"
# Names of our own making, that a pattern could take for a phone or a code.
OPAQUE = {"timestamp", "level", "logger", "request_id", "task_id", "route", "method", "status", "duration_ms"}
# Whole names, or what a name ends with: `email`, `customer_email`.
SECRET_NAMES = frozenset(
    {"address", "authorization", "birthday", "card", "code", "contact", "cookie", "cookies", "csrf"}
    | {"email", "first_name", "key", "last_name", "middle_name", "password", "phone", "promo", "recipient"}
    | {"secret", "session", "sessionid", "signature", "surname", "token"}
)
# `error_code` or `status_code` say what happened, not which code was used.
PLAIN_NAMES = frozenset({"error_code", "status_code", "exit_code", "reason_code", "language_code"})

_ASSIGNMENT = re.compile(
    r"""(?ix) \b((?:[a-z]+[_-])?(?:api[_-]?key|code|cookie|key|passw(?:or)?d|promo|secret|sessionid|token))
        (["']?\s*[=:]\s*["']?) (?!//|\[)[^\s"',;&)}\]]+"""
)
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    # PostgreSQL quotes the offending value: Key (code)=(SUMMER) already exists.
    (re.compile(r"\(([\w, \"():]+)\)=\((.*?)\)(?=[ .]|$)"), r"(\1)=([hidden])"),
    (re.compile(r"(?im)^(\s*(?:DETAIL|CONTEXT):).*$"), r"\1 [hidden]"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]+"), r"\1 [hidden]"),
    (re.compile(r"(\w+://[^\s/:@]*):[^\s/@]+@"), r"\1:[hidden]@"),
    (re.compile(r"[^\s@<>\"'(),;:=\[\]/]+@[^\s@<>\"'(),;:=\[\]/]+\.[^\s@<>\"'(),;:=\[\]/.]+"), "[email]"),
    (re.compile(r"\+\d[\d\s()-]{8,18}\d"), "[phone]"),
    (re.compile(r"(?<![\w.-])[78]?[\s(-]*9\d{2}[\s)-]*\d{3}[\s-]*\d{2}[\s-]*\d{2}(?![\w.-])"), "[phone]"),
    (re.compile(r"([?&][\w-]+)=[^\s&\"']+"), r"\1=[hidden]"),
)


def scrub(_logger: object, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """A structlog processor: the event with whatever might tell of a person or open a door hidden."""
    return {name: _scrub_entry(name, value) for name, value in event.items()}


def scrub_report(event: Any, _hint: dict[str, Any]) -> Any:
    """The same for an error report on its way to Sentry."""
    event.pop("request", None)
    event.pop("user", None)
    return {name: _scrub_entry(name, value) for name, value in event.items()}


def scrub_text(text: str) -> str:
    """Free text with e-mails, phones, codes, keys and quoted database values hidden."""
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return _ASSIGNMENT.sub(rf"\1\2{HIDDEN}", text)


def _scrub_entry(name: Any, value: Any) -> Any:
    if name in OPAQUE or str(name).startswith("_"):
        return value
    if _is_secret(str(name)) and value is not None:
        return HIDDEN
    return _scrub_value(value)


def _scrub_value(value: Any) -> Any:
    if isinstance(value, str):
        return scrub_text(value)
    if isinstance(value, dict):
        return {name: _scrub_entry(name, inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_scrub_value(inner) for inner in value]
    if isinstance(value, bool | int | float) or value is None:
        return value
    return scrub_text(str(value))


def _is_secret(name: str) -> bool:
    name = name.lower().replace("-", "_")
    if name in PLAIN_NAMES:
        return False
    return name in SECRET_NAMES or name.rpartition("_")[2] in SECRET_NAMES
