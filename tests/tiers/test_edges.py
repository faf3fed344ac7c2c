"""What no service does by itself."""

import pytest

from loyalty_site.kernel.transactions import NoTransaction
from tiers import services

SERVICES = (
    *("attach_card", "block_card", "detach_card", "import_cards", "issue_card", "queue_membership_reminders"),
    *("refund_membership", "review_after_purchase", "review_chunk", "save_discount_steps", "save_ladder", "save_plan"),
    *("start_memberships", "unblock_card"),
)


@pytest.mark.parametrize("name", SERVICES)
def test_services_demand_a_transaction(name):
    with pytest.raises(NoTransaction):
        getattr(services, name)()
