"""Addresses of promo codes under /api/v1/."""

from django.urls import path

from promocodes.api.batches import Batch, BatchActivation, BatchCodes, Batches
from promocodes.api.codes import (
    PromoCode,
    PromoCodeActivation,
    PromoCodeDeactivation,
    PromoCodes,
    PromoCodeUses,
)
from promocodes.api.reports import UsageReport

urlpatterns = [
    path("promocodes", PromoCodes.as_view()),
    path("promocodes/batches", Batches.as_view()),
    path("promocodes/batches/<int64:batch_id>", Batch.as_view()),
    path("promocodes/batches/<int64:batch_id>/codes.csv", BatchCodes.as_view()),
    path("promocodes/batches/<int64:batch_id>/activate", BatchActivation.as_view()),
    path("promocodes/<plain:code>", PromoCode.as_view()),
    path("promocodes/<plain:code>/activate", PromoCodeActivation.as_view()),
    path("promocodes/<plain:code>/deactivate", PromoCodeDeactivation.as_view()),
    path("promocodes/<plain:code>/uses", PromoCodeUses.as_view()),
    path("reports/promocodes", UsageReport.as_view()),
]
