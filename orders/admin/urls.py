"""Pages of the till in the back office that belong to no one order."""

from django.urls import path

from orders.admin.why_not import why_not

urlpatterns = [path("why-not/", why_not, name="admin_why_not")]
