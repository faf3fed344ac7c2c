"""Which requests are a person who opens the page (R-2)."""

import pytest
from django.http.request import HttpHeaders

from referrals.rules.page_visits import is_ahead_of_time, is_page_visit

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
OPENED = {
    "User-Agent": CHROME,
    "Accept": "text/html,*/*;q=0.8",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
}
OLD = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 15_0 like Mac OS X)", "Accept": "text/html,*/*;q=0.8"}


def judged(headers: dict[str, str], method: str = "GET") -> bool:
    meta = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    return is_page_visit(method, HttpHeaders(meta))


@pytest.mark.parametrize(
    "headers",
    [
        OPENED,
        OPENED | {"Sec-Fetch-Site": "cross-site"},
        OLD,
        OPENED | {"User-Agent": "Mozilla/5.0 (Linux; Android 9; CUBOT X19) Chrome/120 Mobile"},
        OPENED | {"User-Agent": "Mozilla/5.0 (Linux; Android 14) Chrome/120 Telegram-Android/10.9"},
        {"Accept": "text/html"},
        {"Sec-Fetch-Mode": "navigate"},
        {"Sec-Fetch-Dest": "document"},
    ],
    ids=["chrome", "from another site", "old browser", "cubot", "inside telegram", "bare", "mode alone", "dest alone"],
)
def test_a_person_opens_the_page(headers: dict[str, str]) -> None:
    assert judged(headers)


@pytest.mark.parametrize("method", ["HEAD", "POST", "OPTIONS"])
def test_only_get_is_a_visit(method: str) -> None:
    assert not judged(OPENED, method)


@pytest.mark.parametrize(
    "destination", ["image", "iframe", "frame", "embed", "object", "script", "empty", "fencedframe"]
)
def test_part_of_another_page_is_no_visit(destination: str) -> None:
    assert not judged(OPENED | {"Sec-Fetch-Dest": destination})
    assert not judged(OLD | {"Sec-Fetch-Dest": destination})


@pytest.mark.parametrize("mode", ["no-cors", "cors", "same-origin", "websocket"])
def test_request_of_a_script_is_no_visit(mode: str) -> None:
    assert not judged(OPENED | {"Sec-Fetch-Mode": mode})


@pytest.mark.parametrize("accept", ["", "*/*", "image/avif,image/webp,*/*;q=0.8", "application/json"])
def test_old_browser_that_wanted_no_page_is_no_visit(accept: str) -> None:
    assert not judged(OLD | {"Accept": accept})


@pytest.mark.parametrize(
    "header",
    [
        {"Sec-Purpose": "prefetch"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"X-Purpose": "preview"},
        {"X-Moz": "prefetch"},
    ],
    ids=str,
)
def test_page_loaded_ahead_is_no_visit(header: dict[str, str]) -> None:
    assert not judged(OPENED | header)
    assert is_ahead_of_time(header)


@pytest.mark.parametrize(
    "agent",
    [
        "TelegramBot (like TwitterBot)",
        "WhatsApp/2.23.20.0 A",
        "Mozilla/5.0 (compatible; vkShare; +http://vk.com/dev/Share)",
        "facebookexternalhit/1.1 Facebot Twitterbot/1.0",
        "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
        "Viber/13.0",
        "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
        "Slackbot-LinkExpanding 1.0",
    ],
)
def test_preview_of_a_messenger_is_no_visit(agent: str) -> None:
    assert not judged(OPENED | {"User-Agent": agent})
