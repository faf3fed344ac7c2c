"""Reads about referrals."""

from referrals.queries.links import Inviter, Link, inviter, link_key, link_of, link_to

__all__ = ["Inviter", "Link", "inviter", "link_key", "link_of", "link_to"]
