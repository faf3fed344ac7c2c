"""By what two accounts are told to be one person's (R-5): one spelling for each thing, then a keyed hash of it.

Every `…_key` may be given its own answer again. What says nothing about a person has no key: the empty text.
"""

import hashlib
import hmac
import ipaddress
import unicodedata

from customers.rules import email_key, normalised_phone
from referrals.rules.addresses import address_key

HASH_LENGTH = 40
IPV4_PREFIX, IPV6_PREFIX = 24, 48
# Behind them stands a proxy or the machine itself, never a household.
INNER = ("0.0.0.0/8", "10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "::/127")
INNER_NETWORKS = tuple(ipaddress.ip_network(text) for text in (*INNER, "fc00::/7", "fe80::/10"))


def mailbox_key(text: str) -> str:
    """One key for all addresses that reach one mailbox; empty for what is no address."""
    key = email_key(text)
    return key if "@" in key else ""


def phone_key(text: str, region: str) -> str:
    """E.164 of a number in any spelling; `region` reads numbers without a country."""
    try:
        return normalised_phone(text, region)
    except ValueError:
        return ""


def plain_key(text: str) -> str:
    """Of a device or a payer: what the browser or the acquirer calls it, without spaces around."""
    return unicodedata.normalize("NFKC", text).strip()


payer_key = device_key = plain_key


def network_of(text: str) -> str:
    """`203.0.113.0/24` or `2001:db8:1::/48` for an address; empty for none, and for an inner network's."""
    try:
        address = ipaddress.ip_address(text.strip().partition("/")[0].partition("%")[0])
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if any(address in network for network in INNER_NETWORKS):
        return ""
    prefix = IPV4_PREFIX if address.version == 4 else IPV6_PREFIX
    return str(ipaddress.ip_network((address, prefix), strict=False))


def trait_key(kind: str, text: str, region: str = "RU") -> str:
    """The one spelling of a trait of this kind: `email`, `phone`, `device`, `payer`, `address` or `network`."""
    if kind == "phone":
        return phone_key(text, region)
    return KEYS[kind](text)


def hashed(kind: str, value: str, secret: str, region: str = "RU") -> str:
    """Forty hexadecimal digits of a thing in any spelling; empty when it says nothing about a person."""
    key = trait_key(kind, value, region)
    if not key:
        return ""
    return hmac.digest(secret.encode(), f"{kind}:{key}".encode(), hashlib.sha256).hex()[:HASH_LENGTH]


KEYS = {
    "email": mailbox_key,
    "device": device_key,
    "payer": payer_key,
    "address": address_key,
    "network": network_of,
}
