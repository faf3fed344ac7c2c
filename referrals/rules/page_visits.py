"""When a request is a person who opens a page, not a page that loads a picture or a robot that looks (R-2)."""

import re
from collections.abc import Mapping

# `Cubot` is a make of phones. Messengers that have a browser of their own call it otherwise than their previews.
ROBOT = re.compile(
    r"(?<!cu)bot\b|crawl|spider|preview|slurp|facebookexternalhit|facebookcatalog|^whatsapp/|vkshare|^viber|skypeuri",
    re.IGNORECASE,
)
# Browsers that load a page before anybody asked for it say so in one of these.
AHEAD = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
AHEAD_WORDS = re.compile(r"prefetch|prerender|preview", re.IGNORECASE)


def is_page_visit(method: str, headers: Mapping[str, str]) -> bool:
    """True for a top-level page in a person's browser. `headers` finds names in any case, as Django's do.

    Browsers that say what they fetch for are believed; of others the page must have been what they wanted.
    """
    if method != "GET" or is_ahead_of_time(headers) or is_robot(headers):
        return False
    mode, destination = headers.get("Sec-Fetch-Mode", ""), headers.get("Sec-Fetch-Dest", "")
    if mode or destination:
        return (mode or "navigate") == "navigate" and (destination or "document") == "document"
    return "text/html" in headers.get("Accept", "")


def is_ahead_of_time(headers: Mapping[str, str]) -> bool:
    """A prefetch, a prerender, a thumbnail: nobody has opened the page yet."""
    return any(AHEAD_WORDS.search(headers.get(name, "")) for name in AHEAD)


def is_robot(headers: Mapping[str, str]) -> bool:
    """A messenger's preview or a search engine that says so; others carry no cookie any further anyway."""
    return ROBOT.search(headers.get("User-Agent", "")) is not None
