"""The back office of customers. The customer's page itself is `orders.admin`, which sees all there is of one."""

from customers.admin.segments import SegmentAdmin

__all__ = ["SegmentAdmin"]
