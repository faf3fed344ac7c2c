"""Ambassadors and partners: their terms, their codes, their statements (R-6)."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils.translation import override

from loyalty_site.kernel.errors import InvalidInput, NotFound
from referrals.models import Ambassador
from referrals.queries import (
    AmbassadorTotals,
    Earnings,
    MonthOfEarnings,
    ambassador_totals,
    inviter,
    link_of,
    statement,
    statement_lines,
)
from referrals.rules import AmbassadorTerms
from referrals.services import put_ambassador
from tests.factories import (
    NOW,
    AmbassadorFactory,
    CustomerFactory,
    ReferralFactory,
    RewardFactory,
    TakenBackFactory,
    UserFactory,
    VisitFactory,
)

pytestmark = pytest.mark.django_db

PARTNER = AmbassadorTerms(
    name="Partner", rate_type="percent", rate=Decimal("5.00"), paid_in="money", email="partner@shop.test"
)


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


def put(terms, ambassador=None):
    return put_ambassador(ambassador_id=ambassador and ambassador.pk, values=terms, by=None, now=NOW)


def refusals(terms, ambassador=None):
    with pytest.raises(InvalidInput) as refused:
        put(terms, ambassador)
    return [(error.field, str(error.detail)) for error in refused.value.errors]


def test_partner_is_made_with_a_code_that_is_drawn():
    made = put(PARTNER)
    assert (len(made.code), made.customer_id, made.is_active, made.created_at) == (10, None, True, NOW)
    assert inviter(made.code).ambassador == made


def test_customer_is_made_an_ambassador_whose_link_carries_his_own_code():
    customer = CustomerFactory.create()
    made = put(replace(PARTNER, code="summer-26 x", customer_id=customer.pk, paid_in="points"))
    assert (made.code, link_of(customer.pk).code) == ("SUMMER26X", "SUMMER26X")


def test_change_keeps_the_code_and_forgets_a_period_that_counts_no_more():
    made = put(replace(PARTNER, every_order=True, period_days=90))
    changed = put(replace(PARTNER, rate=Decimal("7.50"), period_days=90), made)
    assert (changed.pk, changed.code, changed.rate, changed.period_days) == (made.pk, made.code, Decimal("7.50"), None)


def test_every_change_is_kept_with_its_author():
    author = UserFactory.create()
    made = put(PARTNER)
    put_ambassador(ambassador_id=made.pk, values=replace(PARTNER, name="Other"), by=author, now=NOW)
    event = Ambassador.pgh_event_model.objects.order_by("-pgh_id").first()
    assert (event.name, event.pgh_context.metadata) == ("Other", {"action": "edit", "user": author.pk})


def test_nobody_is_changed_who_is_not_there():
    with pytest.raises(NotFound):
        put_ambassador(ambassador_id=1, values=PARTNER, by=None, now=NOW)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, ("name", "Enter a name of at most 200 characters.")),
        ({"note": "x" * 501}, ("note", "At most 500 characters.")),
        ({"rate": Decimal(0)}, ("rate", "Enter a rate above zero.")),
        ({"rate": Decimal("100.01")}, ("rate", "A percent of the order is at most 100 %.")),
        ({"paid_in": "points"}, ("paid_in", "Points need an account: name the customer, or pay in money.")),
        (
            {"every_order": True},
            ("period_days", "For every order: how many days after the registration, from 1 to 3650?"),
        ),
        ({"day_limit": -1}, ("day_limit", "From 0 to 1000000.")),
        ({"email": "nobody"}, ("email", "Enter a valid e-mail address.")),
        ({"customer_id": 0}, ("customer", "There is no such customer.")),
        (
            {"code": "EIGHT234"},
            ("code", "Codes of customers have 8 characters, so an ambassador's has more or less."),
        ),
        ({"code": "FIVE5"}, ("code", "From 6 to 20 Latin letters and digits.")),
        ({"code": "МАРИНА"}, ("code", "From 6 to 20 Latin letters and digits.")),
        ({"code": "X" * 21}, ("code", "From 6 to 20 Latin letters and digits.")),
    ],
)
def test_wrong_terms_are_said_beside_their_field(wrong, said):
    assert refusals(replace(PARTNER, **wrong)) == [said]
    assert not Ambassador.objects.exists()


def test_points_are_whole():
    customer = CustomerFactory.create()
    terms = AmbassadorTerms("Name", "amount", Decimal("0.50"), "points", customer_id=customer.pk)
    assert refusals(terms) == [("rate", "Points are whole.")]


def test_a_reward_in_points_is_one_that_the_ledger_takes():
    terms = AmbassadorTerms("Name", "amount", Decimal(1_000_001), "points", customer_id=CustomerFactory.create().pk)
    assert refusals(terms) == [("rate", "From 0 to 1000000.")]
    assert put(replace(terms, rate=Decimal(1_000_000))).rate == 1_000_000


def test_code_and_customer_of_another_are_refused():
    customer = CustomerFactory.create()
    AmbassadorFactory.create(name="First", code="FIRSTCODE", customer=customer)
    assert refusals(replace(PARTNER, code="firstcode", customer_id=customer.pk)) == [
        ("code", "First has this code."),
        ("customer", "This customer is an ambassador already, with the code FIRSTCODE."),
    ]


def test_code_stays_once_it_was_visited():
    ambassador = AmbassadorFactory.create(code="FIRSTCODE")
    assert put(replace(PARTNER, code="SECONDCODE"), ambassador).code == "SECONDCODE"
    VisitFactory.create(code="SECONDCODE", ambassador=ambassador, referrer=None)
    assert refusals(replace(PARTNER, code="THIRDCODE"), ambassador) == [
        ("code", "People have come by the code SECONDCODE: it stays.")
    ]


def test_customer_stays_once_there_are_friends():
    ambassador = AmbassadorFactory.create()
    ReferralFactory.create(ambassador=ambassador, referrer=None)
    customer = CustomerFactory.create()
    assert refusals(replace(PARTNER, customer_id=customer.pk), ambassador) == [
        ("customer", "Friends have registered already: the customer stays.")
    ]


def earned(ambassador, *, paid_at, amount="100.00", taken="0.00", back_at=None, **more):
    referral = more.pop("referral", None) or ReferralFactory.create(ambassador=ambassador, referrer=None)
    is_gone = taken == amount
    reward = RewardFactory.create(
        referral=referral,
        payee=None,
        ambassador=ambassador,
        kind="money",
        amount=Decimal(amount),
        base_amount=Decimal("2000.00"),
        status="taken_back" if is_gone else "paid",
        qualified_at=datetime(2026, 3, 1, tzinfo=UTC),
        due_at=datetime(2026, 3, 15, tzinfo=UTC),
        paid_at=paid_at,
        taken_back_amount=Decimal(taken),
        **more,
    )
    if back_at:
        TakenBackFactory.create(reward=reward, amount=Decimal(taken), taken_back_at=back_at)
    return reward


def test_statement_counts_by_the_shops_months_and_refunds_in_theirs(django_assert_num_queries):
    ambassador = AmbassadorFactory.create()
    # Half past ten in the evening of 31 March in London is April in Moscow.
    late = earned(ambassador, paid_at=datetime(2026, 3, 31, 22, 30, tzinfo=UTC), is_single=False, order_ref="order:1")
    earned(
        ambassador,
        referral=late.referral,
        paid_at=datetime(2026, 4, 5, tzinfo=UTC),
        taken="40.00",
        back_at=datetime(2026, 5, 1, tzinfo=UTC),
        is_single=False,
        order_ref="order:2",
    )
    earned(ambassador, paid_at=datetime(2026, 3, 20, tzinfo=UTC))
    earned(AmbassadorFactory.create(), paid_at=datetime(2026, 4, 5, tzinfo=UTC))
    with django_assert_num_queries(1):
        months = statement(ambassador.pk)
    assert months == [
        MonthOfEarnings(date(2026, 3, 1), "money", 1, 1, Decimal(2000), Decimal(100), Decimal(0)),
        MonthOfEarnings(date(2026, 4, 1), "money", 1, 2, Decimal(4000), Decimal(200), Decimal(0)),
        MonthOfEarnings(date(2026, 5, 1), "money", 0, 0, Decimal(0), Decimal(0), Decimal(40)),
    ]
    assert [month.net for month in months] == [Decimal(100), Decimal(200), Decimal(-40)]
    assert statement(ambassador.pk, kind="points") == []


def test_lines_of_a_month_add_up_to_its_sums(django_assert_num_queries):
    ambassador = AmbassadorFactory.create()
    back = datetime(2026, 4, 20, tzinfo=UTC)
    earned(ambassador, paid_at=datetime(2026, 4, 5, tzinfo=UTC), order_ref="order:1")
    earned(ambassador, paid_at=datetime(2026, 4, 6, tzinfo=UTC), taken="100.00", back_at=back, order_ref="order:2")
    with django_assert_num_queries(1):
        lines = statement_lines(ambassador.pk, month=date(2026, 4, 30))
    assert [(line.order_ref, line.amount, line.goods) for line in lines] == [
        ("order:1", Decimal(100), Decimal(2000)),
        ("order:2", Decimal(100), Decimal(2000)),
        ("order:2", Decimal(-100), Decimal(0)),
    ]
    [month] = statement(ambassador.pk)
    assert month.net == sum(line.amount for line in lines)


def test_totals_of_ambassadors_take_two_queries(django_assert_num_queries):
    one, two = AmbassadorFactory.create(), AmbassadorFactory.create()
    VisitFactory.create(ambassador=one, referrer=None, code=one.code)
    earned(one, paid_at=datetime(2026, 4, 5, tzinfo=UTC), taken="30.00", back_at=NOW)
    ReferralFactory.create(ambassador=one, referrer=None, first_order_ref="order:1", first_ordered_at=NOW)
    waiting = ReferralFactory.create(ambassador=one, referrer=None)
    RewardFactory.create(referral=waiting, payee=None, ambassador=one, kind="money", amount=Decimal(50))
    with django_assert_num_queries(2):
        totals = ambassador_totals([one.pk, two.pk])
    sums = Earnings("money", earned=Decimal(100), waiting=Decimal(50), taken_back=Decimal(30))
    assert totals == {one.pk: AmbassadorTotals(1, 3, 1, (sums,)), two.pk: AmbassadorTotals()}
    with django_assert_num_queries(0):
        assert ambassador_totals([]) == {}
