"""Who buys: sign-in accounts, customers, consents, purchase history, segments, RFM, programme settings."""

from customers.models.account import User, UserManager
from customers.models.consent_text import ConsentText
from customers.models.customer import Consent, Customer
from customers.models.desk import CustomerNote, CustomerTag, Tag
from customers.models.download import DataDownload
from customers.models.erasure import ErasedCustomer, ErasureRequest
from customers.models.imports import ImportChange, ImportRun, ImportTouched
from customers.models.merge import Duplicate, Merge, never_given_to_a_merged, never_of_a_merged, only_a_merge_moves
from customers.models.programme import Programme
from customers.models.purchase import Purchase
from customers.models.rfm import Rfm, RfmMove, RfmRun
from customers.models.segment import Segment, SegmentMembership, SegmentMove, StaleCustomer

__all__ = [
    "Consent",
    "ConsentText",
    "Customer",
    "CustomerNote",
    "CustomerTag",
    "DataDownload",
    "Duplicate",
    "ErasedCustomer",
    "ErasureRequest",
    "ImportChange",
    "ImportRun",
    "ImportTouched",
    "Merge",
    "Programme",
    "Purchase",
    "Rfm",
    "RfmMove",
    "RfmRun",
    "Segment",
    "SegmentMembership",
    "SegmentMove",
    "StaleCustomer",
    "Tag",
    "User",
    "UserManager",
    "never_given_to_a_merged",
    "never_of_a_merged",
    "only_a_merge_moves",
]
