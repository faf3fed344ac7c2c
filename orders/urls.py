"""Addresses of the storefront."""

from django.urls import path

from orders.views import bank, basket, catalog, checkout, order, switches

app_name = "shop"
urlpatterns = [
    path("", catalog.home, name="home"),
    path("catalog/<slug:slug>/", catalog.category, name="category"),
    path("search/", catalog.search, name="search"),
    path("products/<path:sku>/", catalog.product, name="product"),
    path("basket/", basket.basket, name="basket"),
    path("basket/lines/", basket.add_line, name="basket-lines"),
    path("basket/lines/<path:sku>/", basket.change_line, name="basket-line"),
    path("checkout/", checkout.checkout, name="checkout"),
    path("orders/<str:number>/", order.order, name="order"),
    path("orders/<str:number>/pay/", bank.pay, name="pay"),
    path("test-bank/<uuid:token>/", bank.page, name="bank"),
    path("webhooks/acquirers/test/", bank.webhook, name="webhook"),
    path("theme/", switches.theme, name="theme"),
]
