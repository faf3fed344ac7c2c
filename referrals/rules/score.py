"""What speaks against a referral, added up (R-5): signals in, a verdict and sentences out."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from referrals.rules.suspicions import COMMON, SCORES, SENTENCES

# Of a value that many strangers share nothing more than this can be made.
COMMON_SCORE = 5
LIMITS = frozenset({"day_limit", "month_limit"})


@dataclass(frozen=True)
class Signal:
    """`key` is a suspicion; `kind` the trait it rests on, empty for the others; `count` how many others, days' friends
    and the like. `is_common`: many strangers have the same, as in an office or at a parcel point."""

    key: str
    kind: str = ""
    count: int = 1
    is_common: bool = False


@dataclass(frozen=True)
class Facts:
    """All that was found about one referral; `day_limit` and `month_limit` are its own."""

    signals: tuple[Signal, ...] = ()
    day_limit: int = 0
    month_limit: int = 0


@dataclass(frozen=True)
class Thresholds:
    """The programme's: from `review` on a person looks, from `block` on nothing is paid."""

    review: int = 50
    block: int = 100


@dataclass(frozen=True)
class Reason:
    """`key` names the sentence (`self_email`), `score` is what it adds, `params` what the sentence says."""

    key: str
    score: int
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Judgement:
    """`verdict` is `clear`, `review` or `block`."""

    score: int
    reasons: tuple[Reason, ...]
    verdict: str


def score(facts: Facts, thresholds: Thresholds) -> Judgement:
    """The heaviest reason first. A limit that is passed has a person look, whatever the thresholds are."""
    reasons = sorted(_reasons(facts, thresholds), key=lambda reason: (-reason.score, reason.key))
    total = sum(reason.score for reason in reasons)
    verdict = "block" if total >= thresholds.block else "review" if total >= thresholds.review else "clear"
    if verdict == "block" and all(reason.key in LIMITS for reason in reasons):
        verdict = "review"
    return Judgement(total, tuple(reasons), verdict)


def reason_text(reason: Reason) -> str:
    """One sentence for who decides, in the reader's language. The traits themselves are never in it."""
    return SENTENCES[reason.key](reason.params)


def _reasons(facts: Facts, thresholds: Thresholds) -> Iterable[Reason]:
    for signal in facts.signals:
        if signal.key in LIMITS:
            yield Reason(signal.key, thresholds.review, {"count": signal.count, "limit": getattr(facts, signal.key)})
        elif signal.is_common:
            yield Reason(f"{COMMON}_{signal.kind}", COMMON_SCORE, {"count": signal.count})
        else:
            key = f"{signal.key}_{signal.kind}" if signal.kind else signal.key
            yield Reason(key, SCORES[key], {"count": signal.count})
