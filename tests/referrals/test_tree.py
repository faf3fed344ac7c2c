"""The chain up from a customer and the tree down (R-5)."""

import pytest

from referrals.queries import chain_up, tree_down
from tests.factories import AmbassadorFactory, CustomerFactory, ReferralFactory

pytestmark = pytest.mark.django_db


def bring(referrer, **more):
    return ReferralFactory.create(referrer=referrer, newcomer=CustomerFactory.create(), **more)


def shape(branches):
    return [(branch.customer, shape(branch.branches)) for branch in branches]


def test_chain_leads_from_the_customer_to_who_began_it(django_assert_num_queries):
    first = ReferralFactory.create(referrer=None, ambassador=AmbassadorFactory.create())
    second = bring(first.newcomer)
    third = bring(second.newcomer)
    with django_assert_num_queries(2):
        assert chain_up(third.newcomer_id) == [third, second, first]


def test_nobody_brought_who_came_by_himself():
    assert chain_up(CustomerFactory.create().pk) == []


def test_tree_shows_two_levels(django_assert_num_queries):
    root = CustomerFactory.create()
    one, two = bring(root), bring(root)
    leaf = bring(one.newcomer)
    bring(leaf.newcomer)
    bring(CustomerFactory.create())
    with django_assert_num_queries(2):
        tree = tree_down(root.pk)
    assert shape(tree) == [(two.newcomer, []), (one.newcomer, [(leaf.newcomer, [])])]


def test_tree_of_who_brought_nobody_is_empty():
    assert tree_down(CustomerFactory.create().pk) == ()
