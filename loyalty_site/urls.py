"""The site's addresses. Every app brings its own; the API's are under /api/v1/."""

from django.contrib import admin
from django.urls import include, path

from loyalty_site.account.addresses import Addresses
from loyalty_site.metrics import metrics

urlpatterns = [
    path("admin/", include("loyalty_site.backoffice.urls")),
    path("admin/", admin.site.urls),
    path("metrics", metrics, name="metrics"),
    path("api/", include("loyalty_site.api.urls")),
    path("accounts/email/", Addresses.as_view(), name="account_email"),
    path("accounts/", include("allauth.urls")),
    path("account/", include("loyalty_site.account.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("referrals.urls")),
    path("", include("orders.urls")),
]

handler400 = "loyalty_site.failures.bad_request"
handler500 = "loyalty_site.failures.server_error"
