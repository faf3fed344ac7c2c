"""Pages of the back office beside the lists of objects. Lists and objects are registered in the apps' `admin`."""

from django.urls import include, path

from loyalty_site.backoffice import audit, programme

urlpatterns = [
    path("", include("orders.admin.urls")),
    path("reports/", include("promocodes.admin.urls")),
    path("programme/", programme.settings_page, name="admin_programme"),
    path("audit/", audit.trail, name="admin_audit"),
]
