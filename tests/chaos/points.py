"""A minute of everything that can happen to points, by sixteen processes on twenty accounts."""

from collections.abc import Iterator
from functools import partial

from points.models import Entry
from tests.chaos import shop
from tests.chaos.stage import Findings, Scale, Verdict, judged
from tests.races.points_business import REFUSALS, WAITED, deadlocks, do_business

ACCOUNTS = 20


def experiments(scale: Scale) -> Iterator[Verdict]:
    yield judged("points: earn, spend, expire, refund", partial(everything_at_once, scale))


def everything_at_once(scale: Scale) -> Findings:
    before = deadlocks()
    people = [shop.new_customer().pk for _ in range(ACCOUNTS)]
    counted = do_business(people, workers=scale.processes, seconds=scale.seconds)
    wrong = [f"{count} × {what}" for what, count in counted.items() if what not in REFUSALS | {"done"}]
    if locked := deadlocks() - before:
        wrong.append(f"{locked} deadlocks")
    facts = f"{counted['done']} done, {counted[WAITED]} {WAITED}, {Entry.objects.count()} entries"
    return facts, wrong
