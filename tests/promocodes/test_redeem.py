"""Taking and giving back uses, one caller at a time (PC-9, PC-12, PC-13, PC-17, PC-18). Races are in tests/races."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pghistory
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from loyalty_site.kernel.errors import Conflict
from loyalty_site.kernel.transactions import NoTransaction
from promocodes.models import CampaignSpending, HolderUse, PromoCode, Redemption
from promocodes.services import CodeRejected, redeem_code, release_redemption
from tests.factories import NOW, CustomerFactory
from tests.promocodes.rows import make_batch, make_campaign, make_code, make_terms

pytestmark = pytest.mark.django_db


def asked(code: PromoCode, **given: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "promo_code_id": code.pk,
        "order_ref": "order:1",
        "customer_id": None,
        "holders": (),
        "channel": "site",
        "discount": Decimal("50.00"),
        "order_total": Decimal("950.00"),
        "now": NOW,
    }
    return plain | given


def redeem(code: PromoCode, **given: Any) -> Redemption:
    with transaction.atomic():
        return redeem_code(**asked(code, **given))


def counters(code: PromoCode) -> tuple[int, int, dict[str, int]]:
    """The code's counter, its live rows, its holders' uses."""
    code.refresh_from_db()
    live = Redemption.objects.filter(promo_code=code, released_at=None).count()
    return code.uses, live, dict(HolderUse.objects.filter(promo_code=code).values_list("holder", "uses"))


def refused(code: PromoCode, **given: Any) -> dict[str, Any]:
    """The refusal's extra; nothing must have been counted."""
    before = counters(code), list(CampaignSpending.objects.values_list("campaign_id", "spent"))
    with pytest.raises(CodeRejected) as caught:
        redeem(code, **({"order_ref": "order:9"} | given))
    assert (counters(code), list(CampaignSpending.objects.values_list("campaign_id", "spent"))) == before
    return caught.value.extra


def test_redeem_counts_and_records_the_use() -> None:
    code, customer = make_code(campaign=make_campaign(budget=Decimal(100))), CustomerFactory.create()

    redemption = redeem(code, customer_id=customer.pk, holders=["phone:b", "customer:7"])

    assert counters(code) == (1, 1, {"customer:7": 1, "phone:b": 1})
    stored = Redemption.objects.get()
    assert stored == redemption
    assert {field.attname: getattr(stored, field.attname) for field in Redemption._meta.fields} == {
        "id": redemption.pk,
        "promo_code_id": code.pk,
        "order_ref": "order:1",
        "customer_id": customer.pk,
        "holders": ["customer:7", "phone:b"],
        "channel": "site",
        "discount": Decimal("50.00"),
        "order_total": Decimal("950.00"),
        "redeemed_at": NOW,
        "released_at": None,
        "release_reason": "",
    }
    assert CampaignSpending.objects.get().spent == Decimal("50.00")


def test_redeem_is_one_statement() -> None:
    code = make_code(max_uses=5, max_uses_per_customer=1, campaign=make_campaign(budget=Decimal(100)))
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        redeem_code(**asked(code, holders=["email:a", "phone:b"]))
    assert len(queries) == 1


def test_redeem_works_under_a_history_context() -> None:
    code = make_code(max_uses=1)
    with pghistory.context(user=1, url="/"):
        redeem(code, holders=["customer:7"])
    assert counters(code) == (1, 1, {"customer:7": 1})


@pytest.mark.django_db(transaction=True)
def test_redeem_needs_a_transaction() -> None:
    with pytest.raises(NoTransaction):
        redeem_code(**asked(PromoCode(pk=1)))


def test_redeem_same_order_again_returns_the_first() -> None:
    code = make_code(max_uses=1)
    first = redeem(code, holders=["customer:7"])
    assert redeem(code, holders=["customer:7"]).pk == first.pk
    assert counters(code) == (1, 1, {"customer:7": 1})


def test_redeem_another_code_for_the_same_order_conflicts() -> None:
    redeem(make_code())
    other = make_code()
    with pytest.raises(Conflict):
        redeem(other)
    assert counters(other) == (0, 0, {})


