"""Rules of segments: read strictly, told in words, counted over living customers (CU-8)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from customers.models import Consent, Customer, CustomerTag, Segment, Tag
from customers.queries import count_rule, members, sample_rule, segments_of, shopper
from customers.queries.conditions import known_conditions, read_rule
from customers.queries.rule_sql import at, members_sql
from loyalty_site.kernel.errors import InvalidInput
from tests.customers.segment_rows import leaf, rfm
from tests.factories import NOW, CustomerFactory, PurchaseFactory, SegmentMembershipFactory

pytestmark = pytest.mark.django_db


def found(rule: Any, now: datetime = NOW) -> set[int]:
    sql = members_sql(read_rule(rule), at(now))
    with connection.cursor() as cursor:
        cursor.execute(sql.text, sql.params)
        keys = [key for (key,) in cursor.fetchall()]
    assert len(keys) == len(set(keys))
    return set(keys)


def refusals(rule: Any, *, is_new: bool = False) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as refused:
        read_rule(rule, is_new=is_new)
    return [(error.field, error.code) for error in refused.value.errors]


def test_what_is_read_is_written_again_as_it_was() -> None:
    rule = {
        "all": [
            leaf("last_purchase", "within", 90),
            {"any": [leaf("spent", "at_least", "5000"), {"not": leaf("consent", "in", ["email"])}]},
            leaf("spent_recently", "at_least", {"amount": "100.50", "days": 30}),
            leaf("registered", "between", {"least": "2026-01-01", "most": "2026-02-01"}),
            leaf("vip", "yes"),
        ]
    }

    assert read_rule(rule).document() == rule


def test_a_rule_is_told_in_the_readers_language() -> None:
    rule = {
        "all": [
            leaf("last_purchase", "within", 1),
            {"any": [leaf("spent", "at_least", "5000"), leaf("consent", "in", ["email", "sms"])]},
            {"not": leaf("vip", "yes")},
        ]
    }

    with override("en"):
        assert read_rule(rule).sentence() == (
            "bought within the last 1 day and (has spent at least ₽5,000 or consent: “e-mail” or “SMS”) and not (VIP)"
        )


@pytest.mark.parametrize(
    ("rule", "places"),
    [
        (None, [("rule", "invalid")]),
        ([], [("rule", "invalid")]),
        ({"all": []}, [("rule.all", "empty")]),
        ({"all": "x"}, [("rule.all", "empty")]),
        ({"all": [leaf("vip", "yes")], "any": []}, [("rule", "invalid")]),
        ({"all": [leaf("vip", "yes"), leaf("nothing", "yes")]}, [("rule.all.1.field", "unknown")]),
        (leaf("vip", "maybe"), [("rule.op", "unknown")]),
        (leaf("vip", "yes", 1), [("rule.value", "invalid")]),
        ({"field": "vip", "op": "yes", "more": 1}, [("rule", "invalid")]),
        (leaf("spent", "at_least", "many"), [("rule.value", "invalid")]),
        (leaf("spent", "at_least", "NaN"), [("rule.value", "invalid")]),
        (leaf("spent", "at_least", "-1"), [("rule.value", "invalid")]),
        (leaf("spent", "at_least", "1.001"), [("rule.value", "invalid")]),
        (leaf("spent", "at_least", "1_000"), [("rule.value", "invalid")]),
        (leaf("spent", "at_least", "١٢"), [("rule.value", "invalid")]),
        (leaf("spent", "at_least", "1E+999999"), [("rule.value", "invalid")]),
        (leaf("spent", "at_least", "9" * 5000), [("rule.value", "invalid")]),
        (leaf("spent", "at_least", 1.5), [("rule.value", "invalid")]),
        (leaf("orders", "at_least", 2**63), [("rule.value", "invalid")]),
        (
            leaf("registered", "between", {"least": "2026-01-01", "most": "9999-12-31"}),
            [("rule.value.most", "invalid")],
        ),
        (
            leaf("registered", "between", {"least": "0001-01-01", "most": "2026-01-01"}),
            [("rule.value.least", "invalid")],
        ),
        (
            leaf("registered", "between", {"least": "20260101", "most": "2026-W05-1"}),
            [("rule.value.least", "invalid"), ("rule.value.most", "invalid")],
        ),
        (leaf("tag", "in", ["\ud800"]), [("rule.value", "invalid")]),
        (leaf("spent", "between", {"least": "5", "most": "1"}), [("rule.value", "invalid")]),
        (leaf("spent", "between", {"least": "5"}), [("rule.value.most", "invalid")]),
        (leaf("last_purchase", "within", 0), [("rule.value", "invalid")]),
        (leaf("last_purchase", "within", True), [("rule.value", "invalid")]),
        (
            leaf("last_purchase", "between", {"least": "2026-02-30", "most": "x"}),
            [("rule.value.least", "invalid"), ("rule.value.most", "invalid")],
        ),
        (leaf("tag", "in", []), [("rule.value", "invalid")]),
        (leaf("tag", "in", ["a\x00"]), [("rule.value", "invalid")]),
        (leaf("tag", "in", ["x"] * 101), [("rule.value", "invalid")]),
        ({"not": {"not": {"not": {"not": {"not": leaf("vip", "yes")}}}}}, [("rule.not.not.not.not.not", "too_deep")]),
        ({"any": [leaf("vip", "yes")] * 31}, [("rule.any", "too_many")]),
        ({"any": [{"any": [leaf("vip", "yes")] * 16}] * 2}, [("rule", "too_many")]),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(rule: Any, places: list[tuple[str, str]]) -> None:
    assert refusals(rule) == places


def test_a_new_rule_names_only_what_is_there() -> None:
    rule = leaf("tag", "in", ["wholesale"])

    assert refusals(rule, is_new=True) == [("rule", "unknown")]
    assert read_rule(rule).document() == rule


def test_conditions_on_purchases_find_buyers() -> None:
    often, once, never = CustomerFactory(), CustomerFactory(), CustomerFactory()
    rfm(often, orders=5, spent=Decimal(10_000), days_ago=3, is_vip=True, segment="champions", r=5, f=5, m=5)
    rfm(once, orders=1, spent=Decimal(500), days_ago=91, segment="hibernating", r=1, f=1, m=1)
    PurchaseFactory(customer=often, goods_amount=Decimal(900), paid_at=NOW - timedelta(days=3), channel="pos")
    PurchaseFactory(customer=once, goods_amount=Decimal(500), paid_at=NOW - timedelta(days=91), channel="site")
    one, two = {often.pk}, {once.pk}

    table = {
        ("last_purchase", "within", 90): one,
        ("last_purchase", "within", 91): one | two,
        ("last_purchase", "longer_ago", 90): two,
        ("last_purchase", "longer_ago", 91): set(),
        ("last_purchase", "never", None): {never.pk},
        ("first_purchase", "longer_ago", 100): one | two,
        ("spent", "at_least", "500.01"): one,
        ("spent", "at_most", "500"): two,
        ("orders", "at_least", 2): one,
        ("average_order", "at_least", "1000"): one,
        ("vip", "yes", None): one,
        ("vip", "no", None): two | {never.pk},
        ("starter", "yes", None): two,
        ("rfm_segment", "in", ("champions", "loyal")): one,
        ("rfm_segment", "not_in", ("champions",)): two | {never.pk},
        ("rfm_r", "at_least", 5): one,
        ("rfm_f", "at_most", 1): two,
        ("channel", "in", ("site",)): two,
        ("channel", "not_in", ("site",)): one | {never.pk},
    }
    rules = [leaf(f, o, list(v) if isinstance(v, tuple) else v) for f, o, v in table]

    assert [found(rule) for rule in rules] == list(table.values())
    assert found(leaf("spent_recently", "at_least", {"amount": "900", "days": 30})) == one
    assert found(leaf("spent_recently", "at_most", {"amount": "500", "days": 100})) == two
    assert found(leaf("orders_recently", "at_least", {"count": 1, "days": 30})) == one
    assert found(leaf("channel", "within", {"codes": ["pos"], "days": 30})) == one
    assert found(leaf("spent", "between", {"least": "1", "most": "500"})) == two


def test_conditions_on_people_find_them() -> None:
    born = CustomerFactory(birthday=date(1990, 6, 12), phone="+79990000001", registered_at=NOW - timedelta(days=40))
    other = CustomerFactory(registered_at=NOW)
    tag = Tag.objects.create(code="wholesale", name="опт")
    CustomerTag.objects.create(customer=born, tag=tag, added_at=NOW)
    Consent.objects.create(customer=born, purpose="email", given_at=NOW, source="test", text_version="1")
    Consent.objects.create(
        customer=other, purpose="email", given_at=NOW, withdrawn_at=NOW, source="t", text_version="1"
    )
    SegmentMembershipFactory(segment__code="vips", customer=other)
    one, two = {born.pk}, {other.pk}

    assert found(leaf("birthday", "soon", 2)) == one
    assert found(leaf("birthday", "soon", 1)) == set()
    assert found(leaf("birthday", "today"), NOW + timedelta(days=2)) == one
    assert found(leaf("birthday", "month", ["6", "7"])) == one
    assert found(leaf("birthday", "unknown")) == two
    assert found(leaf("age", "at_least", 35)) == one
    assert found(leaf("age", "at_least", 36)) == set()
    assert found(leaf("age", "at_most", 35)) == one
    assert found(leaf("registered", "within", 30)) == two
    assert found(leaf("tag", "in", ["wholesale"])) == one
    assert found(leaf("consent", "in", ["email"])) == one
    assert found(leaf("consent", "not_in", ["email"])) == two
    assert found(leaf("reach", "in", ["phone", "account"])) == one
    assert found(leaf("reach", "not_in", ["phone"])) == two
    assert found(leaf("manager", "known")) == set()
    assert found(leaf("segment", "in", ["vips"])) == two
    assert found(leaf("segment", "not_in", ["vips"])) == one


def test_the_29_of_february_is_the_28_in_other_years() -> None:
    leap = CustomerFactory(birthday=date(2000, 2, 29))

    assert found(leaf("birthday", "today"), datetime(2026, 2, 28, 9, tzinfo=UTC)) == {leap.pk}
    assert found(leaf("birthday", "today"), datetime(2028, 2, 28, 9, tzinfo=UTC)) == set()
    assert found(leaf("birthday", "today"), datetime(2028, 2, 29, 9, tzinfo=UTC)) == {leap.pk}


def test_groups_join_and_leave_out_the_merged_and_the_erased() -> None:
    a, b, c, gone = (CustomerFactory() for _ in range(4))
    for customer, orders in ((a, 5), (b, 1), (gone, 5)):
        rfm(customer, orders=orders)
    Customer.objects.filter(pk=gone.pk).update(merged_into=a, email=None)
    SegmentMembershipFactory(segment__code="list", customer=b)
    many, once, listed = leaf("orders", "at_least", 2), leaf("orders", "at_most", 1), leaf("segment", "in", ["list"])

    assert found(many) == {a.pk}
    assert found({"any": [many, listed]}) == {a.pk, b.pk}
    assert found({"all": [many, listed]}) == set()
    assert found({"all": [once, listed, {"not": many}]}) == {b.pk}
    assert found({"not": {"any": [many, listed]}}) == {c.pk}
    assert found({"not": {"not": listed}}) == {b.pk}
    assert found({"all": [{"any": [many, leaf("last_purchase", "never")]}, {"not": listed}]}) == {a.pk, c.pk}
    assert found({"all": [listed, {"all": [once, leaf("registered", "within", 1)]}]}) == {b.pk}
    assert (count_rule(many, now=NOW), sample_rule({"any": [many, listed]}, 5, now=NOW)) == (1, [a, b])


def test_every_condition_compiles_alone_and_denied() -> None:
    sample = {"count": 1, "days": 3, "money": "5", "day": "2026-01-01", "codes": ["x"], "words": ["x"]}
    for condition in known_conditions().values():
        for operator in condition.operators:
            values = {
                one.name: max(sample[one.kind], one.least) if one.kind in {"count", "days"} else sample[one.kind]
                for one in operator.inputs
            }
            value = values if len(values) > 1 else next(iter(values.values()), None)
            rule = leaf(condition.key, operator.key, value)

            found({"not": rule})
            with override("en"):
                assert read_rule(rule).sentence()
            assert read_rule(rule).document() == rule


def test_the_till_knows_segments_of_all_kinds_in_one_query() -> None:
    customer = CustomerFactory()
    rfm(customer, orders=1, segment="new", is_vip=True)
    SegmentMembershipFactory(segment__code="list", customer=customer)
    SegmentMembershipFactory(segment__code="old", segment__archived_at=NOW, customer=customer)
    for code in ("rfm-new", "rfm-vip", "rfm-starter", "rfm-lost"):
        Segment.objects.get_or_create(code=code, defaults={"name": code, "kind": "rfm"})

    with CaptureQueriesContext(connection) as queries:
        known = shopper(customer.pk)
    assert known is not None
    assert known.segments == {"list", "rfm-new", "rfm-vip", "rfm-starter"}
    assert {segment.code for segment in segments_of(customer.pk)} == known.segments
    assert len(queries) == 1
    assert [members(segment).count() for segment in segments_of(customer.pk)] == [1, 1, 1, 1]


def test_purchases_that_rfm_counts_are_those_that_rules_count() -> None:
    """Paid with points alone it is one, given back whole none, in whatever way it is asked for."""
    with_points, all_back, given_back, half = (CustomerFactory() for _ in range(4))
    paid = {"paid_at": NOW - timedelta(days=1), "channel": "pos"}
    PurchaseFactory(customer=with_points, goods_amount=0, **paid)
    PurchaseFactory(customer=all_back, goods_amount=0, is_returned=True, **paid)
    PurchaseFactory(customer=given_back, goods_amount=100, refunded_amount=100, **paid)
    PurchaseFactory(customer=half, goods_amount=100, refunded_amount=50, **paid)
    PurchaseFactory(customer=None, goods_amount=100, **paid)
    both = {with_points.pk, half.pk}

    assert found(leaf("orders_recently", "at_least", {"count": 1, "days": 2})) == both
    assert found(leaf("channel", "in", ["pos"])) == both
    assert found(leaf("channel", "within", {"codes": ["pos"], "days": 2})) == both
    assert found(leaf("channel", "not_in", ["pos"])) == {all_back.pk, given_back.pk}
    assert found(leaf("spent_recently", "at_most", {"amount": "50", "days": 2})) == both
    assert found(leaf("spent_recently", "at_least", {"amount": "0", "days": 2})) == both
    assert found(leaf("spent_recently", "at_least", {"amount": "50.01", "days": 2})) == set()


def test_what_is_not_known_is_neither_this_nor_that_but_always_not_the_one() -> None:
    """Nobody's birthday, no purchase, no manager: a condition does not find him, its denial does."""
    unknown, known = CustomerFactory(), CustomerFactory(birthday=date(1990, 6, 12), registered_at=NOW)
    rfm(known)
    for rule in (
        leaf("birthday", "soon", 60),
        leaf("birthday", "month", ["6"]),
        leaf("age", "at_least", 1),
        leaf("age", "at_most", 120),
        leaf("spent", "at_least", "0"),
        leaf("orders", "between", {"least": 0, "most": 1_000_000_000}),
        leaf("last_purchase", "between", {"least": "1900-01-01", "most": "2199-12-31"}),
        leaf("rfm_m", "at_least", 1),
    ):
        assert found(rule) == {known.pk}
        assert found({"not": rule}) == {unknown.pk}
        assert found({"not": {"any": [rule, leaf("manager", "known")]}}) == {unknown.pk}
        assert found({"not": {"all": [rule, leaf("birthday", "known")]}}) == {unknown.pk}
        assert found({"all": [{"not": {"not": rule}}, {"not": leaf("vip", "yes")}]}) == {known.pk}


