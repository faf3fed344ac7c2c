"""The settings of the programme."""

from decimal import Decimal

import pytest
from django.utils.translation import override

from customers.models import Programme
from customers.queries import programme
from customers.services import update_programme
from loyalty_site.kernel.errors import InvalidInput

pytestmark = pytest.mark.django_db


def test_programme_has_defaults_before_anybody_changes_it():
    settings = programme()
    assert (settings.percent_policy, settings.unpaid_order_ttl_minutes, settings.base_earn_percent) == (
        "replace",
        60,
        Decimal(10),
    )
    assert not Programme.objects.exists()


def test_update_programme_changes_only_what_is_given():
    update_programme(changes={"percent_policy": "best"})
    changed = update_programme(changes={"base_earn_percent": Decimal("12.50")})
    assert (changed.percent_policy, programme().base_earn_percent) == ("best", Decimal("12.50"))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"colour": "red"}, "colour"),
        ({"percent_policy": "worst"}, "percent_policy"),
        ({"base_earn_percent": Decimal("-1")}, "base_earn_percent"),
        ({"unpaid_order_ttl_minutes": 0}, "unpaid_order_ttl_minutes"),
        ({"base_earn_percent": Decimal("1000")}, "base_earn_percent"),
        ({"point_value": Decimal(0)}, "point_value"),
        ({"points_cap_percent": Decimal("100.01")}, "points_cap_percent"),
        ({"points_hold_days": 3651}, "points_hold_days"),
        ({"points_life_days": 0}, "points_life_days"),
        ({"points_grace_days": -1}, "points_grace_days"),
        ({"first_purchase_bonus": 1_000_001}, "first_purchase_bonus"),
        ({"second_person_points": -1}, "second_person_points"),
        ({"referrer_reward_kind": "percent_code"}, "referrer_reward"),
        ({"referee_reward_kind": "percent_code", "referee_reward": 101}, "referee_reward"),
        ({"referral_review_score": 101}, "referral_block_score"),
        ({"referral_block_score": 49}, "referral_block_score"),
        ({"referral_minimum_order": Decimal("-0.01")}, "referral_minimum_order"),
    ],
)
def test_wrong_setting_is_named_and_changes_nothing(changes, field):
    with pytest.raises(InvalidInput) as refusal:
        update_programme(changes=changes)
    assert [error.field for error in refusal.value.errors] == [field]
    assert programme().base_earn_percent == Decimal(10)


def test_range_is_said_as_people_write_numbers():
    with override("en"), pytest.raises(InvalidInput) as refusal:
        update_programme(changes={"point_value": Decimal("1000000")})
    assert [str(error.detail) for error in refusal.value.errors] == ["From 0.01 to 999,999.99."]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"referrer_reward_kind": "percent_code"}, "A discount is at most 100 %."),
        ({"referral_block_score": 49}, "Staff look from 50 on, so refusing cannot begin below that."),
    ],
)
def test_settings_that_disagree_are_said_in_a_sentence(changes, said):
    with override("en"), pytest.raises(InvalidInput) as refusal:
        update_programme(changes=changes)
    assert [str(error.detail) for error in refusal.value.errors] == [said]


def test_settings_at_their_edges_agree():
    edges = {"referral_review_score": 100, "referee_reward_kind": "percent_code", "referee_reward": 100}
    changed = update_programme(changes=edges)
    assert {name: getattr(changed, name) for name in edges} == edges
