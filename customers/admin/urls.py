"""Pages about a customer that belong to no list."""

from django.urls import path

from customers.admin.merge_page import choose

urlpatterns = [path("customers/<int:customer_id>/merge/", choose, name="admin_customer_merge")]
