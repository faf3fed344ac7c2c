"""Personal codes issued together: rewards of the programme (R-3, PC-4, PC-20)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import User
from loyalty_site.kernel.errors import InvalidInput, NotAllowed
from loyalty_site.kernel.transactions import in_transaction
from promocodes.models import Campaign, PromoCode, Terms
from promocodes.queries import INVARIANTS, code_history, personal_codes, spec_of
from promocodes.services import IssuedCode, deactivate_code, edit_code, issue, issue_codes
from tests.factories import NOW, CustomerFactory, ProgrammeFactory, PromoCodeFactory, UserFactory
from tests.promocodes.rows import make_spec

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def issued(*customer_ids: int, **terms: Any) -> list[IssuedCode]:
    spec = make_spec(**{"type": "fixed", "value": Decimal("500.00"), "campaign": "Referrals"} | terms)
    return in_transaction(lambda: issue_codes(spec=spec, customer_ids=customer_ids, now=NOW))


def people(count: int = 2) -> list[int]:
    return [CustomerFactory.create().pk for _ in range(count)]


def test_everybody_gets_a_code_of_his_own_under_the_same_terms() -> None:
    one, two = people()

    codes = issued(two, one, two, max_uses=7)

    assert [code.customer_id for code in codes] == [two, one, two]
    rows = {row.pk: row for row in PromoCode.objects.select_related("terms__campaign")}
    assert [rows[code.promo_code_id].code for code in codes] == [code.code for code in codes]
    assert {(row.customer_id, row.switch, row.max_uses, row.uses, len(row.code)) for row in rows.values()} == {
        (one, True, 1, 0, 10),
        (two, True, 1, 0, 10),
    }
    terms = Terms.objects.get()
    assert (terms.type, terms.value, terms.campaign and terms.campaign.name) == ("fixed", 500, "Referrals")
    assert {row.terms_id for row in rows.values()} == {terms.pk}


def test_the_account_shows_them_to_their_owners_only() -> None:
    one, two = people()
    codes = issued(one, two)
    for code in codes:
        (shown,) = personal_codes(code.customer_id, segments=(), tiers=(), now=NOW)
        assert (shown.code, shown.state, shown.uses_left, shown.is_own) == (code.code, "active", 1, True)


def test_nobody_is_nothing() -> None:
    assert issued() == []
    assert not Terms.objects.exists()
    assert not Campaign.objects.exists()


def test_many_codes_are_longer() -> None:
    """PC-20: 12 characters above 10,000 codes."""
    (person,) = people(1)
    assert {len(code.code) for code in issued(*[person] * 10_001)} == {12}


def test_a_code_that_exists_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = people()
    PromoCodeFactory.create(code="AAAAAAAAAA")
    drawn = iter([["AAAAAAAAAA", "BBBBBBBBBB"], ["CCCCCCCCCC"]])
    monkeypatch.setattr(issue, "random_codes", lambda count, length: next(drawn))

    assert [(code.customer_id, code.code) for code in issued(one, two)] == [(one, "CCCCCCCCCC"), (two, "BBBBBBBBBB")]


def test_statements_do_not_grow_with_the_codes() -> None:
    def statements(customer_ids: Sequence[int]) -> int:
        with CaptureQueriesContext(connection) as asked:
            issued(*customer_ids, campaign=None)
        return len(asked)

    assert [statements(people(1)), statements(people(3))] == [4, 4]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"value": Decimal("0.00")}, "value"), ({"customer": "owner"}, "customer"), ({"segment": "none"}, "segment")],
)
def test_wrong_terms_are_refused(wrong: dict[str, Any], field: str) -> None:
    owner = CustomerFactory.create()
    if "customer" in wrong:
        wrong = {"customer": owner.public_id}
    with pytest.raises(InvalidInput) as refused:
        issued(owner.pk, **wrong)
    assert [error.field for error in refused.value.errors] == [field]
    assert not PromoCode.objects.exists()


def prolonged(code: IssuedCode, by: User, **changes: Any) -> PromoCode:
    spec = replace(spec_of(PromoCode.objects.get(pk=code.promo_code_id)), **{"ends_at": NOW + 40 * DAY} | changes)
    return in_transaction(lambda: edit_code(code=code.code, spec=spec, by=by, now=NOW))


def test_a_change_of_one_leaves_the_others_alone() -> None:
    by = UserFactory.create(is_staff=True)
    one, two = issued(*people())

    prolonged(one, by)
    prolonged(one, by, ends_at=NOW + 50 * DAY)

    ends = dict(PromoCode.objects.values_list("pk", "terms__ends_at"))
    assert (ends[one.promo_code_id], ends[two.promo_code_id]) == (NOW + 50 * DAY, NOW + 10 * DAY)
    assert Terms.objects.count() == 2
    history = code_history(PromoCode.objects.select_related("terms").get(pk=one.promo_code_id))
    told = [
        (change.what, change.is_new, change.action, change.user_id) for change in history if change.what != "campaign"
    ]
    assert told == [
        ("terms", False, "edit", by.pk),
        ("terms", False, "edit", by.pk),
        ("terms", True, "issue", None),
    ]
    assert [field.field for change in history[:2] for field in change.fields] == ["ends_at", "ends_at"]


def test_what_the_others_become_is_no_history_of_one_that_left() -> None:
    by = UserFactory.create(is_staff=True)
    one, two = issued(*people())
    prolonged(one, by)
    prolonged(two, by, ends_at=NOW + 60 * DAY)
    for code, ends_at in ((one, NOW + 40 * DAY), (two, NOW + 60 * DAY)):
        history = code_history(PromoCode.objects.select_related("terms").get(pk=code.promo_code_id))
        assert [field.after for field in history[0].fields] == [ends_at]
        assert len([change for change in history if change.what == "terms"]) == 2


def test_nobody_makes_a_large_discount_of_it_alone() -> None:
    ProgrammeFactory.create(second_person_amount=Decimal("1000.00"))
    by = UserFactory.create(is_staff=True)
    one, _two = issued(*people())

    with pytest.raises(NotAllowed):
        prolonged(one, by, value=Decimal("1500.00"))

    in_transaction(lambda: deactivate_code(code=one.code, by=by, now=NOW))
    assert prolonged(one, by, value=Decimal("1500.00")).terms.value == 1500


def test_the_programme_itself_asks_no_second_person() -> None:
    ProgrammeFactory.create(second_person_amount=Decimal("100.00"))
    assert len(issued(*people())) == 2


def test_the_doctor_is_content() -> None:
    one, _two = issued(*people())
    prolonged(one, UserFactory.create(is_staff=True))
    with connection.cursor() as cursor:
        for invariant in INVARIANTS:
            cursor.execute(invariant.sql)
            assert cursor.fetchall() == [], invariant.code