@pytest.mark.parametrize(
    ("today", "years", "found_at_least"),
    [(date(2026, 2, 27), 26, 0), (date(2026, 2, 28), 26, 0), (date(2026, 3, 1), 26, 1), (date(2028, 2, 29), 28, 1)],
)
def test_who_was_born_on_29_february_is_a_year_older_on_1_march(today: date, years: int, found_at_least: int) -> None:
    CustomerFactory(birthday=date(2000, 2, 29))
    now = datetime(today.year, today.month, today.day, 9, tzinfo=UTC)

    assert len(found(leaf("age", "at_least", years), now)) == found_at_least
    assert len(found(leaf("age", "at_most", years - 1), now)) == 1 - found_at_least


def test_what_is_there_no_more_is_had_by_nobody() -> None:
    """A tag, a tier, a category, a code or a segment that has gone since: the rule goes on, and tells what it is."""
    somebody = CustomerFactory()
    for field, op in (
        ("tag", "in"),
        ("tier", "in"),
        ("segment", "in"),
        ("bought_category", "ever"),
        ("membership", "in"),
    ):
        rule = leaf(field, op, ["gone"])
        assert (found(rule), found({"not": rule})) == (set(), {somebody.pk})
        with override("en"):
            assert "“gone”" in read_rule(rule).sentence()


def test_a_rule_as_deep_and_as_wide_as_may_be_is_found() -> None:
    somebody = CustomerFactory()
    deep: Any = leaf("vip", "yes")
    for _level in range(4):
        deep = {"not": deep}

    assert found(deep) == set()
    assert refusals({"not": deep, "more": 1}) == [("rule", "invalid")]
    assert found({"any": [leaf("vip", "no")] * 30}) == {somebody.pk}
    assert found({"all": [leaf("vip", "no")] * 30}) == {somebody.pk}
    assert refusals({"not": deep}) == [("rule.not.not.not.not.not", "too_deep")]