def test_redeem_same_order_with_another_amount_conflicts() -> None:
    code = make_code()
    redeem(code)
    with pytest.raises(Conflict):
        redeem(code, discount=Decimal(1))


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ({"switch": None}, "not_found"),
        ({"switch": False}, "not_found"),
        ({"starts_at": NOW + timedelta(seconds=1)}, "not_started"),
        ({"ends_at": NOW}, "expired"),
    ],
)
def test_redeem_refuses_with_the_reason(code: dict[str, Any], reason: str) -> None:
    assert refused(make_code(**code))["reason"] == reason


def test_redeem_refuses_what_would_pass_the_budget() -> None:
    code = make_code(campaign=make_campaign(budget=Decimal("49.99")))
    assert refused(code)["reason"] == "budget_spent"


def test_redeem_refuses_an_exhausted_code() -> None:
    code = make_code(max_uses=1)
    redeem(code, holders=["customer:7"])
    assert refused(code)["reason"] == "exhausted"
    own = refused(code, holders=["customer:7"], held_by_order="1")
    assert (own["reason"], own["held_by_order"]) == ("held_by_own_order", "1")


def test_redeem_refuses_the_second_use_of_one_holder() -> None:
    code = make_code(max_uses_per_customer=1)
    redeem(code, holders=["email:a", "phone:b"])
    assert refused(code, holders=["customer:7", "phone:b"])["reason"] == "customer_limit"
    own = refused(code, holders=["email:a"], held_by_order="1")
    assert (own["reason"], own["held_by_order"]) == ("held_by_own_order", "1")
    redeem(code, order_ref="order:2", holders=["email:c"])
    assert counters(code) == (2, 2, {"email:a": 1, "phone:b": 1, "email:c": 1})


def test_redeem_first_order_only_is_once_per_holder() -> None:
    code = make_code(first_order_only=True)
    redeem(code, holders=["customer:7"])
    assert refused(code, holders=["customer:7"])["reason"] == "first_order_only"


def test_redeem_a_code_follows_its_batch_until_switched_by_hand() -> None:
    terms = make_terms()
    batch = make_batch(terms=terms, switch=None)
    code, off = make_code(terms=terms, switch=None), make_code(terms=terms, switch=False)
    assert refused(code)["reason"] == "not_found"
    batch.switch = True
    batch.save()
    redeem(code)
    assert refused(off)["reason"] == "not_found"


def test_redeem_unknown_id_is_not_found() -> None:
    with pytest.raises(CodeRejected) as caught:
        redeem(PromoCode(pk=404))
    assert caught.value.extra["reason"] == "not_found"


def test_release_gives_everything_back_once() -> None:
    code = make_code(max_uses=1, max_uses_per_customer=1, campaign=make_campaign(budget=Decimal(50)))
    redeem(code, holders=["customer:7"])

    with transaction.atomic():
        released = release_redemption(order_ref="order:1", reason="cancelled", now=NOW)
        again = release_redemption(order_ref="order:1", reason="cancelled", now=NOW)

    assert (released and released.released_at, again) == (NOW, None)
    assert counters(code) == (0, 0, {"customer:7": 0})
    assert CampaignSpending.objects.get().spent == 0
    redeem(code, order_ref="order:2", holders=["customer:7"])
    assert counters(code) == (1, 1, {"customer:7": 1})


def test_release_names_the_order_that_still_holds_a_use() -> None:
    code = make_code(max_uses_per_customer=2)
    redeem(code, order_ref="order:1", holders=["customer:7"])
    redeem(code, order_ref="order:2", holders=["customer:7"])
    with transaction.atomic():
        release_redemption(order_ref="order:2", reason="cancelled", now=NOW)
    assert HolderUse.objects.values_list("uses", "last_order_ref").get() == (1, "order:1")


def test_release_of_an_order_without_a_use_is_none() -> None:
    with transaction.atomic():
        assert release_redemption(order_ref="order:404", reason="cancelled", now=NOW) is None


def test_redemptions_cannot_be_deleted() -> None:
    redemption = redeem(make_code())
    with pytest.raises(Exception, match="Cannot delete"), transaction.atomic():
        redemption.delete()
