import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from loyalty_site.kernel.visitors import DEVICE_COOKIE, client_address, device_of, keep_device


@pytest.mark.parametrize(
    ("behind_proxy", "forwarded", "expected"),
    [
        (False, None, "198.51.100.7"),
        (False, "203.0.113.5", "198.51.100.7"),
        (True, "203.0.113.5", "203.0.113.5"),
        (True, "10.9.9.9, 203.0.113.5", "203.0.113.5"),
        (True, None, "198.51.100.7"),
    ],
    ids=["direct", "made up", "proxy", "made up before the proxy", "proxy says nothing"],
)
def test_address_is_the_browsers_own(settings, behind_proxy, forwarded, expected):
    settings.BEHIND_PROXY = behind_proxy
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    request = RequestFactory().get("/", REMOTE_ADDR="198.51.100.7", headers=headers)
    assert client_address(request) == expected


def answered(cookie: str = "") -> tuple[str, HttpResponse]:
    """The browser's number, and the answer it is given with."""
    request = RequestFactory().get("/")
    if cookie:
        request.COOKIES[DEVICE_COOKIE] = cookie
    response = HttpResponse()
    found = device_of(request)
    keep_device(request, response)
    assert device_of(request) == found
    return found, response


def test_browser_gets_a_number_once_and_keeps_it():
    device, first = answered()
    cookie = first.cookies[DEVICE_COOKIE]
    assert len(device) == 22
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (63_072_000, True, "Lax")
    again, second = answered(cookie.value)
    assert (again, dict(second.cookies)) == (device, {})


@pytest.mark.parametrize("forged", ["x", "abcdefghijklmnopqrstuv:forged", "", "é:é", "a" * 5000, ":"])
def test_number_that_is_not_ours_is_replaced(forged: str):
    device, response = answered(forged)
    assert device not in forged
    assert DEVICE_COOKIE in response.cookies


def test_cookies_go_over_https_only_where_the_shop_does(settings):
    settings.SESSION_COOKIE_SECURE = True
    assert answered()[1].cookies[DEVICE_COOKIE]["secure"]
