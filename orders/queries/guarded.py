"""The quote as the edges ask for it: guessing of codes is slowed down, tries are tallied (PC-16, PC-21)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from orders.queries.quote import QuoteRequest, quote
from orders.rules import CodeOutcome, Quote
from promocodes.rules import Reason, explain
from promocodes.services.guessing import is_locked_out, note_wrong
from promocodes.services.quotes import count_quote


def guarded_quote(
    request: QuoteRequest,
    *,
    subjects: Sequence[str],
    now: datetime,
    include_drafts: bool = False,
    is_forecast: bool = True,
) -> Quote:
    """`quote`, but a subject with ten wrong codes in ten minutes is answered `too_many_attempts`, right or wrong.

    `subjects` come from `promocodes.services.guessing.guessing_subjects`. Somebody's question what would be at another
    time is no forecast and is not tallied. Raises like `quote`.
    """
    found = _found(request, subjects, now, include_drafts)
    outcome = found.promo_code
    if outcome is not None and is_forecast:
        count_quote(
            promo_code_id=outcome.promo_code_id,
            channel=request.channel,
            outcome=outcome.reason or "applied",
            now=now,
        )
    return found


def _found(request: QuoteRequest, subjects: Sequence[str], now: datetime, include_drafts: bool) -> Quote:
    asked = (request.promo_code or "").strip()
    if asked and is_locked_out(subjects):
        return _locked(quote(replace(request, promo_code=None), now=now), asked)
    found = quote(request, now=now, include_drafts=include_drafts)
    is_wrong = found.promo_code is not None and found.promo_code.reason == Reason.NOT_FOUND
    return _locked(found, asked) if is_wrong and not note_wrong(subjects) else found


def _locked(found: Quote, asked: str) -> Quote:
    reason = Reason.TOO_MANY_ATTEMPTS
    outcome = CodeOutcome(code=asked, status="rejected", reason=reason.value, message=explain(reason))
    return replace(found, promo_code=outcome)
