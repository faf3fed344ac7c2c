"""Writes of promo codes: keyword-only, inside a transaction."""

from promocodes.rules.spec import CodeSpec
from promocodes.services.batches import activate_batch, create_batch, deactivate_batch, edit_batch_end
from promocodes.services.campaigns import create_campaign, edit_campaign
from promocodes.services.codes import activate_code, create_code, deactivate_code, edit_code
from promocodes.services.errors import CodeRejected
from promocodes.services.give import give_code
from promocodes.services.issue import IssuedCode, issue_codes
from promocodes.services.merge import merge_codes
from promocodes.services.quotes import add_tallies, count_quote
from promocodes.services.redeem import redeem_code, release_redemption
from promocodes.services.withdraw import withdraw_codes

__all__ = [
    "CodeRejected",
    "CodeSpec",
    "IssuedCode",
    "activate_batch",
    "activate_code",
    "add_tallies",
    "count_quote",
    "create_batch",
    "create_campaign",
    "create_code",
    "deactivate_batch",
    "deactivate_code",
    "edit_batch_end",
    "edit_campaign",
    "edit_code",
    "give_code",
    "issue_codes",
    "merge_codes",
    "redeem_code",
    "release_redemption",
    "withdraw_codes",
]
