"""Who brought whom, what it brings to both, and what speaks against it (R-1 … R-6)."""

from referrals.models.ambassador import Ambassador
from referrals.models.link import LinkKey, Referrer
from referrals.models.referral import Referral
from referrals.models.review import Review
from referrals.models.reward import Reward, TakenBack
from referrals.models.trait import Trait
from referrals.models.visit import Visit

__all__ = ["Ambassador", "LinkKey", "Referral", "Referrer", "Review", "Reward", "TakenBack", "Trait", "Visit"]
