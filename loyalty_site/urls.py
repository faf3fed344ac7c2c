"""The site's addresses. Every app brings its own; the API's are under /api/v1/."""

from django.contrib import admin
from django.urls import include, path

from loyalty_site.metrics import metrics

urlpatterns = [
    path("admin/", admin.site.urls),
    path("metrics", metrics, name="metrics"),
    path("accounts/", include("allauth.urls")),
]
