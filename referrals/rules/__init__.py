"""Decisions about referrals on plain values."""

from referrals.rules.addresses import address_key
from referrals.rules.ambassadors import AmbassadorTerms
from referrals.rules.codes import CODE_LENGTH, code_of, customer_of
from referrals.rules.rewards import RewardTerms, kept_reward, reward_amount
from referrals.rules.traits import hashed, network_of, payer_key

__all__ = [
    "CODE_LENGTH",
    "AmbassadorTerms",
    "RewardTerms",
    "address_key",
    "code_of",
    "customer_of",
    "hashed",
    "kept_reward",
    "network_of",
    "payer_key",
    "reward_amount",
]
