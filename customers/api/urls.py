"""Addresses of customers under /api/v1/."""

from django.urls import path

from customers.api.segments import SegmentCustomers, Segments
from customers.api.views import Customer, Customers

urlpatterns = [
    path("customers", Customers.as_view()),
    path("customers/<uuid:customer_id>", Customer.as_view()),
    path("segments", Segments.as_view()),
    path("segments/<slug:code>/customers", SegmentCustomers.as_view()),
]
