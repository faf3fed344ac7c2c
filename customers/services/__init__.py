"""Writes about customers."""

from customers.services.consents import give_consent, put_consent_text, set_consents, withdraw_consent
from customers.services.downloads import note_download
from customers.services.duplicates import PairDecided, find_duplicates, say_different
from customers.services.erasure import cancel_erasure, erase_at_once, erase_customer, request_erasure
from customers.services.errors import (
    AlreadyErased,
    EmailTaken,
    ErasureNotOpen,
    ExternalIdTaken,
    NoSuchCustomer,
    PhoneTaken,
)
from customers.services.looking_after import set_manager
from customers.services.merge import CustomerErased, SameCustomer, merge_customers
from customers.services.notes import NoSuchNote, pin_note, strike_note, write_note
from customers.services.programme import update_programme
from customers.services.purchases import record_purchase, record_refund
from customers.services.refresh import refresh_segment, refresh_stale
from customers.services.register import register_customer, update_customer
from customers.services.rfm import refresh_rfm, refresh_rfm_of
from customers.services.rfm_run import RfmDayPast, reckon_rfm
from customers.services.rule_segments import (
    SegmentUsed,
    archive_segment,
    name_segment,
    put_rule_segment,
    restore_segment,
    segment_uses,
)
from customers.services.segments import put_segment
from customers.services.stale import mark_stale
from customers.services.tags import NoSuchTag, TagTaken, put_tag, tag_customer, untag_customer

__all__ = [
    "AlreadyErased",
    "CustomerErased",
    "EmailTaken",
    "ErasureNotOpen",
    "ExternalIdTaken",
    "NoSuchCustomer",
    "NoSuchNote",
    "NoSuchTag",
    "PairDecided",
    "PhoneTaken",
    "RfmDayPast",
    "SameCustomer",
    "SegmentUsed",
    "TagTaken",
    "archive_segment",
    "cancel_erasure",
    "erase_at_once",
    "erase_customer",
    "find_duplicates",
    "give_consent",
    "mark_stale",
    "merge_customers",
    "name_segment",
    "note_download",
    "pin_note",
    "put_consent_text",
    "put_rule_segment",
    "put_segment",
    "put_tag",
    "reckon_rfm",
    "record_purchase",
    "record_refund",
    "refresh_rfm",
    "refresh_rfm_of",
    "refresh_segment",
    "refresh_stale",
    "register_customer",
    "request_erasure",
    "restore_segment",
    "say_different",
    "segment_uses",
    "set_consents",
    "set_manager",
    "strike_note",
    "tag_customer",
    "untag_customer",
    "update_customer",
    "update_programme",
    "withdraw_consent",
    "write_note",
]
