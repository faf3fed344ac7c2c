"""A code for one customer by hand of staff, made and switched on at once where one person may do both (PC-1)."""

from datetime import datetime

from customers.models import User
from loyalty_site.kernel.errors import NotAllowed
from loyalty_site.kernel.transactions import requires_transaction
from promocodes.models import PromoCode
from promocodes.rules.spec import CodeSpec
from promocodes.services.codes import activate_code, create_code


@requires_transaction
def give_code(*, spec: CodeSpec, may_activate: bool, by: User | None, now: datetime) -> PromoCode:
    """The code, `switch` None when it waits as a draft for somebody else: without the right, or above the threshold.

    Raises like `create_code` and `activate_code`, then nothing is made.
    """
    made = create_code(spec=spec, by=by, now=now)
    if not may_activate:
        return made
    try:
        return activate_code(code=made.code, by=by, now=now)
    except NotAllowed:
        return made
