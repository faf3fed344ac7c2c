"""Reads about referrals."""

from referrals.queries.ambassadors import AmbassadorTotals, Earnings, ambassador_totals
from referrals.queries.due import DuePlace, due_places
from referrals.queries.friend_rewards import CodeState, EarnedCode, FriendReward
from referrals.queries.friends import Friend, FriendState, Position, friend_name, friends
from referrals.queries.invariants import INVARIANTS
from referrals.queries.links import Inviter, Link, inviter, link_key, link_of, link_to, own_invitation
from referrals.queries.offer import Offer, offer, offer_of
from referrals.queries.remembered import Invitation, Remembered, invitation, remembered_visit
from referrals.queries.statement import MonthOfEarnings, StatementLine, statement, statement_lines
from referrals.queries.summary import News, Summary, news, summary
from referrals.queries.tree import Branch, chain_up, tree_down

__all__ = [
    "INVARIANTS",
    "AmbassadorTotals",
    "Branch",
    "CodeState",
    "DuePlace",
    "EarnedCode",
    "Earnings",
    "Friend",
    "FriendReward",
    "FriendState",
    "Invitation",
    "Inviter",
    "Link",
    "MonthOfEarnings",
    "News",
    "Offer",
    "Position",
    "Remembered",
    "StatementLine",
    "Summary",
    "ambassador_totals",
    "chain_up",
    "due_places",
    "friend_name",
    "friends",
    "invitation",
    "inviter",
    "link_key",
    "link_of",
    "link_to",
    "news",
    "offer",
    "offer_of",
    "own_invitation",
    "remembered_visit",
    "statement",
    "statement_lines",
    "summary",
    "tree_down",
]
