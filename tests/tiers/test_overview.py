"""The overview of moves reads the days it shows, not the whole history."""

from datetime import timedelta

import pytest

from tests.factories import NOW
from tests.tiers.rows import execute
from tiers.models import TierChange

pytestmark = pytest.mark.django_db


def test_moves_of_a_month_are_found_by_their_moment():
    execute("SET LOCAL enable_seqscan = off")
    rows = TierChange.objects.filter(changed_at__gte=NOW, changed_at__lt=NOW + timedelta(days=30))
    assert "tiers_change_moment" in rows.order_by().explain()
