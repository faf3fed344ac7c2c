"""Reports on promo codes."""

from django.urls import path

from promocodes.admin import report

urlpatterns = [
    path("promocodes/", report.show, name="admin_code_report"),
    path("promocodes.csv", report.as_csv, name="admin_code_report_csv"),
    path("promocodes.xlsx", report.as_xlsx, name="admin_code_report_xlsx"),
]
