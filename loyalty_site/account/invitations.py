"""A customer's invitations as the overview and their own page show them."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString

from customers.models import Customer, Programme
from loyalty_site.account.referral_qr import link_qr
from loyalty_site.account.referral_words import Way, invitation, latest_of, news_text, shared, steps, ways
from referrals.queries import Link, Offer, Summary, inviter, link_of, news, offer_of, summary


@dataclass(frozen=True)
class NewsView:
    """Rewards paid since they were last looked at; `until` goes back with the button that says they are seen."""

    lines: list[str]
    until: datetime


@dataclass(frozen=True)
class Invitations:
    """`is_open` false: this customer was stopped; nothing is promised, and nothing is said about why.

    `ambassador_id` of who invites on terms of his own, else None.
    """

    link: Link
    offer: Offer
    summary: Summary
    is_open: bool
    ambassador_id: int | None
    message: str
    ways: list[Way]
    steps: list[str]
    sheet_url: str
    qr: SafeString
    news: NewsView | None


def invitations(customer: Customer, *, programme: Programme, now: datetime) -> Invitations:
    """At most ten queries, whatever the number of friends."""
    link, found = link_of(customer.pk), summary(customer.pk, now=now)
    one = inviter(link.code)
    assert one is not None  # noqa: S101 — the code was made of this very row
    promised = offer_of(one, programme)
    message = invitation(promised)
    return Invitations(
        link=link,
        offer=promised,
        summary=found,
        is_open=found.stopped_at is None,
        ambassador_id=one.ambassador.pk if one.ambassador else None,
        message=message,
        ways=ways(link, message),
        steps=steps(promised),
        sheet_url=shared(link, "share"),
        qr=link_qr(link),
        news=news_view(customer.pk, now=now),
    )


def news_view(customer_id: int, *, now: datetime) -> NewsView | None:
    """One query."""
    found = news(customer_id, now=now)
    until = latest_of(found)
    return NewsView([news_text(item) for item in found], until) if until else None
