"""Addresses of the till under /api/v1/."""

from django.urls import path

from orders.api.catalog import CatalogImport, Category, Product
from orders.api.orders import Order, Orders
from orders.api.quotes import Quotes
from orders.api.verbs import OrderCancellation, OrderCompletion, OrderPayment, OrderRefund

urlpatterns = [
    path("catalog/categories/<slug:slug>", Category.as_view()),
    path("catalog/products/<plain:sku>", Product.as_view()),
    path("catalog/import", CatalogImport.as_view()),
    path("quotes", Quotes.as_view()),
    path("orders", Orders.as_view()),
    path("orders/<plain:number>", Order.as_view()),
    path("orders/<plain:number>/pay", OrderPayment.as_view()),
    path("orders/<plain:number>/complete", OrderCompletion.as_view()),
    path("orders/<plain:number>/cancel", OrderCancellation.as_view()),
    path("orders/<plain:number>/refund", OrderRefund.as_view()),
]
