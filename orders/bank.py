"""The test acquirer's own side: what a real bank would keep and send. Nothing of the shop's business is here.

It tells the shop by a signed webhook (Standard Webhooks) over HTTP, as a real one would.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import requests
from django.conf import settings
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from orders.models import PaymentSession

PROVIDER = "test"
TYPES = {"pay": "payment.succeeded", "decline": "payment.declined"}
CONNECT_AND_ANSWER = (1.0, 3.0)


class NoSecretError(RuntimeError):
    """Without a secret nothing is signed, and nothing is believed."""


@dataclass(frozen=True)
class BankCard:
    """`code` is what the page's form says; `last_digits` are empty for the payer's own card."""

    code: str
    last_digits: str


# The payer's own card differs from payer to payer; the others are in everybody's hands, to try one card for two.
OWN_CARD = BankCard("own", "")
CARDS = (OWN_CARD, BankCard("4242", "4242"), BankCard("5100", "5100"))


def payer_of(session: PaymentSession, code: str) -> str:
    """The fingerprint of the card `code`: the same for the same card, and nothing to pay with. An unknown code is the
    payer's own card, which is known by whom the order names."""
    if code in {card.code for card in CARDS if card != OWN_CARD}:
        return f"test_card_{code}"
    order = session.order
    named = order.contact_email or str(order.contact_phone or "") or order.number
    return f"test_card_{hashlib.sha256(named.lower().encode()).hexdigest()[:16]}"


def event_for(session: PaymentSession, answer: str, now: datetime, *, card: str = OWN_CARD.code) -> dict[str, Any]:
    """What the bank will tell. The same answer to the same visit is the same event, however often it is sent."""
    return {
        "id": f"evt_{session.token.hex}_{answer}",
        "body": {
            "type": TYPES[answer],
            "timestamp": now.isoformat(),
            "data": {
                "session": str(session.token),
                "order": session.order.number,
                "payment_id": f"test_{session.token.hex}",
                "amount": f"{session.amount:.2f}",
                "currency": settings.SHOP_CURRENCY,
                "payer": payer_of(session, card),
            },
        },
    }


def signed(event: Mapping[str, Any], now: datetime) -> tuple[bytes, dict[str, str]]:
    """The raw body and its headers."""
    body = json.dumps(event["body"], separators=(",", ":"))
    headers = {
        "Content-Type": "application/json",
        "webhook-id": event["id"],
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": _webhook().sign(event["id"], now, body),
    }
    return body.encode(), headers


def verified(body: bytes, headers: Mapping[str, str]) -> Mapping[str, Any] | None:
    """The event, if the signature over the raw body is right and fresh; None for a forged one."""
    given = {name.lower(): value for name, value in headers.items()}
    try:
        event = _webhook().verify(body.decode(), given)
    except (WebhookVerificationError, UnicodeDecodeError, ValueError):
        return None
    return event if isinstance(event, dict) else None


def deliver(event: Mapping[str, Any], url: str, now: datetime) -> bool:
    """One try to tell the shop. False when it could not be reached or was not ready: then it is to be tried again."""
    body, headers = signed(event, now)
    try:
        answer = requests.post(url, data=body, headers=headers, timeout=CONNECT_AND_ANSWER, allow_redirects=False)
    except requests.RequestException:
        return False
    return answer.status_code < 300


def _webhook() -> Webhook:
    """Compares in constant time, and refuses what is older than five minutes."""
    if not settings.TEST_ACQUIRER_SECRET:
        raise NoSecretError
    return Webhook(base64.b64encode(settings.TEST_ACQUIRER_SECRET.encode()).decode())
