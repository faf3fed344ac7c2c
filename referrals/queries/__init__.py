"""Reads about referrals."""

from referrals.queries.friend_rewards import CodeState, EarnedCode, FriendReward
from referrals.queries.friends import Friend, FriendState, Position, friend_name, friends
from referrals.queries.links import Inviter, Link, inviter, link_key, link_of, link_to
from referrals.queries.offer import Offer, offer, offer_of
from referrals.queries.summary import News, Summary, news, summary

__all__ = [
    "CodeState",
    "EarnedCode",
    "Friend",
    "FriendReward",
    "FriendState",
    "Inviter",
    "Link",
    "News",
    "Offer",
    "Position",
    "Summary",
    "friend_name",
    "friends",
    "inviter",
    "link_key",
    "link_of",
    "link_to",
    "news",
    "offer",
    "offer_of",
    "summary",
]
