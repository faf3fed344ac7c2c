"""The programme of a replay: ours, on the scale of the data set's money, with points and tiers that live short.

Receipts of a few dollars meet a programme made for roubles: its bonus and thresholds stand here at a tenth. With the
year that points live and tiers look back on, nothing would expire and nobody go down within the year of the data set.
"""

from dataclasses import fields
from datetime import datetime

import tiers.queries
from customers.services import update_programme
from loyalty_site.kernel.transactions import requires_transaction
from tiers.rules import LadderSpec, TierSpec
from tiers.services import save_ladder

HOLD_DAYS, REFERRER_POINTS, NEWCOMER_POINTS = 1, 30, 10
# With a hold of a day and a worker that comes four times a month some refunds come before a reward is paid, some after.
SETTINGS = {
    "points_life_days": 90,
    "first_purchase_bonus": 30,
    "referral_hold_days": HOLD_DAYS,
    "referrer_reward": REFERRER_POINTS,
    "referee_reward": NEWCOMER_POINTS,
    "referee_reward_at": "first_order",
}
SCALE = 10
WINDOW_DAYS, GRACE_DAYS = 120, 30


@requires_transaction
def set_programme(*, now: datetime) -> None:
    """Once: a shop whose ladder looks back as far as this one has been set before."""
    ladder = tiers.queries.ladder()
    if ladder.window_days == WINDOW_DAYS:
        return
    update_programme(changes=SETTINGS)
    names = [field.name for field in fields(TierSpec)]
    rungs = []
    for tier in ladder.tiers:
        terms = {name: getattr(tier, name) for name in names}
        amount = terms["threshold_amount"]
        rungs.append(TierSpec(**terms | {"threshold_amount": None if amount is None else amount / SCALE}))
    spec = LadderSpec(basis=ladder.basis, window_days=WINDOW_DAYS, grace_days=GRACE_DAYS, tiers=tuple(rungs))
    save_ladder(spec=spec, by=None, now=now)
