"""Reads about referrals."""

from referrals.queries.links import Inviter, Link, inviter, link_key, link_of, link_to
from referrals.queries.offer import Offer, offer, offer_of

__all__ = ["Inviter", "Link", "Offer", "inviter", "link_key", "link_of", "link_to", "offer", "offer_of"]
