"""What no service does by itself."""

import pytest

from loyalty_site.kernel.transactions import NoTransaction
from tiers import services

SERVICES = (
    *("issue_card", "refund_membership", "review_after_purchase", "review_chunk", "save_discount_steps"),
    *("save_ladder", "start_memberships"),
)


@pytest.mark.parametrize("name", SERVICES)
def test_services_demand_a_transaction(name):
    with pytest.raises(NoTransaction):
        getattr(services, name)()
