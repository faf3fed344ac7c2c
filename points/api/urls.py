"""Addresses of points under /api/v1/."""

from django.urls import path

from points.api.actions import Actions, CustomerActions
from points.api.entries import CustomerPoints

urlpatterns = [
    path("points/actions", Actions.as_view()),
    path("customers/<uuid:customer_id>/points", CustomerPoints.as_view()),
    path("customers/<uuid:customer_id>/actions", CustomerActions.as_view()),
]
