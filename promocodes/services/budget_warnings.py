"""Staff are told once when a campaign has spent 80 % of its budget, and once when it has spent all (PC-17)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection

from loyalty_site.kernel.transactions import requires_transaction

LEVELS = (80, 100)


@dataclass(frozen=True)
class BudgetWarning:
    """One campaign that has reached `percent` of its budget since the last warning, which was at `previous_percent`."""

    campaign_id: int
    campaign: str
    percent: int
    previous_percent: int
    spent: Decimal
    budget: Decimal


@requires_transaction
def claim_budget_warnings(*, now: datetime) -> list[BudgetWarning]:
    """Campaigns that staff have to be told about, marked as told: a second caller gets none of them."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"levels": list(LEVELS)})
        return [BudgetWarning(*row) for row in cursor.fetchall()]


@requires_transaction
def return_budget_warnings(*, warnings: Sequence[BudgetWarning], now: datetime) -> None:
    """Take back the mark of warnings that could not be sent, so that the next run tries again."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE promocodes_campaignspending SET warned_percent = %s WHERE campaign_id = %s AND warned_percent = %s",
            [(warning.previous_percent, warning.campaign_id, warning.percent) for warning in warnings],
        )


CLAIM = """
WITH due AS (
    SELECT s.campaign_id, k.name, s.warned_percent, s.spent, s.budget,
           (SELECT max(level) FROM unnest(%(levels)s::integer[]) AS level
            WHERE s.spent * 100 >= s.budget * level) AS percent
    FROM promocodes_campaignspending s JOIN promocodes_campaign k ON k.id = s.campaign_id
    WHERE s.budget > 0
    ORDER BY s.campaign_id
    FOR NO KEY UPDATE OF s SKIP LOCKED
), told AS (
    UPDATE promocodes_campaignspending s SET warned_percent = due.percent
    FROM due WHERE s.campaign_id = due.campaign_id AND due.percent > due.warned_percent
    RETURNING s.campaign_id
)
SELECT due.campaign_id, due.name, due.percent, due.warned_percent, due.spent, due.budget
FROM due JOIN told USING (campaign_id) ORDER BY due.campaign_id
"""
