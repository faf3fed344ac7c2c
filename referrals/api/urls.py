"""Addresses of referrals under /api/v1/."""

from django.urls import path

from referrals.api.friends import CustomerReferrals
from referrals.api.reports import ReferralReport

urlpatterns = [
    path("customers/<uuid:customer_id>/referrals", CustomerReferrals.as_view()),
    path("reports/referrals", ReferralReport.as_view()),
]
