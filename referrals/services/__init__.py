"""Writes of referrals: keyword-only, inside a transaction."""

from referrals.services.ambassadors import put_ambassador
from referrals.services.attribute import attribute
from referrals.services.judge import check_pending, judge
from referrals.services.merge import TwoAmbassadors, merge_referrals
from referrals.services.payout import PaidOut, pay_due, pay_one, pay_rewards
from referrals.services.qualify import qualify
from referrals.services.reviews import approve_referral, reject_referral, resume_referrer, stop_referrer
from referrals.services.settings import see_news, show_name
from referrals.services.traits import Noted, note_contacts, note_missing_contacts, note_traits
from referrals.services.undo import undo_rewards
from referrals.services.visits import record_visit

__all__ = [
    "Noted",
    "PaidOut",
    "TwoAmbassadors",
    "approve_referral",
    "attribute",
    "check_pending",
    "judge",
    "merge_referrals",
    "note_contacts",
    "note_missing_contacts",
    "note_traits",
    "pay_due",
    "pay_one",
    "pay_rewards",
    "put_ambassador",
    "qualify",
    "record_visit",
    "reject_referral",
    "resume_referrer",
    "see_news",
    "show_name",
    "stop_referrer",
    "undo_rewards",
]
