"""Pages of the back office beside the lists of objects. Lists and objects are registered in the apps' `admin`."""

from django.urls import include, path

from customers.admin import report as customer_report
from customers.admin import rfm_map
from loyalty_site.backoffice import audit, points_report, privacy, programme
from referrals.admin import report as referral_report

urlpatterns = [
    path("", include("customers.admin.urls")),
    path("", include("orders.admin.urls")),
    path("", include("tiers.admin.urls")),
    path("reports/", include("promocodes.admin.urls")),
    path("reports/points/", points_report.show, name="admin_points_report"),
    path("reports/points.csv", points_report.as_csv, name="admin_points_report_csv"),
    path("reports/points.xlsx", points_report.as_xlsx, name="admin_points_report_xlsx"),
    path("reports/referrals/", referral_report.show, name="admin_referral_report"),
    path("reports/referrals.csv", referral_report.as_csv, name="admin_referral_report_csv"),
    path("reports/referrals.xlsx", referral_report.as_xlsx, name="admin_referral_report_xlsx"),
    path("reports/customers/", customer_report.show, name="admin_customer_report"),
    path("reports/customers.csv", customer_report.as_csv, name="admin_customer_report_csv"),
    path("reports/customers.xlsx", customer_report.as_xlsx, name="admin_customer_report_xlsx"),
    path("customers/rfm/", rfm_map.show, name="admin_rfm_map"),
    path("customers/rfm.csv", rfm_map.as_csv, name="admin_rfm_map_csv"),
    path("customers/rfm.xlsx", rfm_map.as_xlsx, name="admin_rfm_map_xlsx"),
    path("customers/rfm/reckon/", rfm_map.reckon, name="admin_rfm_map_reckon"),
    path("programme/", programme.settings_page, name="admin_programme"),
    path("customers/<int:customer_id>/data.json", privacy.download, {"form": "json"}, name="admin_customer_download"),
    path("customers/<int:customer_id>/data.html", privacy.download, {"form": "html"}, name="admin_customer_read"),
    path("customers/<int:customer_id>/forget/", privacy.erase, name="admin_customer_erase"),
    path("audit/", audit.trail, name="admin_audit"),
]
