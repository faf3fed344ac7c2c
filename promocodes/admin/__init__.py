"""Promo codes in the back office."""

from promocodes.admin.batches import BatchAdmin
from promocodes.admin.campaigns import CampaignAdmin
from promocodes.admin.codes import PromoCodeAdmin

__all__ = ["BatchAdmin", "CampaignAdmin", "PromoCodeAdmin"]
