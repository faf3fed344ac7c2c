"""Promo codes: what they give (terms), the strings people type (codes), their uses (redemptions).

Terms and codes are apart, as a coupon and its promotion codes are: a million codes of a batch share one row
of terms. Categories, segments and orders are remembered as text (slug, code, `order:1042`): this app does
not know the apps above it.
"""

from promocodes.models.campaign import Campaign, CampaignSpending
from promocodes.models.code import Batch, PromoCode
from promocodes.models.redemption import HolderUse, Redemption
from promocodes.models.tally import QuoteRollUp, QuoteTally
from promocodes.models.terms import CodeType, Terms

__all__ = [
    "Batch",
    "Campaign",
    "CampaignSpending",
    "CodeType",
    "HolderUse",
    "PromoCode",
    "QuoteRollUp",
    "QuoteTally",
    "Redemption",
    "Terms",
]
