"""Paying 100,000 due referrals, every tenth newcomer too (target: twice the floor), and judging them before it.

The floor writes the same rows into tables of the same columns, indexes and CHECKs in bare statements, without triggers,
keys of other tables, rewards and accounts to lock, facts to look up. The two take turns, a share of the rewards each,
so that whatever else the machine does meets both. Judging, for which there is no bare statement, is a line of its own
beside the floor of the payment. Everybody has a mailbox, a phone, a device and an address; five customers share a
network. Statistics are of the moment before the first payment, and go stale as they do in a shop.
"""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from bench.floor import Measurement, timed
from bench.points import Turns

COUNT = int(os.environ.get("BENCH_REFERRALS", "100000"))
SHARE = 11_000
# Every so many friends were brought by the same customer; every tenth of them gets a promo code.
PER_REFERRER, PER_WELCOME = 5, 10


def measure() -> Iterator[Measurement]:
    from referrals.services import payout

    now = timezone.now()
    rewards = _due_rewards(now)
    turns, judging = Turns(), [0.0]
    judge = payout.judge

    def timed_judge(**asked: Any) -> None:
        judging[-1] += timed(partial(judge, **asked))

    payout.judge = timed_judge
    for turn, start in enumerate(range(0, len(rewards), SHARE)):
        share = rewards[start : start + SHARE]
        judging.append(0.0)
        turns.take(turn, partial(_ours, len(share), now), partial(_floor, share, now))
        turns.ours[-1] -= judging[-1]
    payout.judge = judge
    low, high = turns.middle_half()
    seconds, floor = sum(turns.ours), sum(turns.floor)
    note = f"half of {len(turns.ours)} turns {low:.2f} to {high:.2f}"
    yield Measurement(f"paying {COUNT:,} referrals", seconds, FLOOR, floor, count=len(rewards), target=2.0, note=note)
    yield Measurement(f"judging {COUNT:,} referrals", sum(judging), FLOOR, floor, count=len(rewards), target=3.0)
    _run("DROP TABLE " + ", ".join(f"bench_{name}" for name in COPIES))


def _ours(count: int, now: datetime) -> None:
    from referrals.services import pay_due

    paid = 0
    while paid < count:
        with transaction.atomic():
            paid += (chunk := pay_due(now=now, limit=min(count - paid, payout_chunk()))).paid
        assert chunk.paid


def payout_chunk() -> int:
    from referrals.services.payout import CHUNK

    return CHUNK


def _floor(share: list[int], now: datetime) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(PAY, {"first": share[0], "last": share[-1], "now": now, "ends": now + timedelta(days=365)})


def _due_rewards(now: datetime) -> list[int]:
    """Customers, referrals and rewards that are due, and copies of the tables for the floor. The rewards' keys."""
    values = {"count": COUNT, "referrers": COUNT // PER_REFERRER, "welcome": PER_WELCOME, "now": now}
    _run(CUSTOMERS, REFERRALS, REWARDS, TRAITS, **values)
    for name, table in COPIES.items():
        _run(f"DROP TABLE IF EXISTS bench_{name}", f"CREATE TABLE bench_{name} (LIKE {table} INCLUDING ALL)")
    _run("INSERT INTO bench_reward SELECT * FROM referrals_reward")
    for table in (
        "customers_customer",
        "referrals_referral",
        "referrals_trait",
        "referrals_reward",
        "bench_reward",
        "points_pointsaccount",
    ):
        _run(f"VACUUM ANALYZE {table}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM referrals_reward ORDER BY due_at, id")
        return [key for (key,) in cursor.fetchall()]


def _run(*statements: str, **values: Any) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, values or None)


FLOOR = "bare UPDATE and INSERTs"

COPIES = {
    "reward": "referrals_reward",
    "lot": "points_lot",
    "entry": "points_entry",
    "code": "promocodes_promocode",
    "message": "notifications_outboxmessage",
}

