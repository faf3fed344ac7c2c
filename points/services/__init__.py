"""Writes of the ledger: keyword-only, inside a transaction, each fact once."""

from points.services.action_terms import put_action
from points.services.actions import report_action
from points.services.adjust import adjust, confirm_adjustment, refuse_adjustment
from points.services.calendar_days import put_calendar_day
from points.services.earn import Earning, earn, earn_together, open_account
from points.services.earn_many import BulkEarning, earn_for_many
from points.services.errors import (
    ActionLimitReached,
    FactTaken,
    MoreThanLeft,
    NoSuchAction,
    NotEnoughPoints,
    NothingEarned,
    NothingSpent,
)
from points.services.expire import Expired, expire_due
from points.services.grants import Granted, grant_to_many
from points.services.merge import merge_accounts
from points.services.notices import queue_expiry_notices
from points.services.occasion_gifts import give_chunk
from points.services.occasions import (
    confirm_occasion,
    is_large,
    put_occasion,
    switch_occasion_off,
    switch_occasion_on,
)
from points.services.posting import Posted, PostedEntry, lock_accounts
from points.services.segment_grants import (
    ask_segment_grant,
    confirm_segment_grant,
    grant_chunk,
    refuse_segment_grant,
)
from points.services.spend import return_spent, spend
from points.services.take_back import take_back

__all__ = [
    "ActionLimitReached",
    "BulkEarning",
    "Earning",
    "Expired",
    "FactTaken",
    "Granted",
    "MoreThanLeft",
    "NoSuchAction",
    "NotEnoughPoints",
    "NothingEarned",
    "NothingSpent",
    "Posted",
    "PostedEntry",
    "adjust",
    "ask_segment_grant",
    "confirm_adjustment",
    "confirm_occasion",
    "confirm_segment_grant",
    "earn",
    "earn_for_many",
    "earn_together",
    "expire_due",
    "give_chunk",
    "grant_chunk",
    "grant_to_many",
    "is_large",
    "lock_accounts",
    "merge_accounts",
    "open_account",
    "put_action",
    "put_calendar_day",
    "put_occasion",
    "queue_expiry_notices",
    "refuse_adjustment",
    "refuse_segment_grant",
    "report_action",
    "return_spent",
    "spend",
    "switch_occasion_off",
    "switch_occasion_on",
    "take_back",
]
