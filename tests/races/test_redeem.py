"""Limits under concurrency: 2,000 attempts by 16 processes, exactly 100 uses (PC-13, PC-17, PC-18).

Each experiment has a control with the guard off that must overrun: otherwise the crowd proves nothing.
"""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import F

from loyalty_site.kernel.transactions import in_transaction
from promocodes.models import CampaignSpending, HolderUse, PromoCode, Redemption
from promocodes.queries import INVARIANTS
from promocodes.rules import Reason
from promocodes.services import CodeRejected, redeem_code, release_redemption
from tests.factories import NOW
from tests.promocodes.rows import make_campaign, make_code
from tests.races.crowd import crowd, dawdle

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

ATTEMPTS, WORKERS, LIMIT = 2_000, 16, 100


@pytest.fixture(autouse=True)
def _clean_bill_of_health() -> Iterator[None]:
    """Every experiment but the controls ends with all invariants clean."""
    yield
    if not Redemption.objects.filter(order_ref__startswith="control:").exists():
        assert offenders() == {}


def offenders() -> dict[str, list[tuple[object, ...]]]:
    found = {}
    for invariant in INVARIANTS:
        with connection.cursor() as cursor:
            cursor.execute(invariant.sql)
            if rows := cursor.fetchall():
                found[invariant.code] = rows
    return found


def take(code: PromoCode, order_ref: str, *, holders: tuple[str, ...] = (), discount: str = "10.00") -> str:
    """`taken`, or the reason why not."""
    try:
        in_transaction(
            lambda: redeem_code(
                promo_code_id=code.pk,
                order_ref=order_ref,
                customer_id=None,
                holders=holders,
                channel="site",
                discount=Decimal(discount),
                order_total=Decimal("90.00"),
                now=NOW,
            )
        )
    except CodeRejected as refusal:
        return refusal.reason.value
    return "taken"


def live(**filters: object) -> int:
    return Redemption.objects.filter(released_at=None, **filters).count()


def test_a_limit_of_100_gives_exactly_100_uses() -> None:
    code = make_code(max_uses=LIMIT)

    answers = crowd(lambda number: take(code, f"order:{number}"), ATTEMPTS, workers=WORKERS)

    assert answers == Counter(taken=LIMIT, exhausted=ATTEMPTS - LIMIT)
    assert live(promo_code=code) == LIMIT


def test_a_released_use_is_taken_again_and_never_twice() -> None:
    code = make_code(max_uses=5)

    def attempt(number: int) -> str:
        answer = take(code, f"order:{number}", holders=(f"customer:{number % 7}",))
        if answer == "taken" and number % 3:
            in_transaction(lambda: release_redemption(order_ref=f"order:{number}", reason="cancelled", now=NOW))
            return "taken and released"
        return answer

    answers = crowd(attempt, 600, workers=8)

    assert set(answers) == {"taken", "taken and released", "exhausted"}
    assert answers["taken"] == live(promo_code=code) == 5


def test_one_person_takes_a_code_only_as_often_as_allowed() -> None:
    code = make_code(max_uses_per_customer=2)

    def attempt(number: int) -> str:
        return take(code, f"order:{number}", holders=(f"customer:{number % 10}",))

    answers = crowd(attempt, 600, workers=WORKERS)

    assert answers == Counter(taken=20, customer_limit=580)
    assert set(HolderUse.objects.values_list("uses", flat=True)) == {2}


def test_a_shared_phone_counts_across_customers() -> None:
    code = make_code(first_order_only=True)

    def attempt(number: int) -> str:
        return take(code, f"order:{number}", holders=(f"customer:{number}", "phone:shared"))

    assert crowd(attempt, 200, workers=WORKERS) == Counter(taken=1, first_order_only=199)


def test_a_budget_shared_by_50_codes_is_never_passed() -> None:
    campaign = make_campaign(budget=Decimal("1000.00"))
    codes = [make_code(campaign=campaign) for _number in range(50)]

    def attempt(number: int) -> str:
        return take(codes[number % 50], f"order:{number}", holders=(f"customer:{number}",))

    answers = crowd(attempt, ATTEMPTS, workers=WORKERS)

    assert answers == Counter(taken=LIMIT, budget_spent=ATTEMPTS - LIMIT)
    assert CampaignSpending.objects.get(campaign=campaign).spent == Decimal("1000.00")


def test_the_same_order_at_once_takes_one_use() -> None:
    code = make_code(max_uses=LIMIT)
    answers = crowd(lambda _number: take(code, "order:1"), 64, workers=WORKERS)
    assert answers["taken"] + answers["IntegrityError"] == 64
    assert live(promo_code=code) == 1


def test_control_without_the_guard_the_crowd_overruns_the_limit() -> None:
    """Read, check, save: what the guarded statement replaces. It must overrun here, or the crowd is too small."""
    code = make_code(max_uses=LIMIT)
    _drop_constraint("promocode_uses_within_limit")

    def attempt(number: int) -> str:
        def unguarded() -> str:
            row = PromoCode.objects.get(pk=code.pk)
            if row.uses >= LIMIT:
                return Reason.EXHAUSTED.value
            dawdle()
            PromoCode.objects.filter(pk=code.pk).update(uses=F("uses") + 1)
            Redemption.objects.create(
                promo_code=row,
                order_ref=f"control:{number}",
                channel="site",
                discount=Decimal(10),
                order_total=Decimal(90),
                redeemed_at=NOW,
            )
            return "taken"

        return in_transaction(unguarded)

    try:
        answers = crowd(attempt, ATTEMPTS, workers=WORKERS)
        assert answers["taken"] == live(promo_code=code) > LIMIT
        assert "code_uses_within_limit" in offenders()
    finally:
        _restore_constraint()


def _drop_constraint(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE promocodes_promocode DROP CONSTRAINT {name}")


def _restore_constraint() -> None:
    """The overrun rows are in its way."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE promocodes_promocode SET uses = max_uses WHERE uses > max_uses")
        cursor.execute(
            "ALTER TABLE promocodes_promocode ADD CONSTRAINT promocode_uses_within_limit"
            " CHECK (max_uses IS NULL OR uses <= max_uses)"
        )
