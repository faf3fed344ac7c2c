"""Addresses of tiers and cards under /api/v1/."""

from django.urls import path

from tiers.api.ladder import Tiers, TiersPreview
from tiers.api.standing import Card, CustomerCards, CustomerTier

urlpatterns = [
    path("tiers", Tiers.as_view()),
    path("tiers/preview", TiersPreview.as_view()),
    path("cards/<plain:number>", Card.as_view()),
    path("customers/<uuid:customer_id>/tier", CustomerTier.as_view()),
    path("customers/<uuid:customer_id>/cards", CustomerCards.as_view()),
]
