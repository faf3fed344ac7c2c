"""The table of the API's addresses; every app brings its own."""

from django.urls import include, path, re_path

from loyalty_site.api.views import Docs, NoSuchAddress, Programme, Root, Schema
from loyalty_site.kernel import addresses  # noqa: F401 — registers the converters

v1 = [
    path("", Root.as_view(), name="api-root"),
    path("schema/", Schema.as_view(), name="api-schema"),
    path("docs/", Docs.as_view(), name="api-docs"),
    path("programme", Programme.as_view()),
    path("", include("customers.api.urls")),
    path("", include("points.api.urls")),
    path("", include("tiers.api.urls")),
    path("", include("referrals.api.urls")),
    path("", include("promocodes.api.urls")),
    path("", include("orders.api.urls")),
]

urlpatterns = [
    path("v1/", include(v1)),
    re_path("", NoSuchAddress.as_view()),
]
