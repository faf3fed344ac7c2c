"""Addresses of the customer's account; each app brings its pages."""

from django.urls import path

from customers import views as customers
from loyalty_site.account import card, codes, overview, points, tiers
from orders.views import account

app_name = "account"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("points/", points.history, name="points"),
    path("tiers/", tiers.tiers, name="tiers"),
    path("codes/", codes.codes, name="codes"),
    path("card/", card.card, name="card"),
    path("orders/", account.orders, name="orders"),
    path("profile/", customers.profile, name="profile"),
]
