"""The till in the back office: orders, customers with their orders, the catalogue."""

from orders.admin.catalog import CategoryAdmin, DeliveryMethodAdmin, ProductAdmin
from orders.admin.customer import CustomerAdmin
from orders.admin.orders import OrderAdmin

__all__ = ["CategoryAdmin", "CustomerAdmin", "DeliveryMethodAdmin", "OrderAdmin", "ProductAdmin"]
