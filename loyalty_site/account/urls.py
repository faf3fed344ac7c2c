"""Addresses of the customer's account; each app brings its pages."""

from django.urls import path

from customers import views as customers
from loyalty_site.account import (
    card,
    codes,
    overview,
    points,
    privacy,
    referral_qr,
    referral_statement,
    referrals,
    tiers,
)
from orders.views import account

app_name = "account"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("points/", points.history, name="points"),
    path("tiers/", tiers.tiers, name="tiers"),
    path("codes/", codes.codes, name="codes"),
    path("card/", card.card, name="card"),
    path("referrals/", referrals.referrals, name="referrals"),
    path("referrals/name/", referrals.name_shown, name="referral-name"),
    path("referrals/seen/", referrals.news_seen, name="referral-news"),
    path("referrals/qr/", referral_qr.large, name="referral-qr"),
    path("referrals/qr.svg", referral_qr.download, {"kind": "svg"}, name="referral-qr-svg"),
    path("referrals/qr.png", referral_qr.download, {"kind": "png"}, name="referral-qr-png"),
    path("referrals/statement/", referral_statement.page, name="referral-statement"),
    path("referrals/statement.csv", referral_statement.download, name="referral-statement-csv"),
    path("orders/", account.orders, name="orders"),
    path("data/", privacy.data, name="data"),
    path("data/consents/", privacy.consent, name="consent"),
    path("data/download.html", privacy.download, {"form": "html"}, name="data-html"),
    path("data/download.json", privacy.download, {"form": "json"}, name="data-json"),
    path("data/forget/", privacy.forget, name="forget"),
    path("data/keep/", privacy.keep, name="keep"),
    path("forgotten/", privacy.forgotten, name="forgotten"),
    path("profile/", customers.profile, name="profile"),
]
