"""What no service does by itself."""

import pytest

from loyalty_site.kernel.transactions import NoTransaction
from points import services

SERVICES = (
    *("adjust", "confirm_adjustment", "earn", "expire_due", "grant_to_many", "open_account"),
    *("queue_expiry_notices", "refuse_adjustment", "report_action", "return_spent", "spend", "take_back"),
)


@pytest.mark.parametrize("name", SERVICES)
def test_services_demand_a_transaction(name):
    with pytest.raises(NoTransaction):
        getattr(services, name)()
