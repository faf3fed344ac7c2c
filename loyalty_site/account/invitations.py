"""A customer's invitations as the overview and their own page show them."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString

from customers.models import Customer, Programme
from loyalty_site.account.referral_qr import link_qr
from loyalty_site.account.referral_words import Way, invitation, latest_of, news_text, shared, steps, ways
from referrals.queries import Link, Offer, Summary, news, offer_of, own_invitation, summary

NEWS = 5


@dataclass(frozen=True)
class NewsView:
    """Rewards paid since they were last looked at; `until` goes back with the button that says they are seen.

    `more` counts those beyond the lines.
    """

    lines: list[str]
    more: int
    until: datetime


@dataclass(frozen=True)
class Invitations:
    """`is_open` false: this customer was stopped; nothing is promised, and nothing is said about why.

    `has_own_terms`: an ambassador, with a statement by month.
    """

    link: Link
    offer: Offer
    summary: Summary
    is_open: bool
    has_own_terms: bool
    message: str
    ways: list[Way]
    steps: list[str]
    sheet_url: str
    qr: SafeString
    news: NewsView | None


def invitations(customer: Customer, *, programme: Programme, now: datetime) -> Invitations:
    """At most seven queries, whatever the number of friends."""
    link, one = own_invitation(customer)
    found = summary(customer.pk, now=now)
    promised = offer_of(one, programme)
    message = invitation(promised)
    return Invitations(
        link=link,
        offer=promised,
        summary=found,
        is_open=found.stopped_at is None,
        has_own_terms=one.ambassador is not None,
        message=message,
        ways=ways(link, message),
        steps=steps(promised, every_order=one.ambassador is not None and one.ambassador.every_order),
        sheet_url=shared(link, "share"),
        qr=link_qr(link),
        news=news_view(customer.pk, now=now),
    )


def news_view(customer_id: int, *, now: datetime) -> NewsView | None:
    """One query."""
    found = news(customer_id, now=now)
    until = latest_of(found)
    if until is None:
        return None
    lines = [news_text(item) for item in found[:NEWS]]
    return NewsView(lines, len(found) - len(lines), until)
