"""Who buys: sign-in accounts, customers, consents, purchase history, segments, programme settings."""

from customers.models.account import User, UserManager
from customers.models.customer import Consent, Customer
from customers.models.programme import Programme
from customers.models.purchase import Purchase
from customers.models.segment import Segment, SegmentMembership

__all__ = [
    "Consent",
    "Customer",
    "Programme",
    "Purchase",
    "Segment",
    "SegmentMembership",
    "User",
    "UserManager",
]
