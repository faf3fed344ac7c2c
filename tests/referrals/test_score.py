"""What speaks against a referral is added up and said in sentences (R-5)."""

import pytest
from django.utils.translation import override

from referrals.rules.score import Facts, Judgement, Reason, Signal, Thresholds, reason_text, score
from referrals.rules.suspicions import SCORES, SENTENCES

DEFAULT = Thresholds()


def verdict(*signals: Signal, thresholds: Thresholds = DEFAULT) -> tuple[int, str]:
    found = score(Facts(signals, day_limit=10, month_limit=50), thresholds)
    return found.score, found.verdict


@pytest.mark.parametrize(
    ("signals", "expected"),
    [
        ((), (0, "clear")),
        ((Signal("self", "network"),), (15, "clear")),
        ((Signal("self", "address"),), (60, "review")),
        ((Signal("self", "device"),), (70, "review")),
        ((Signal("self", "device"), Signal("self", "address")), (130, "block")),
        ((Signal("self", "email"),), (100, "block")),
        ((Signal("self", "phone"),), (100, "block")),
        ((Signal("self", "payer"),), (100, "block")),
        ((Signal("self", "device", is_common=True),), (5, "clear")),
        ((Signal("self", "address", is_common=True), Signal("self", "network", is_common=True)), (10, "clear")),
        ((Signal("known", "address"),), (25, "clear")),
        ((Signal("known", "device"), Signal("known", "address")), (75, "review")),
        ((Signal("bought_before"),), (100, "block")),
        ((Signal("burst_anywhere", count=5),), (50, "review")),
        ((Signal("burst", count=5), Signal("sibling", "network", 4)), (75, "review")),
        ((Signal("gave_back"),), (20, "clear")),
        ((Signal("gave_back_often", count=2),), (50, "review")),
        ((Signal("day_limit", count=11),), (50, "review")),
        ((Signal("day_limit", count=11), Signal("month_limit", count=51)), (100, "review")),
        ((Signal("day_limit", count=11), Signal("self", "device")), (120, "block")),
    ],
)
def test_signals_make_a_verdict(signals: tuple[Signal, ...], expected: tuple[int, str]) -> None:
    assert verdict(*signals) == expected


def test_thresholds_are_the_programmes() -> None:
    device = Signal("self", "device")
    assert [verdict(device, thresholds=Thresholds(*of)) for of in ((71, 100), (70, 100), (10, 70))] == [
        (70, "clear"),
        (70, "review"),
        (70, "block"),
    ]
    assert verdict(Signal("day_limit", count=11), thresholds=Thresholds(90, 90)) == (90, "review")


def test_heaviest_reason_comes_first_with_what_its_sentence_says() -> None:
    facts = Facts((Signal("self", "network"), Signal("day_limit", count=11), Signal("self", "payer")), day_limit=10)
    assert score(facts, DEFAULT) == Judgement(
        165,
        (
            Reason("self_payer", 100, {"count": 1}),
            Reason("day_limit", 50, {"count": 11, "limit": 10}),
            Reason("self_network", 15, {"count": 1}),
        ),
        "block",
    )


def test_every_reason_has_a_sentence() -> None:
    assert set(SCORES) <= set(SENTENCES)
    for key in SENTENCES:
        for number in (1, 5):
            assert reason_text(Reason(key, 10, {"count": number, "limit": 3})).endswith(".")


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        (Reason("self_email", 100, {"count": 1}), "The same mailbox as the referrer's, only written otherwise."),
        (
            Reason("burst", 60, {"count": 5}),
            "5 newcomers of this referrer registered from one network within a day.",
        ),
        (
            Reason("sibling_device", 60, {"count": 3}),
            "The same device as another newcomer's of this referrer (3 of them).",
        ),
        (
            Reason("day_limit", 50, {"count": 11, "limit": 10}),
            "Friend no. 11 of this referrer on that day; the limit is 10.",
        ),
    ],
)
def test_reasons_read_as_sentences(reason: Reason, sentence: str) -> None:
    with override("en"):
        assert reason_text(reason) == sentence