# Referrers first: who brings was a customer first. Their accounts are open, as what is measured is the payment.
CUSTOMERS = """
WITH people AS (
    INSERT INTO customers_customer (public_id, external_id, first_name, last_name, registered_at)
    SELECT gen_random_uuid(), 'bench-' || n, '', '', %(now)s - interval '60 days'
    FROM generate_series(1, %(referrers)s + %(count)s) n RETURNING id
)
INSERT INTO points_pointsaccount (customer_id, debt, opened_at) SELECT id, 0, %(now)s FROM people
"""

REFERRALS = """
WITH first AS (SELECT min(id) AS id FROM customers_customer)
INSERT INTO referrals_referral
    (newcomer_id, referrer_id, code, via, registered_at, hold_days, minimum_order, referrer_kind, referrer_amount,
     is_percent, every_order, newcomer_kind, newcomer_amount, newcomer_at, code_days, day_limit, month_limit,
     first_order_ref, first_ordered_at, first_order_amount)
SELECT first.id + %(referrers)s + n, first.id + (n * 7919) %% %(referrers)s, 'BENCHBEN', 'link',
       %(now)s - interval '50 days', 14, 0, 'points', 300, FALSE, FALSE, 'fixed_code', 500, 'first_order', 90, 10, 50,
       'bench:' || n, %(now)s - interval '30 days', 2500
FROM first, generate_series(0, %(count)s - 1) n
"""

REWARDS = """
INSERT INTO referrals_reward
    (referral_id, role, payee_id, kind, amount, is_single, order_ref, base_amount, qualified_at, due_at, status,
     taken_back_amount, checked_at)
SELECT f.id, role, CASE role WHEN 'referrer' THEN referrer_id ELSE newcomer_id END,
       CASE role WHEN 'referrer' THEN 'points' ELSE 'fixed_code' END,
       CASE role WHEN 'referrer' THEN 300 ELSE 500 END, TRUE, first_order_ref, first_order_amount, first_ordered_at,
       first_ordered_at + interval '14 days', 'pending', 0, first_ordered_at
FROM referrals_referral f, (VALUES ('referrer'), ('newcomer')) AS paid (role)
WHERE role = 'referrer' OR f.id %% %(welcome)s = 0
ORDER BY f.id, role DESC
"""

TRAITS = """
INSERT INTO referrals_trait (customer_id, kind, value, seen_at)
SELECT id, kind, md5(kind || CASE kind WHEN 'network' THEN id / 5 ELSE id END), registered_at
FROM customers_customer, (VALUES ('email'), ('phone'), ('device'), ('address'), ('network')) AS seen (kind)
"""

PAY = """
WITH paid AS (
    UPDATE bench_reward SET status = 'paid', paid_at = %(now)s WHERE id BETWEEN %(first)s AND %(last)s
    RETURNING id, referral_id, role, payee_id, kind, amount, order_ref
), made AS (
    INSERT INTO bench_lot (account_id, kind, amount, remaining, available_from, expires_at, fact, order_ref)
    SELECT payee_id, 'referral', amount, amount, %(now)s, %(ends)s, 'referral:' || id, order_ref
    FROM paid WHERE kind = 'points' RETURNING id, account_id, amount, fact, order_ref
), posted AS (
    INSERT INTO bench_entry (account_id, lot_id, kind, amount, fact, part, order_ref, reason, posted_at)
    SELECT account_id, id, 'earn', amount, fact, 1, order_ref, '', %(now)s FROM made
), drawn AS (
    INSERT INTO bench_code (code, terms_id, switch, max_uses, customer_id)
    SELECT 'BENCH' || id, 1, TRUE, 1, payee_id FROM paid WHERE kind <> 'points' RETURNING id
)
INSERT INTO bench_message (key, customer_id, payload, kind, created_at, next_try_at, attempts, skip_reason, error,
                           error_code)
SELECT 'referral_paid:' || p.id, p.payee_id,
       jsonb_build_object('kind', p.kind, 'amount', p.amount::text, 'code', '', 'newcomer_id', f.newcomer_id,
                          'reward', p.id),
       'referral_paid', %(now)s, %(now)s, 0, '', '', ''
FROM paid p JOIN referrals_referral f ON f.id = p.referral_id
"""
