import pytest
from django.test import RequestFactory

from loyalty_site.kernel.visitors import client_address


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
