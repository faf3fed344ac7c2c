"""The back office of customers. The customer's page itself is `orders.admin`, which sees all there is of one."""

from customers.admin.consent_texts import ConsentTextAdmin
from customers.admin.duplicates import DuplicateAdmin, MergeAdmin
from customers.admin.erasures import ErasedCustomerAdmin, ErasureRequestAdmin
from customers.admin.imports import ImportRunAdmin
from customers.admin.segments import SegmentAdmin
from customers.admin.tags import TagAdmin

__all__ = [
    "ConsentTextAdmin",
    "DuplicateAdmin",
    "ErasedCustomerAdmin",
    "ErasureRequestAdmin",
    "ImportRunAdmin",
    "MergeAdmin",
    "SegmentAdmin",
    "TagAdmin",
]
