"""Addresses of the customer's account; each app brings its pages."""

from django.urls import path

from customers import views as customers
from orders.views import account

app_name = "account"
urlpatterns = [
    path("", account.overview, name="overview"),
    path("orders/", account.orders, name="orders"),
    path("profile/", customers.profile, name="profile"),
]
